"""How many bytes an object takes by itself, without asking its class.

A program's `__sizeof__` is never run: the interpreter's own method for the nearest built-in base is called instead.
What an object refers to is not counted with it.
"""

import sys

from .. import reading

_HEAP_TYPE = 1 << 9  # PyType_Flags: made at run time
_get_flags = type.__dict__["__flags__"].__get__
_MODULES = ("builtins", "collections", "_io", "itertools", "functools", "_thread", "types")
# The collector's two words before each object that it tracks; the free-threaded interpreter has none.
_HEADER = 16 if getattr(sys, "_is_gil_enabled", lambda: True)() else 0


def sizer_of(kind):
    """A function that gives the size of an object of the class, in bytes."""
    for base in reading.class_mro(kind):
        found = reading.class_dict(base).get("__sizeof__")
        if found is not None and _is_own(base):
            return found
    return object.__sizeof__


def header_size():
    """What each object that the collector tracks takes beside its size."""
    return _HEADER


def _is_own(base):
    """Whether the class is the interpreter's own, written in C."""
    if _get_flags(base) & _HEAP_TYPE:
        return False
    module = type.__dict__["__module__"].__get__(base)
    return type(module) is str and module in _MODULES
