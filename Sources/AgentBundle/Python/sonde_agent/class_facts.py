"""What a search finds out about modules and classes, kept between searches while they have what they had then.

Finding it out looks at everything that they have. Whether they still have it is told by the ids of their values.
"""

import sys
from _weakref import ref

from . import reading
from .targets import plain_function

_LIMIT = 5000

_known = {}
_names = {}


def class_names(space):
    """The names under which a module's or class's namespace has classes."""
    try:
        state = hash(tuple(map(id, space.values())))
    except RuntimeError:  # another thread changed it
        state = None
    known = _names.get(id(space))
    if known is not None and known[0] == state:
        return known[1]
    items = reading.snapshot(space)
    names = [name for name, value in items if issubclass(type(value), type) and type(name) is str]
    if state is not None:
        _keep(_names, id(space), (state, names))
    return names


class Facts:
    """A class's `bases` by name, number of `methods`, `file`, first `line`, and whether it `has_classes` in it."""

    __slots__ = ("bases", "methods", "file", "line", "has_classes")

    def __init__(self, bases, space):
        self.bases = [reading.type_name(base) for base in bases]
        self.methods = 0
        self.has_classes = False
        self.file = self.line = None
        module = space.get("__module__")
        for _, value in reading.snapshot(space):
            kind = type(value)
            if kind is reading.FunctionType:
                function = value
            elif kind is staticmethod or kind is classmethod:
                function = plain_function(value)[0]
            else:
                if issubclass(kind, type):
                    self.has_classes = True
                continue
            self.methods += 1
            if function is not None and function.__module__ == module:
                code = function.__code__
                if (self.line is None or code.co_firstlineno < self.line) and code.co_filename[:1] != "<":
                    self.file, self.line = code.co_filename, code.co_firstlineno
        first = space.get("__firstlineno__")
        if type(first) is int:
            self.line = first
        if self.file is None:
            self.file = _file_of(module)


def facts_of(cls):
    """The facts of a class: those that are known, while the class has what it had then."""
    space = reading.class_dict(cls)
    bases = reading.class_bases(cls)
    try:
        state = hash((id(bases), tuple(map(id, space.values()))))
    except RuntimeError:  # another thread changed it
        return Facts(bases, space)
    known = _known.get(id(cls))
    if known is not None and known[0]() is cls and known[1] == state:
        return known[2]
    facts = Facts(bases, space)
    _keep(_known, id(cls), (ref(cls), state, facts))
    return facts


def _keep(table, key, entry):
    if len(table) >= _LIMIT:
        table.clear()
    table[key] = entry


def _file_of(module):
    found = sys.modules.get(module)
    names = reading.namespace(found) if found is not None else None
    path = names.get("__file__") if names is not None else None
    return path if type(path) is str and path.endswith(".py") else None
