"""The value of the expression that a request brings along, over the target's modules."""

from .errors import AgentError
from .expression import ExpressionError, Reader, TreeError, compile_tree
from .namespaces import module_named, module_names
from .probes.names import place
from .suggestions import suggestion


def value_of(request):
    """The value of the request's `tree`; code of the target runs only when `allow` says `eval` or `exec`.

    Raises `AgentError`.
    """
    params = request.params
    tree = params.get("tree")
    reader = Reader(user_code=params.get("allow") in ("eval", "exec"))
    function = compiled(tree, reader)
    values = [_module(tree, name) for name in function.names]
    if reader.user_code:
        request.make_interruptible()
    try:
        return function(*values)
    except ExpressionError as error:
        raise failure(error) from None


def compiled(tree, reader, condition=False):
    """The function that a tree stands for."""
    try:
        return compile_tree(tree, reader=reader, condition=condition)
    except TreeError as error:
        raise AgentError(error.kind, error.message, None, error.start, error.end) from None


def failure(error):
    """What an `ExpressionError` is to the one who asked."""
    hint = "start sonde with --allow eval to run the target's code" if error.kind == "Rejected" else None
    return AgentError(error.kind, error.message, hint, error.start, error.end)


def _module(tree, name):
    value = module_named(name)
    if value is not None:
        return value
    near = suggestion(name, module_names())
    hint = "did you mean '{}'?".format(near) if near is not None else "names are the target's loaded modules"
    raise AgentError("UnknownName", "unknown name '{}'".format(name), hint, *place(tree, name))
