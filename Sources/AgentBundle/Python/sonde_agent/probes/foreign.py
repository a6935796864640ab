"""Whether an exception that surfaced in the agent's code is the agent's own."""

import sys

_OWN_MODULES = ("_sonde_agent", "sonde_agent")


def is_foreign(error):
    """Whether the exception was thrown into the agent's code from outside.

    A signal handler's exception, KeyboardInterrupt, or one that was sent to the thread may surface while the target's
    thread runs the agent's few lines. It belongs to the program: swallowing it would lose a Ctrl-C. The agent's own
    code runs nothing of the program, so an exception whose innermost frame is another's is not its own.
    """
    if not issubclass(type(error), Exception):
        return True
    if issubclass(type(error), RecursionError) or type(error.__context__) is RecursionError:
        return _is_deep()
    traceback = error.__traceback__
    if traceback is None:
        return False
    while traceback.tb_next is not None:
        traceback = traceback.tb_next
    frame = traceback.tb_frame
    if frame.f_code.co_filename[:6] == "<sonde":
        return False
    if issubclass(type(error), MemoryError):
        return False
    return not is_own_frame(frame)


def is_own_frame(frame):
    """Whether the frame runs a function of the agent's."""
    name = frame.f_globals.get("__name__")
    return type(name) is str and name.partition(".")[0] in _OWN_MODULES


def _is_deep():
    """Whether the thread is anywhere near its recursion limit.

    Then the program is about to end an endless recursion, and must: until 3.9 the interpreter aborts the process when
    a RecursionError is swallowed and the calls go on. Else it was deep data that was too much for the agent's code.
    Calls through C count for the interpreter and have no frame, so a quarter of the limit is near.
    """
    enough = sys.getrecursionlimit() // 4
    frame = sys._getframe()
    depth = 0
    while frame is not None and depth < enough:
        depth += 1
        frame = frame.f_back
    return depth >= enough
