"""`garbage`: what the collector found and could not free, and how it is set."""

import gc

from .. import reading
from ..captured_objects import describe
from ..searching import limit_of


def run(request):
    """A row for each object of `gc.garbage`, up to `limit`; the settings, and a row of counts for each generation."""
    limit = limit_of(request.params)
    found = gc.garbage if type(gc.garbage) is list else []
    total = len(found)
    rows = [_row(item) for item in found[:limit]]
    return {
        "rows": rows,
        "total": total,
        "enabled": gc.isenabled(),
        "threshold": list(gc.get_threshold()),
        "count": list(gc.get_count()),
        "debug": gc.get_debug(),
        "generations": gc.get_stats(),
    }


def _row(item):
    text = describe(item)[0] if not _is_container(item) else "{} of {}".format(type(item).__name__, len(item))
    return {"type": reading.type_name(type(item)), "id": id(item), "object": text}


_CONTAINERS = reading.type_ids(list, tuple, dict, set, frozenset)


def _is_container(item):
    return id(type(item)) in _CONTAINERS
