"""Starts the agent; run once in the target, in a namespace that holds `SONDE`.

`SONDE` has the keys `socket` and `error` (paths as the target sees them), `uid`, `version` and `sources` (text by
path). On the calling thread nothing happens but the start of one raw thread; nothing is ever raised. What goes wrong
is written to the error path.
"""


def _sonde_report(settings, text):
    """Leaves the reason for a failure where the shell looks for it."""
    import posix

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
    """An error in words, with the place in the agent where it happened; needs no other module."""
    lines = ["{}: {}".format(type(error).__name__, error)]
    traceback = error.__traceback__
    while traceback is not None:
        code = traceback.tb_frame.f_code
        lines.append("  {}:{} in {}".format(code.co_filename, traceback.tb_lineno, code.co_name))
        traceback = traceback.tb_next
    return "\n".join(lines) + "\n"


def _sonde_importer(settings):
    """Makes the agent's modules from their sources as they are asked for.

    Nothing is put on the import path: the modules' own `__import__` serves the relative names, and leaves all others
    to the interpreter. Only the package itself stands in `sys.modules`.
    """
    import builtins
    import sys

    module_type = type(sys)
    package = "_sonde_agent"
    sources = {}
    for path, text in settings["sources"].items():
        name = path[: -len(".py")].replace("/", ".")
        is_package = name.endswith(".__init__")
        if is_package:
            name = name[: -len(".__init__")]
        sources[package + name[len("sonde_agent") :]] = (text, is_package)
    modules = {}
    own_builtins = dict(vars(builtins))

    def load(name):
        module = modules.get(name)
        if module is not None:
            return module
        text, is_package = sources[name]
        parent = name.rpartition(".")[0]
        if parent:
            load(parent)
        module = module_type(name)
        space = module.__dict__
        space["__builtins__"] = own_builtins
        space["__package__"] = name if is_package else parent
        space["__file__"] = "<sonde:{}>".format(name[len(package) + 1 :] or "agent")
        modules[name] = module
        try:
            exec(compile(text, space["__file__"], "exec", 0, True), space)
        except BaseException:
            del modules[name]
            raise
        if parent:
            setattr(modules[parent], name.rpartition(".")[2], module)
        return module

    def import_module(name, globals=None, locals=None, fromlist=(), level=0):
        if not level:
            return builtins.__import__(name, globals, locals, fromlist, level)
        base = globals["__package__"]
        for _ in range(level - 1):
            base = base.rpartition(".")[0]
        module = load(base + "." + name if name else base)
        for item in fromlist or ():
            if module.__name__ + "." + item in sources:
                load(module.__name__ + "." + item)
        return module

    own_builtins["__import__"] = import_module
    return load


def _sonde_run(settings):
    """The agent's thread."""
    try:
        import sys

        running = sys.modules.get("_sonde_agent")
        if running is not None and running.take_over(settings):
            return
        load = _sonde_importer(settings)
        agent_module = load("_sonde_agent.agent")
        agent = agent_module.Agent(settings, load)
        agent.listen()
    except BaseException as error:
        _sonde_report(settings, _sonde_describe(error))
        return
    settings.pop("sources", None)
    agent.run()


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
        start(_sonde_run, (settings,))
    except Exception as error:
        _sonde_report(settings, _sonde_describe(error))


_sonde_start(SONDE)  # noqa: F821 - the namespace has it
