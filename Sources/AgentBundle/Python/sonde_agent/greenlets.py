"""The greenlets of a process that has greenlet loaded, as gevent and eventlet have.

Nothing keeps a list of them: they are picked out of what the garbage collector knows. That list is made in one step,
about ten milliseconds for each million of objects, and let go at once.
"""

from . import reading
from .asyncio_tasks import space_of
from .threads import function_name

_FRAMES = 200


def greenlet_rows(check):
    """A row for each greenlet that has not ended."""
    base = (space_of("greenlet") or {}).get("greenlet")
    if base is None or not reading.is_class(base):
        return []
    import gc

    kinds = {id(kind) for kind in _subclasses(base, 0)}
    found = [value for value in gc.get_objects() if id(type(value)) in kinds]
    rows = []
    for value in found:
        check()
        if not _get(base, "dead", value):
            rows.append(_row(base, value))
    return rows


def _subclasses(kind, depth):
    yield kind
    if depth < 8:
        for below in type.__subclasses__(kind):
            for found in _subclasses(below, depth + 1):
                yield found


def _get(base, name, value):
    return reading.class_attribute(base, name).__get__(value)


def _row(base, value):
    kind = reading.qualified_name(type(value))
    space = reading.namespace(value)
    name = space.get("name") if type(space) is dict else None
    name = name if type(name) is str else kind
    frame = _get(base, "gr_frame", value)
    names = []
    below = frame
    while below is not None and len(names) < _FRAMES:
        names.append(function_name(below))
        below = below.f_back
    is_active = reading.class_attribute(base, "__bool__")(value)
    return {
        "task": name,
        "kind": "greenlet",
        "id": id(value),
        "name": name,
        "level": 0,
        "parent": None,
        "state": "waiting" if frame is not None else "running" if is_active else "ready",
        "waits_for": None,
        "coro": names[-1] if names else None,
        "func": names[0] if names else None,
        "file": frame.f_code.co_filename if frame is not None else None,
        "line": frame.f_lineno if frame is not None else None,
        "awaits": names[:-21:-1],
        "thread": None,
    }
