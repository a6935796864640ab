"""`eval`: a safe expression over the target's modules."""

from .. import reading
from ..capture import capture
from ..errors import AgentError
from ..evaluation import value_of


def run(request):
    """The value and its type; code of the target runs only when `allow` says `eval` or `exec`."""
    depth = depth_of(request.params)
    value = value_of(request)
    return {"value": capture(value, depth), "type": reading.type_name(type(value))}


def depth_of(params):
    """How deep objects are to be captured."""
    depth = params.get("expand", 1)
    if type(depth) is not int or depth < 0:
        raise AgentError("BadRequest", "'expand' is a depth")
    return depth
