"""`exec`: any Python in the target, for a user who was allowed to."""

import _ast
import sys

from ..errors import AgentError
from ..namespaces import Namespace
from ..running import require_exec, run_code

_FILE = "<sonde exec>"
_ONLY_AST = 0x400


def run(request):
    """What the code printed, the value of its last expression, and the error that it ended with, as text."""
    require_exec(request, "exec runs any code in the target")
    source = request.params.get("source")
    if type(source) is not str:
        raise AgentError("BadRequest", "'source' is Python source")
    session = request.session
    if session.namespace is None:
        session.namespace = Namespace(__name__="__sonde__", __builtins__=sys.modules["builtins"])
    return run_code(request, lambda: _execute(source, session.namespace))


def _execute(source, space):
    """Runs the source; the value of its last statement when that is an expression."""
    tree = compile(source, _FILE, "exec", _ONLY_AST, True)
    last = None
    if tree.body and type(tree.body[-1]) is _ast.Expr:
        last = _ast.Expression(tree.body.pop().value)
    exec(compile(tree, _FILE, "exec", 0, True), space)
    return eval(compile(last, _FILE, "eval", 0, True), space) if last is not None else None
