"""Starts the agent's thread; run once in the target, on a thread of the program, in a namespace that holds `SONDE`.

`SONDE` has the keys `socket` and `error` (paths as the target sees them), `uid` (whose shells may come in, beside
root's), `patience` (seconds to wait for one) and `sources`: the text or code, by path, of the few files that the agent's
thread begins with; the others come through the socket. On the calling thread only three small files are run and
one raw thread is started; nothing is ever raised. What goes wrong before a shell is there is written to the error
path.
"""


def _sonde_report(settings, error):
    """Leaves the reason for a failure where the shell looks for it; needs no other module."""
    import posix

    text = error if type(error) is str else _sonde_describe(error)
    try:
        flags = posix.O_WRONLY | posix.O_CREAT | posix.O_EXCL | posix.O_CLOEXEC | posix.O_NOFOLLOW
        descriptor = posix.open(settings["error"], flags, 0o600)
    except Exception:
        return
    try:
        posix.write(descriptor, text.encode("utf-8", "backslashreplace"))
    except Exception:
        pass
    finally:
        posix.close(descriptor)


def _sonde_describe(error):
    """An error in words, with the place in the agent where it happened."""
    lines = ["{}: {}".format(type(error).__name__, error)]
    traceback = error.__traceback__
    while traceback is not None:
        code = traceback.tb_frame.f_code
        lines.append("  {}:{} in {}".format(code.co_filename, traceback.tb_lineno, code.co_name))
        traceback = traceback.tb_next
    return "\n".join(lines) + "\n"


def _sonde_space(settings, name):
    """A namespace of its own in which one of the files has been run."""
    code = settings["sources"]["sonde_agent/{}.py".format(name)]
    if type(code) is bytes:
        import marshal

        code = marshal.loads(code)
    else:
        code = compile(code, "<sonde:{}>".format(name), "exec", 0, True, 2)
    space = {"__name__": "_sonde_" + name}
    exec(code, space)
    return space


def _sonde_run(settings, guard, hurry, token):
    """The agent's thread, from its first moment to its last."""
    try:
        importer = _sonde_space(settings, "importer")["Importer"](settings.pop("sources"))
        try:
            importer.load("_sonde_agent.arrival").run(settings, importer, guard, hurry, _sonde_describe)
        finally:
            importer.forget(guard.is_alone)
    except BaseException as error:
        _sonde_report(settings, error)
    finally:
        hurry.calm()
        guard.end(token)


def _sonde_start(settings):
    """Starts the agent's thread and returns at once."""
    try:
        import sys

        if sys.version_info < (3, 8):
            version = "{}.{}".format(*sys.version_info[:2])
            _sonde_report(settings, "this is Python {}; Sonde needs 3.8 or later\n".format(version))
            return
        start = None
        gevent = sys.modules.get("gevent.monkey")
        if gevent is not None:
            start = getattr(gevent, "saved", {}).get("_thread", {}).get("start_new_thread")
        if start is None:
            import _thread

            eventlet = sys.modules.get("eventlet.patcher")
            module = _thread
            if eventlet is not None and getattr(eventlet, "already_patched", None):
                module = eventlet.original("_thread")
            start = module.start_new_thread
        if not hasattr(sys, "_sonde_forks"):
            sys._sonde_forks = _sonde_space(settings, "forks")["Guard"]
        guard = sys._sonde_forks()
        hurry = _sonde_space(settings, "hurry")["Hurry"]()
        guard.abandon = hurry.calm
        token = guard.begin()
        try:
            hurry.hasten()
            start(_sonde_run, (settings, guard, hurry, token))
        except BaseException:
            hurry.calm()
            guard.cancel(token)
            raise
    except Exception as error:
        _sonde_report(settings, error)


_sonde_start(SONDE)  # noqa: F821 - the namespace has it
