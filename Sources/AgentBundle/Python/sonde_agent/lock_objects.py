"""Lock objects: how a frame's names lead to them, what each one is, and who owns it as far as it says so itself."""

import sys

from . import reading
from .bytecode import Layout
from .originals import allocate_lock, make_recursive_lock

_Lock = type(allocate_lock())
_RLock = type(make_recursive_lock())
_PLAIN_KEYS = reading.type_ids(str, int, bool, type(None))
_NESTING = 3

# Until 3.13 `f_locals` is a copy, which the frame keeps until its function returns. While a Python trace function is at
# work on the frame, the copy is also written back: then it is left alone.
_COPIES_LOCALS = sys.version_info < (3, 13)


class Layouts:
    """The layouts of the code objects that one request has met."""

    def __init__(self):
        self._known = {}

    def of(self, frame):
        """The layout of the frame's code."""
        code = frame.f_code
        layout = self._known.get(code)
        if layout is None:
            layout = self._known[code] = Layout(code)
        return layout


class LockObject:
    """What a thread may hold or wait for. Two of them stand for the same thing when their `key` is the same."""

    __slots__ = ("value", "kind", "key", "owner", "is_locked", "is_ownable")

    def __init__(self, value, kind, key=None, owner=None, is_locked=True, is_ownable=True):
        self.value = value
        self.kind = kind
        self.key = id(value) if key is None else key
        self.owner = owner
        self.is_locked = is_locked
        self.is_ownable = is_ownable


def lock_object(value, depth=0):
    """The lock that the value is, or that it is made of (a condition, a semaphore); None when it is none."""
    kind = type(value)
    if kind is _Lock:
        return LockObject(value, "Lock", is_locked=_Lock.locked(value))
    if kind is _RLock:
        owner = _owner_in_text(_RLock.__repr__(value))
        return LockObject(value, "RLock", owner=owner, is_locked=owner is not None)
    if _is_a(kind, "threading", "_PyRLock") or _is_a(kind, "threading", "_RLock"):
        owner = reading.attribute(value, "_owner")
        owner = owner if type(owner) is int else None
        return LockObject(value, "RLock", owner=owner, is_locked=owner is not None)
    if _is_a(kind, "threading", "Condition") and depth < _NESTING:
        inner = lock_object(reading.attribute(value, "_lock"), depth + 1)
        return inner and LockObject(value, "Condition", inner.key, inner.owner, inner.is_locked)
    if _is_a(kind, "threading", "Semaphore"):
        left = reading.attribute(value, "_value")
        return LockObject(value, "Semaphore", is_locked=left == 0 if type(left) is int else True)
    if _is_a(kind, "_frozen_importlib", "_ModuleLock"):
        owner = reading.attribute(value, "owner")
        return LockObject(value, "import lock", owner=owner if type(owner) is int else None)
    return None


def _is_a(kind, module, name):
    """Whether the class is that of the module, when it is loaded, or inherits from it."""
    space = reading.namespace(sys.modules.get(module))
    wanted = space.get(name) if space is not None else None
    return wanted is not None and any(base is wanted for base in reading.class_mro(kind))


def _owner_in_text(text):
    """The owner that an `RLock` names in its `repr`, the interpreter's own; None when nobody has it."""
    number = text.partition(" owner=")[2].partition(" ")[0]
    return int(number) or None if number.lstrip("-").isdigit() else None


def local(frame, name):
    """A local variable of a frame, or `MISSING`."""
    if _COPIES_LOCALS and frame.f_trace is not None:
        return reading.MISSING
    space = frame.f_locals
    if type(space) is not dict and type(space).__name__ != "FrameLocalsProxy":
        return reading.MISSING  # a class body's namespace may be the program's own kind of mapping
    try:
        return space[name]
    except KeyError:
        return reading.MISSING


def resolve(frame, chain):
    """The object that the names lead to, without running anything; `MISSING` when they do not."""
    kind, name = chain[0]
    value = reading.MISSING
    if kind == "local":
        value = local(frame, name)
    elif kind == "name" and frame.f_locals is not frame.f_globals:
        value = local(frame, name)
    if value is reading.MISSING and kind != "local":
        value = frame.f_globals.get(name, reading.MISSING)
    for step, what in chain[1:]:
        if value is reading.MISSING:
            return value
        value = reading.attribute(value, what) if step == "." else _item(frame, value, what)
    return value


def _item(frame, value, key):
    key = key[1] if key[0] == "const" else resolve(frame, (key,))
    if type(value) is dict and id(type(key)) in _PLAIN_KEYS:
        return value.get(key, reading.MISSING)
    if type(value) in (list, tuple) and type(key) is int and -len(value) <= key < len(value):
        return value[key]
    return reading.MISSING


def label(frame, chain):
    """How the object is called: `shop.Bank._lock` for a `self._lock`, `shop.LOCK` for a global, else as in the code."""
    kind, name = chain[0]
    text = name
    if kind != "local":
        value = frame.f_globals.get(name)
        inner = reading.namespace(value).get("__name__") if reading.is_module(value) else None
        module = frame.f_globals.get("__name__")
        if type(inner) is str:
            text = reading.shown_module(inner)
        elif type(module) is str:
            text = "{}.{}".format(reading.shown_module(module), name)
    elif name in ("self", "cls"):
        value = local(frame, name)
        if value is not reading.MISSING:
            text = reading.type_name(value if reading.is_class(value) else type(value))
    for step, what in chain[1:]:
        if step == ".":
            text += "." + what
        else:
            is_plain = what[0] == "const" and id(type(what[1])) in _PLAIN_KEYS
            text += "[{}]".format(repr(what[1])[:40] if is_plain else what[1])
    return text
