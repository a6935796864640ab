"""Runs the program's code for a user who was allowed to, on the thread of the request."""

from .capture import capture
from .errors import AgentError
from .output import Captured
from .probes.foreign import is_own_frame
from .signals import restore_signals


def require_exec(request, what):
    """Raises `AgentError` unless the session may run anything."""
    if request.params.get("allow") != "exec":
        raise AgentError("NotPermitted", what, "start sonde with --allow exec")


def run_code(request, call, depth=2):
    """What `call()` printed, its value, and the error that it ended with, as text; it ends at the request's deadline."""
    restore_signals()
    value = error = None
    with Captured() as captured:
        request.make_interruptible()
        try:
            value = capture(call(), depth)
        except request.Interrupted:
            raise request.timed_out() from None
        except BaseException as raised:  # SystemExit too: it must not end anything here
            error = _text(raised)
        finally:
            request.interrupt = None
    return {"stdout": captured.stdout, "stderr": captured.stderr, "value": value, "error": error}


def _text(error):
    """The error as Python prints it; its last line says what it was."""
    lines = []
    traceback = error.__traceback__
    while traceback is not None and is_own_frame(traceback.tb_frame):
        traceback = traceback.tb_next
    while traceback is not None and len(lines) < 100:
        code = traceback.tb_frame.f_code
        lines.append('  File "{}", line {}, in {}'.format(code.co_filename, traceback.tb_lineno, code.co_name))
        traceback = traceback.tb_next
    if lines:
        lines.insert(0, "Traceback (most recent call last):")
    elif issubclass(type(error), SyntaxError):
        lines.append('  File "{}", line {}'.format(error.filename, error.lineno))
        if type(error.text) is str:
            lines.append("    " + error.text.strip())
    try:
        said = str(error)
    except Exception:
        said = "<its text cannot be had>"
    if issubclass(type(error), SyntaxError) and type(error.msg) is str:
        said = error.msg
    lines.append("{}: {}".format(type(error).__name__, said) if said else type(error).__name__)
    return "\n".join(lines)
