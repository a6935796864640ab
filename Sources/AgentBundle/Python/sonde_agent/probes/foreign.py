"""Whether an exception that surfaced in the agent's code is the agent's own."""

_OWN_MODULES = ("_sonde_agent", "sonde_agent")


def is_foreign(error):
    """Whether the exception was thrown into the agent's code from outside.

    A signal handler's exception, KeyboardInterrupt, or one that was sent to the thread may surface while the target's
    thread runs the agent's few lines. It belongs to the program: swallowing it would lose a Ctrl-C. The agent's own
    code runs nothing of the program, so an exception whose innermost frame is another's is not its own.
    """
    if not issubclass(type(error), Exception):
        return True
    traceback = error.__traceback__
    if traceback is None:
        return False
    while traceback.tb_next is not None:
        traceback = traceback.tb_next
    frame = traceback.tb_frame
    if frame.f_code.co_filename[:6] == "<sonde":
        return False
    if issubclass(type(error), (RecursionError, MemoryError)):
        return False
    name = frame.f_globals.get("__name__")
    return type(name) is not str or name.partition(".")[0] not in _OWN_MODULES
