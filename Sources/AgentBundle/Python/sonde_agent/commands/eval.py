"""`eval`: a safe expression over the target's modules."""

from .. import reading
from ..capture import capture
from ..errors import AgentError
from ..expression import ExpressionError, Reader, TreeError, compile_tree
from ..namespaces import module_named, module_names
from ..probes.names import place
from ..suggestions import suggestion


def run(request):
    """The value and its type; code of the target runs only when `allow` says `eval` or `exec`."""
    params = request.params
    tree = params.get("tree")
    depth = params.get("expand", 1)
    if type(depth) is not int or depth < 0:
        raise AgentError("BadRequest", "'expand' is a depth")
    reader = Reader(user_code=params.get("allow") in ("eval", "exec"))
    try:
        function = compile_tree(tree, reader=reader)
    except TreeError as error:
        raise AgentError(error.kind, error.message, None, error.start, error.end) from None
    values = [_value(tree, name) for name in function.names]
    if reader.user_code:
        request.make_interruptible()
    try:
        value = function(*values)
    except ExpressionError as error:
        hint = "start sonde with --allow eval to run the target's code" if error.kind == "Rejected" else None
        raise AgentError(error.kind, error.message, hint, error.start, error.end) from None
    return {"value": capture(value, depth), "type": reading.type_name(type(value))}


def _value(tree, name):
    value = module_named(name)
    if value is not None:
        return value
    near = suggestion(name, module_names())
    hint = "did you mean '{}'?".format(near) if near is not None else "names are the target's loaded modules"
    raise AgentError("UnknownName", "unknown name '{}'".format(name), hint, *place(tree, name))
