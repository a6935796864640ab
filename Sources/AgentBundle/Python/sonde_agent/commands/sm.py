"""`sm`: searches functions and methods."""

from ..searching import find_all_functions, first_of, limit_of
from ..signatures import signature_text


def run(request):
    """A row for each function that the pattern matches, up to `limit`, and whether there are `more`.

    `detail` adds what `function_details` tells.
    """
    params = request.params
    found, more = first_of(find_all_functions(params.get("pattern"), request.check), limit_of(params))
    rows = [_row(item) for item in found]
    if params.get("detail"):
        from ..details import function_details

        for row, item in zip(rows, found):
            row.update(function_details(item.function))
    return {"rows": rows, "more": more}


def _row(item):
    code = item.function.__code__
    return {
        "func": item.name,
        "kind": item.kind,
        "signature": signature_text(item.function),
        "file": code.co_filename,
        "line": code.co_firstlineno,
    }
