"""`sc`: searches the loaded classes."""

from .. import reading
from ..searching import find_classes, limit_of, place_of_class


def run(request):
    """A row for each class that the pattern matches, up to `limit`, and how many there are in all."""
    limit = limit_of(request.params)
    found = find_classes(request.params.get("pattern"), request.check)
    return {"rows": [_row(*item) for item in found[:limit]], "total": len(found)}


def _row(module, name, cls):
    file, line = place_of_class(cls)
    members = reading.snapshot(reading.class_dict(cls))
    return {
        "class": module + "." + name,
        "module": module,
        "bases": [reading.type_name(base) for base in reading.class_bases(cls)],
        "methods": sum(id(type(value)) in reading.METHOD_TYPES for _, value in members),
        "file": file,
        "line": line,
    }
