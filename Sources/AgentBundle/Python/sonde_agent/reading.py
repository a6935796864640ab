"""Reading live objects without running any of their code.

Everything goes through the interpreter's own descriptors: no `__getattr__`, no property, no metaclass and no
overridden `__class__` or `__dict__` is ever asked. `type(x)` is the class, whatever the object says of itself.
"""

import sys
from itertools import islice

_ModuleType = type(sys)
_get_mro = type.__dict__["__mro__"].__get__
_get_type_dict = type.__dict__["__dict__"].__get__
_get_type_name = type.__dict__["__name__"].__get__
_get_qualname = type.__dict__["__qualname__"].__get__
_get_module = type.__dict__["__module__"].__get__
_get_bases = type.__dict__["__bases__"].__get__
_get_module_dict = _ModuleType.__dict__["__dict__"].__get__

FunctionType = type(lambda: None)
GetSetDescriptor = type(FunctionType.__dict__["__code__"])
MemberDescriptor = type(FunctionType.__dict__["__globals__"])


def type_ids(*types):
    """The types, to be told by `id`: a metaclass may define `__hash__` and `__eq__`, and those must not run."""
    return frozenset(map(id, types))


BUILTIN_CALLABLES = type_ids(type(str.join), type(object.__init__), type(dict.__dict__["fromkeys"]), type(len))

# What a class has its methods as.
METHOD_TYPES = type_ids(FunctionType, staticmethod, classmethod)

_NOTHING = {}

MISSING = type("Missing", (), {"__slots__": (), "__repr__": lambda self: "MISSING"})()


def class_mro(cls):
    """The class and its bases in the order in which attributes are looked up.

    A type in C that was never made ready has none, and neither has a class that the collector is taking apart.
    """
    return _get_mro(cls) or (cls,)


def class_bases(cls):
    """The class's direct bases."""
    return _get_bases(cls)


def qualified_name(cls):
    """The class's name in its module: `Outer.Inner`."""
    return _get_qualname(cls)


def class_dict(cls):
    """The class's own attributes, as a read-only mapping; empty for a type in C that was never made ready."""
    return _get_type_dict(cls) or _NOTHING


def is_class(value):
    """Whether the value is a class."""
    return issubclass(type(value), type)


def is_module(value):
    """Whether the value is a module."""
    return issubclass(type(value), _ModuleType)


def type_name(cls):
    """The class's full name: `shop.cart.Cart`, or `int` for a builtin."""
    try:
        name = _get_qualname(cls)
        module = _get_module(cls)
    except Exception:
        return str(_get_type_name(cls))
    if type(module) is not str or module == "builtins":
        return str(name)
    return shown_module(module) + "." + str(name)


def class_attribute(cls, name):
    """What stands under the name in the class or the first base that has it, unbound; else `MISSING`."""
    for base in _get_mro(cls) or (cls,):
        value = (_get_type_dict(base) or _NOTHING).get(name, MISSING)
        if value is not MISSING:
            return value
    return MISSING


def namespace(value):
    """The `__dict__` of a module, class or instance, or None when it has none that can be read safely."""
    if is_module(value):
        return _get_module_dict(value)
    if is_class(value):
        return class_dict(value)
    found = class_attribute(type(value), "__dict__")
    if type(found) is GetSetDescriptor:
        try:
            space = found.__get__(value)
        except Exception:
            return None
        if issubclass(type(space), dict):
            return space
    return None


def snapshot(mapping, limit=None):
    """The items of a dict as a list that no other thread changes; as many as `limit` says."""
    for _ in range(3):
        try:
            return list(islice(_items(mapping), limit))
        except RuntimeError:
            continue
    return []


def _items(mapping):
    return dict.items(mapping) if issubclass(type(mapping), dict) else mapping.items()


def slots(value):
    """The values in the object's slots, as pairs; those that are unset are left out."""
    pairs = []
    for base in reversed(class_mro(type(value))):
        space = class_dict(base)
        if "__slots__" not in space:
            continue
        for name, descriptor in snapshot(space):
            if type(descriptor) is MemberDescriptor:
                try:
                    pairs.append((name, descriptor.__get__(value)))
                except AttributeError:
                    pass
    return pairs


def attribute(value, name):
    """The plain data under the name, or `MISSING` when there is none or it takes user code to have it."""
    found = class_attribute(type(value), name)
    if type(found) is MemberDescriptor:
        try:
            return found.__get__(value)
        except AttributeError:
            return MISSING
    space = namespace(value)
    if space is not None:
        if is_class(value):
            return class_attribute(value, name)
        inner = dict.get(space, name, MISSING) if type(name) is str else MISSING
        if inner is not MISSING:
            return inner
    return found


_main = []


def main_name():
    """The name of the module that was started as the program: `shop` for `python shop.py`; None when it has none."""
    if not _main:
        name = _find_main_name()
        if name is None:
            return None  # the program may not have begun yet
        _main.append(name)
    return _main[0]


def shown_module(name):
    """The module's name as it is shown: the program's own goes by the name of its file."""
    return main_name() or name if name == "__main__" else name


def _find_main_name():
    main = sys.modules.get("__main__")
    space = namespace(main) if main is not None else None
    if space is None:
        return None
    spec = space.get("__spec__")
    name = attribute(spec, "name") if spec is not None else None
    if type(name) is str:
        return name[: -len(".__main__")] if name.endswith(".__main__") else name
    path = space.get("__file__")
    if type(path) is not str:
        return None
    stem = path.rpartition("/")[2]
    stem = stem[:-3] if stem.endswith(".py") else stem
    return stem or None
