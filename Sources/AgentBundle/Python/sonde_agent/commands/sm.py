"""`sm`: searches functions and methods."""

from ..searching import find_all_functions, limit_of
from ..signatures import signature_text


def run(request):
    """A row for each function that the pattern matches, up to `limit`, and how many there are in all."""
    limit = limit_of(request.params)
    found = find_all_functions(request.params.get("pattern"), request.check)
    return {"rows": [_row(item) for item in found[:limit]], "total": len(found)}


def _row(item):
    code = item.function.__code__
    return {
        "func": item.name,
        "kind": item.kind,
        "signature": signature_text(item.function),
        "file": code.co_filename,
        "line": code.co_firstlineno,
    }
