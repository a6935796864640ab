"""How one object refers to another, in words: `key 'x' of module shop`."""

import sys
from itertools import islice

from .. import reading
from ..captured_objects import brief, describe

_ITEMS = 200000  # of a container that are looked at

_CellType = type((lambda value: lambda: value)(0).__closure__[0])
_MethodType = type(type("Sample", (), {"method": lambda self: None})().method)
_PARTS = ("__closure__", "__defaults__", "__kwdefaults__", "__globals__", "__code__", "__dict__")


def module_of_dict():
    """The names of the loaded modules by the ids of their dicts."""
    names = {}
    for name, module in sys.modules.copy().items():
        space = reading.namespace(module) if reading.is_module(module) else None
        if space is not None and type(name) is str:
            names[id(space)] = reading.shown_module(name)
    return names


def way_to(holder, target):
    """How the holder has the target: `key 'x'`, `item 3`, `attribute 'cart'`."""
    kind = type(holder)
    if issubclass(kind, dict):
        return _key(holder, target) or "its dict"
    if issubclass(kind, (list, tuple)):
        return _field(holder, target) or _item(holder, target)
    if issubclass(kind, (set, frozenset)):
        return "element"
    if kind is _CellType:
        return "content"
    if kind is _MethodType:
        return "__self__" if holder.__self__ is target else "__func__"
    if kind is reading.FunctionType:
        for name in _PARTS:
            if reading.attribute(holder, name) is target:
                return name
        return "part"
    if target is kind:
        return "class"
    return _attribute(holder, target) or "part"


def _key(holder, target):
    for _ in range(3):
        try:
            for key, value in islice(dict.items(holder), _ITEMS):
                if value is target:
                    return "key " + brief(key)
                if key is target:
                    return "one of its keys"
            return None
        except RuntimeError:  # another thread changed it
            continue
    return None


def _item(holder, target):
    items = list if issubclass(type(holder), list) else tuple
    for index, value in enumerate(islice(items.__iter__(holder), _ITEMS)):
        if value is target:
            return "item {}".format(index)
    return "one of its items"


def _field(holder, target):
    """The name of a named tuple's field."""
    names = reading.class_attribute(type(holder), "_fields")
    if type(names) is not tuple:
        return None
    for name, value in zip(names, tuple.__iter__(holder)):
        if value is target and type(name) is str:
            return "field '{}'".format(name)
    return None


def _attribute(holder, target):
    for name, value in reading.slots(holder):
        if value is target:
            return "attribute '{}'".format(name)
    space = reading.namespace(holder)
    if space is target:
        return "__dict__"
    for name, value in reading.snapshot(space, _ITEMS) if space is not None else ():
        if value is target:
            return "attribute '{}'".format(name) if type(name) is str else "attribute"
    return None


def name_of(value):
    """The object in a few words, none of its own."""
    kind = type(value)
    if id(kind) in _CONTAINERS:
        return "{} of {}".format(kind.__name__, len(value))
    if kind is _CellType:
        return "a closure's cell"
    text = describe(value)[0]
    return text if len(text) <= 120 else text[:119] + "…"


_CONTAINERS = reading.type_ids(list, tuple, dict, set, frozenset)
