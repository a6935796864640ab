"""`instances`: the live instances of a class, those for which an expression is true."""

from .. import reading
from ..capture import BYTES, capture
from ..heap.instances import Instances, class_named
from ..heap.sizes import header_size, sizer_of
from ..heap.walk import SLICE, give_way
from ..searching import limit_of
from .eval import depth_of

_ALL = 1024 * 1024  # bytes that the captures of one reply may take


def run(request):
    """A row for each instance, up to `limit`; `tree` is over `self` and the attributes of the object.

    `total` are all that were found, `matched` those for which the expression is true, `errors` those for which it has
    no value, with the first of these errors. `subclasses` adds the instances of subclasses.
    """
    params = request.params
    cls = class_named(params.get("class"), request.check)
    limit, depth = limit_of(params), depth_of(params)
    condition = _condition(params)
    instances = Instances(request, cls, bool(params.get("subclasses")))
    data = dict(instances.walk.counts(), total=len(instances.found) + instances.more, unchecked=instances.more)
    rows, matched, errors, first = [], 0, 0, None
    left = _ALL
    while instances.found:
        request.check()
        for item in _some(instances.found):
            verdict, error = (True, None) if condition is None else condition(item)
            if error is not None:
                errors += 1
                first = first or error
            if verdict:
                matched += 1
                if len(rows) < limit and left > 0:
                    rows.append(_row(item, depth, min(left, BYTES)))
                    left -= BYTES if depth > 1 else 1024
        item = None
        give_way()
    return dict(data, rows=rows, matched=matched, errors=errors, error=first)


def _some(found):
    part = found[-SLICE:]
    del found[-SLICE:]
    return part


def _row(item, depth, limit):
    kind = type(item)
    size = sizer_of(kind)(item) + header_size()
    return {"id": id(item), "type": reading.type_name(kind), "size": size, "value": capture(item, depth, limit)}


def _condition(params):
    """A function of an object that gives (whether the expression holds, its error); None without an expression."""
    tree = params.get("tree")
    if tree is None:
        return None
    from ..evaluation import compiled
    from ..expression import ExpressionError, Reader

    guard = compiled(_over_self(tree), Reader(params.get("allow") in ("eval", "exec")), condition=True)

    def condition(item):
        try:
            return guard(*[item for _ in guard.names]), None
        except ExpressionError as error:
            return False, {"kind": error.kind, "message": error.message, "start": error.start, "end": error.end}

    return condition


def _over_self(tree):
    """The tree with each name but `self` as that attribute of `self`."""
    return dict(tree, root=_rewritten(tree["root"], 0)) if type(tree) is dict and "root" in tree else tree


def _rewritten(node, depth):
    if type(node) is not list or depth > 1000 or (node and node[0] == "lit"):
        return node
    if len(node) == 4 and node[0] == "name" and type(node[1]) is int and node[3] != "self":
        return ["attr", node[1], node[2], ["name", node[1], node[2], "self"], node[3]]
    return [_rewritten(item, depth + 1) for item in node]
