"""`exec`: any Python in the target, for a user who was allowed to."""

import _ast
import sys

from ..capture import capture
from ..errors import AgentError
from ..namespaces import Namespace
from ..output import Captured
from ..signals import restore_signals

_FILE = "<sonde exec>"
_ONLY_AST = 0x400


def run(request):
    """What the code printed, the value of its last expression, and the error that it ended with, as text."""
    params = request.params
    if params.get("allow") != "exec":
        raise AgentError("NotPermitted", "exec runs any code in the target", "start sonde with --allow exec")
    source = params.get("source")
    if type(source) is not str:
        raise AgentError("BadRequest", "'source' is Python source")
    session = request.session
    if session.namespace is None:
        session.namespace = Namespace(__name__="__sonde__", __builtins__=sys.modules["builtins"])
    restore_signals()
    value = error = None
    with Captured() as captured:
        request.make_interruptible()
        try:
            value = capture(_execute(source, session.namespace), 2)
        except request.Interrupted:
            raise request.timed_out() from None
        except BaseException as raised:  # SystemExit too: it must not end anything here
            error = _text(raised)
        finally:
            request.interrupt = None
    return {"stdout": captured.stdout, "stderr": captured.stderr, "value": value, "error": error}


def _execute(source, space):
    """Runs the source; the value of its last statement when that is an expression."""
    tree = compile(source, _FILE, "exec", _ONLY_AST, True)
    last = None
    if tree.body and type(tree.body[-1]) is _ast.Expr:
        last = _ast.Expression(tree.body.pop().value)
    exec(compile(tree, _FILE, "exec", 0, True), space)
    return eval(compile(last, _FILE, "eval", 0, True), space) if last is not None else None


def _text(error):
    """The error as Python prints it; its last line says what it was."""
    lines = []
    traceback = error.__traceback__
    while traceback is not None and traceback.tb_frame.f_code.co_filename != _FILE:
        traceback = traceback.tb_next  # the agent's own frames
    while traceback is not None and len(lines) < 100:
        code = traceback.tb_frame.f_code
        lines.append('  File "{}", line {}, in {}'.format(code.co_filename, traceback.tb_lineno, code.co_name))
        traceback = traceback.tb_next
    if lines:
        lines.insert(0, "Traceback (most recent call last):")
    elif issubclass(type(error), SyntaxError):
        lines.append('  File "{}", line {}'.format(_FILE, error.lineno))
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
