"""How objects that are no plain data are described: a text, and the attributes that lie open."""

import sys

from . import reading

_NUMBERS = reading.type_ids(bool, int, float)
_CONTAINERS = reading.type_ids(list, tuple, dict, set, frozenset, bytes, bytearray)
_SAFE_REPR = reading.type_ids(complex, range, type(Ellipsis), type(NotImplemented), memoryview)
_get_args = BaseException.__dict__["args"].__get__


def describe(value):
    """The text for the value, and its attributes as (name, value) pairs."""
    kind = type(value)
    if issubclass(kind, BaseException):
        return _exception(value)
    if id(kind) in _CALLABLE_TYPES:
        return _callable(value), ()
    if reading.is_class(value):
        return "<class '{}'>".format(reading.type_name(value)), ()
    if reading.is_module(value):
        return "<module '{}'>".format(_plain_name(value)), ()
    known = _known_repr(value, kind)
    if known is not None:
        return known, ()
    fields = reading.class_attribute(kind, "_fields")
    if issubclass(kind, tuple) and type(fields) is tuple:
        names = [name for name in fields if type(name) is str]
        pairs = list(zip(names, tuple.__iter__(value)))
        return "{}({})".format(reading.type_name(kind).rpartition(".")[2], _short_fields(pairs)), pairs
    if reading.class_attribute(kind, "_member_map_") is not reading.MISSING:
        return _enumeration(value, kind)
    attributes = _attributes(value)
    if type(reading.class_attribute(kind, "__dataclass_fields__")) is dict:
        return "{}({})".format(reading.type_name(kind).rpartition(".")[2], _short_fields(attributes)), attributes
    return "<{} object at {:#x}>".format(reading.type_name(kind), id(value)), attributes


def brief(value):
    """A short text for the value: exact for plain scalars, a mark for everything else."""
    kind = type(value)
    if kind is str:
        return repr(value if len(value) <= 80 else value[:80] + "…")
    if kind is int and value.bit_length() > 1024:
        return "<an int of {} bits>".format(value.bit_length())
    if value is None or id(kind) in _NUMBERS:
        return repr(value)
    if id(kind) in _CONTAINERS:
        return "<{} of {}>".format(kind.__name__, len(value))
    if issubclass(kind, BaseException):
        return _exception(value)[0]
    return "<{}>".format(reading.type_name(kind))


def _attributes(value):
    pairs = reading.slots(value)
    space = reading.namespace(value)
    if space is not None and not reading.is_module(value):
        pairs.extend(reading.snapshot(space))
    return [(name, item) for name, item in pairs if type(name) is str and name[:2] != "__"]


def _short_fields(pairs):
    text = ", ".join("{}={}".format(name, brief(item)) for name, item in pairs[:20])
    return text + ", …" if len(pairs) > 20 else text


def _exception(value):
    kind = type(value)
    arguments = _get_args(value)
    arguments = arguments if type(arguments) is tuple else ()
    name = reading.type_name(kind).rpartition(".")[2]
    text = "{}({})".format(name, ", ".join(brief(item) for item in arguments[:20]))
    return text, [("args", arguments)] + _attributes(value)


def _enumeration(value, kind):
    space = reading.namespace(value) or {}
    name = dict.get(space, "_name_")
    inner = dict.get(space, "_value_")
    label = reading.type_name(kind).rpartition(".")[2]
    return "<{}.{}: {}>".format(label, name, brief(inner)), [("name", name), ("value", inner)]


def _plain_name(value):
    name = reading.namespace(value).get("__name__")
    return name if type(name) is str else "?"


def _callable(value):
    if type(value) is type(_plain_name):
        return "<function {}.{}>".format(reading.shown_module(value.__module__), value.__qualname__)
    if type(value) is type(_Sample().method):
        return "<bound method {}>".format(getattr(value.__func__, "__qualname__", "?"))
    return "<built-in {}>".format(value.__qualname__)


class _Sample:
    def method(self):
        """Only its type is of interest."""


_CALLABLE_TYPES = reading.type_ids(type(_plain_name), type(_Sample().method), type(len))


def _known_repr(value, kind):
    """The `repr` of types whose `repr` is the interpreter's or the library's own and runs nothing else."""
    if id(kind) in _SAFE_REPR:
        return repr(value)
    module = sys.modules.get("datetime")
    if module is not None:
        space = reading.namespace(module)
        if kind is space.get("datetime") or kind is space.get("time"):
            zone = value.tzinfo
            return repr(value) if zone is None or type(zone) is space.get("timezone") else None
        if any(kind is space.get(name) for name in ("date", "timedelta", "timezone")):
            return repr(value)
    module = sys.modules.get("decimal")
    if module is not None and kind is reading.namespace(module).get("Decimal"):
        return repr(value)
    module = sys.modules.get("uuid")
    if module is not None and kind is reading.namespace(module).get("UUID"):
        number = reading.attribute(value, "int")
        if type(number) is int:
            digits = "{:032x}".format(number)
            parts = (digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:])
            return "UUID('{}')".format("-".join(parts))
    module = sys.modules.get("pathlib")
    if module is not None and _is_path(kind, reading.namespace(module)):
        return _path(value, kind)
    return None


def _is_path(kind, space):
    return any(kind is space.get(name) for name in ("PosixPath", "PurePosixPath"))


def _path(value, kind):
    """A path's text, read from what it was made of: 3.12 and later keep the raw parts, earlier ones the split ones."""
    raw = reading.attribute(value, "_raw_paths")
    if type(raw) is list and all(type(part) is str for part in raw):
        return "{}({!r})".format(kind.__name__, "/".join(raw))
    parts = reading.attribute(value, "_parts")
    root = reading.attribute(value, "_root")
    if type(parts) is list and all(type(part) is str for part in parts):
        text = parts[0] + "/".join(parts[1:]) if parts and root else "/".join(parts)
        return "{}({!r})".format(kind.__name__, text or ".")
    return None
