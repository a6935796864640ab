"""Turns live values into the protocol's JSON, bounded, without running any of the target's code.

A capture runs in the target's own thread, in the middle of the observed call. So it reads through the interpreter's
own methods only (see `reading`), takes containers in one step that no other thread can interrupt, and stops at
limits of depth, items, characters and bytes. What it leaves out is marked with `$cut`.
"""

from binascii import b2a_base64
from itertools import islice

from . import reading
from .captured_objects import describe

ITEMS = 100
CHARACTERS = 4096
BYTES = 64 * 1024
DEPTH = 16
_INTEGER_BITS = 8192

_INFINITY = float("inf")


class Capture:
    """One observation's captures, which share one budget of bytes."""

    __slots__ = ("left",)

    def __init__(self, limit=BYTES):
        self.left = limit

    def value(self, value, depth):
        """The JSON form of the value, opened `depth` levels deep."""
        kind = type(value)
        self.left -= 8
        if kind is str:
            return self._text(value)
        if value is None or kind is bool:
            return value
        if kind is int:
            return _integer(value)
        if kind is float:
            return _float(value)
        method = _BY_TYPE.get(id(kind))
        if method is not None:
            return method(self, value, depth)
        for base in reading.class_mro(kind)[1:]:
            if base is tuple and reading.class_attribute(kind, "_fields") is not reading.MISSING:
                break
            if base is int and _is_enumeration(kind):
                break
            convert = _TO_PLAIN.get(id(base))
            if convert is not None:
                return self.value(convert(value), depth)
            method = _BY_TYPE.get(id(base))
            if method is not None and base is not BaseException:
                return method(self, value, depth)
        return self._object(value, depth)

    def _text(self, value):
        length = len(value)
        limit = CHARACTERS if self.left > CHARACTERS else max(self.left, 64)
        cut = length > limit
        if cut:
            value = value[:limit]
        if not value.isascii():
            self.left -= len(value)
            try:
                value.encode()
            except UnicodeEncodeError:
                text = value.encode("utf-8", "backslashreplace").decode()
                self.left -= len(text)
                return {"$repr": text, "$type": "str", "$cut": max(length - limit, 1)}
        self.left -= len(value)
        if cut:
            return {"$repr": value, "$type": "str", "$cut": length - limit}
        return value

    def _items(self, items, length, depth):
        result = []
        for item in items:
            if self.left <= 0:
                break
            result.append(self.value(item, depth))
        if len(result) < length:
            result.append({"$cut": length - len(result)})
        return result

    def _list(self, value, depth):
        length = list.__len__(value)
        if depth <= 0 and length:
            return _closed("[…]", "list", length)
        return self._items(list.__getitem__(value, slice(0, ITEMS)), length, depth - 1)

    def _tuple(self, value, depth):
        length = tuple.__len__(value)
        if depth <= 0 and length:
            return _closed("(…)", "tuple", length)
        return {"$tuple": self._items(tuple.__getitem__(value, slice(0, ITEMS)), length, depth - 1)}

    def _set(self, value, depth):
        base = set if issubclass(type(value), set) else frozenset
        length = base.__len__(value)
        if depth <= 0 and length:
            return _closed("{…}", base.__name__, length)
        return {"$set": self._items(_taken(base.__iter__, value), length, depth - 1)}

    def _dict(self, value, depth):
        length = dict.__len__(value)
        if depth <= 0 and length:
            return _closed("{…}", "dict", length)
        pairs = reading.snapshot(value, ITEMS)
        plain = True
        result = []
        for key, item in pairs:
            if self.left <= 0:
                break
            if type(key) is not str or key[:1] == "$" or len(key) > CHARACTERS or not _is_encodable(key):
                plain = False
            else:
                self.left -= len(key)
            result.append((key, self.value(item, depth - 1)))
        if plain and len(result) >= length:
            return dict(result)
        pairs = [[self.value(key, depth - 1), item] for key, item in result]
        if len(pairs) < length:
            pairs.append([{"$cut": length - len(pairs)}, None])
        return {"$dict": pairs}

    def _bytes(self, value, depth):
        base = bytes if issubclass(type(value), bytes) else bytearray
        length = base.__len__(value)
        data = bytes(base.__getitem__(value, slice(0, CHARACTERS)))
        self.left -= len(data)
        if len(data) < length:
            return {"$repr": repr(data[:256]), "$type": base.__name__, "$cut": length - 256}
        return {"$bytes": b2a_base64(data, newline=False).decode("ascii")}

    def _object(self, value, depth):
        text, attributes = describe(value)
        text = text if len(text) <= CHARACTERS else text[:CHARACTERS] + "…"
        if not _is_encodable(text):
            text = text.encode("utf-8", "backslashreplace").decode()
        result = {"$repr": text, "$type": reading.type_name(type(value))}
        self.left -= len(text) + 32
        if not attributes:
            return result
        if depth <= 0:
            result["$cut"] = len(attributes)
            return result
        taken = {}
        for name, item in attributes[:ITEMS]:
            if self.left <= 0:
                break
            if type(name) is str and _is_encodable(name):
                self.left -= len(name)
                taken[name] = self.value(item, depth - 1)
        result["$attrs"] = taken
        if len(taken) < len(attributes):
            result["$cut"] = len(attributes) - len(taken)
        return result


def capture(value, depth, limit=BYTES):
    """The JSON form of one value."""
    return Capture(limit).value(value, min(depth, DEPTH))


def _closed(text, name, length):
    return {"$repr": text, "$type": name, "$cut": length}


def _taken(iterate, value):
    for _ in range(3):
        try:
            return list(islice(iterate(value), ITEMS))
        except RuntimeError:  # another thread changed it
            continue
    return []


def _is_encodable(text):
    if text.isascii():
        return True
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _integer(value):
    if -0x8000000000000000 <= value <= 0x7FFFFFFFFFFFFFFF:
        return value
    bits = value.bit_length()
    if bits > _INTEGER_BITS:
        return {"$repr": "<an int of {} bits>".format(bits), "$type": "int", "$cut": bits}
    return {"$int": str(value)}


def _float(value):
    if value != value:
        return {"$float": "nan"}
    if value in (_INFINITY, -_INFINITY):
        return {"$float": "inf" if value > 0 else "-inf"}
    return value


def _is_enumeration(kind):
    return reading.class_attribute(kind, "_member_map_") is not reading.MISSING


# Types are told by their ids: a metaclass may define `__hash__`, and builtin types live for ever.
_TO_PLAIN = {
    id(str): lambda value: str.__getitem__(value, slice(None)),
    id(int): int.__pos__,
    id(float): float.__pos__,
}
_BY_TYPE = {
    id(list): Capture._list,
    id(tuple): Capture._tuple,
    id(set): Capture._set,
    id(frozenset): Capture._set,
    id(dict): Capture._dict,
    id(bytes): Capture._bytes,
    id(bytearray): Capture._bytes,
}
