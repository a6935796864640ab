"""`inspect`: an object and its attributes, without running any of its code."""

from .. import reading
from ..capture import Capture
from ..captured_objects import describe
from ..evaluation import value_of
from ..heap.references import name_of
from ..heap.sizes import sizer_of
from ..searching import limit_of
from .eval import depth_of

_ALL = 1024 * 1024  # bytes that the captures of one reply may take
_CONTAINERS = reading.type_ids(list, tuple, dict, set, frozenset)
_SCALARS = reading.type_ids(str, int, float, bool, bytes, type(None))


def run(request):
    """What the object is, and a row for each of its attributes or items, up to `limit`, captured `expand` deep.

    What its class has comes after what it has itself; `members` adds methods and what Python itself put there.
    Properties are named and not run.
    """
    params = request.params
    depth, limit = depth_of(params), limit_of(params)
    value = value_of(request)
    kind = type(value)
    if id(kind) in _CONTAINERS:
        found = _items(value)
    elif id(kind) in _SCALARS:
        found = [(None, "value", None, value)]
    else:
        found = _attributes(value, bool(params.get("members")))
    capture = Capture(_ALL)
    rows = []
    for name, how, owner, item in found[:limit]:
        row = {"name": name, "kind": how, "type": None, "owner": owner, "value": None}
        if item is not reading.MISSING:
            row["type"] = reading.type_name(type(item))
            row["value"] = capture.value(item, depth)
        rows.append(row)
        if capture.left <= 0:
            break
    size = sizer_of(kind)(value)
    data = {"type": reading.type_name(kind), "id": id(value), "size": size, "rows": rows, "total": len(found)}
    data["text"] = None if id(kind) in _CONTAINERS | _SCALARS else describe(value)[0]
    if reading.is_class(value):
        kind = value
    data["mro"] = [reading.type_name(base) for base in reading.class_mro(kind)]
    return data


def _items(value):
    """What a container of Python's own holds."""
    if type(value) is dict:
        return [(_key(key), "item", None, item) for key, item in reading.snapshot(value)]
    if type(value) in (set, frozenset):
        return [(None, "element", None, item) for item in list(value)]
    return [(str(index), "item", None, item) for index, item in enumerate(list(value))]


def _key(key):
    return key if type(key) is str else "[{}]".format(repr(key) if _is_plain(key) else name_of(key))


def _is_plain(key):
    return type(key) in (int, float, bool, type(None)) or type(key) is bytes and len(key) <= 80


def _attributes(value, with_members):
    """(name, kind, class that has it, value) of what the object has, and then of what its classes have."""
    rows = [(name, "slot", None, item) for name, item in reading.slots(value)]
    space = reading.namespace(value)
    own = "attribute" if not reading.is_class(value) else None
    owner = reading.type_name(value) if reading.is_class(value) else None
    for name, item in reading.snapshot(space) if space is not None else ():
        if type(name) is str:
            rows += _member(name, item, own or _kind(item), owner, with_members or own is not None)
    seen = {row[0] for row in rows}
    bases = reading.class_mro(value)[1:] if reading.is_class(value) else reading.class_mro(type(value))
    for base in bases if not reading.is_module(value) else ():
        space = reading.class_dict(base)
        if space.get("__module__", "builtins") == "builtins":
            continue  # what `object` and its like have tells nothing
        for name, item in reading.snapshot(space):
            if type(name) is str and name not in seen:
                seen.add(name)
                rows += _member(name, item, _kind(item), reading.type_name(base), with_members)
    return rows


def _member(name, item, how, owner, with_all):
    """The row for one name, in a list; none for what is left out."""
    if name[:2] == "__" and name[-2:] == "__" and not (with_all and owner is not None):
        return []
    if how in ("property", "descriptor"):
        return [(name, how, owner, reading.MISSING)]
    if how == "method":
        return [(name, how, owner, item)] if with_all else []
    if how == "slot":
        return []  # its value is the object's
    return [(name, how, owner, item)]


def _kind(item):
    """What a class has under a name."""
    kind = type(item)
    if issubclass(kind, property):
        return "property"
    if id(kind) in reading.METHOD_TYPES or id(kind) in reading.BUILTIN_CALLABLES:
        return "method"
    if kind is reading.MemberDescriptor:
        return "slot"
    if reading.class_attribute(kind, "__get__") is not reading.MISSING:
        return "descriptor"
    return "class attribute"
