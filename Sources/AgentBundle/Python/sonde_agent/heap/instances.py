"""The instances of a class that the garbage collector knows, found by walking the heap."""

from .. import reading
from ..errors import AgentError
from ..patterns import find_values
from .walk import Walk

_LIMIT = 200000


def class_named(pattern, check):
    """The one class of that full name; raises `AgentError`."""
    found = find_values(pattern, check) if type(pattern) is str and "." in pattern.replace(":", ".") else []
    classes = {id(value): value for _, value, _ in found if reading.is_class(value)}
    if len(classes) == 1:
        return classes.popitem()[1]
    if classes:
        names = sorted(name for name, value, _ in found if reading.is_class(value))
        message = "'{}' matches {} classes".format(pattern, len(classes))
        raise AgentError("BadPattern", message, "such as {}".format(", ".join(names[:3])))
    if found:
        raise AgentError("BadPattern", "'{}' is no class".format(pattern), "sc lists classes")
    raise AgentError("TargetNotFound", "cannot find the class '{}'".format(pattern), "sc lists classes")


class Instances:
    """The instances that were alive during one walk. `found` holds them: let go of it soon, and piece by piece."""

    def __init__(self, request, cls, with_subclasses):
        self._class = cls
        self._with_subclasses = with_subclasses
        self._wanted = {}
        self.found = []
        self.more = 0
        self.walk = Walk(request)
        self.walk.run(self._take)
        self._wanted.clear()

    def _take(self, objects):
        wanted = self._wanted
        for item in objects:
            kind = type(item)
            entry = wanted.get(id(kind))
            if entry is None:
                # The entry keeps the class, so that no other one gets its address meanwhile.
                entry = wanted[id(kind)] = (self._is_wanted(kind), kind)
            if entry[0]:
                if len(self.found) < _LIMIT:
                    self.found.append(item)
                else:
                    self.more += 1

    def _is_wanted(self, kind):
        if not self._with_subclasses:
            return kind is self._class
        return any(base is self._class for base in reading.class_mro(kind))


def count_instances(request, classes):
    """How many instances of exactly each of the classes the garbage collector knows."""
    counts = {id(cls): 0 for cls in classes}

    def count(objects):
        for item in objects:
            kind = id(type(item))
            if kind in counts:
                counts[kind] += 1

    Walk(request).run(count)
    return [counts[id(cls)] for cls in classes]
