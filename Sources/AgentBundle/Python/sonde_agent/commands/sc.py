"""`sc`: searches the loaded classes."""

from ..searching import find_classes, first_of, limit_of


def run(request):
    """A row for each class that the pattern matches, up to `limit`, and whether there are `more`.

    `detail` adds what `class_details` tells, `instances` how many instances the garbage collector knows.
    """
    params = request.params
    found, more = first_of(find_classes(params.get("pattern"), request.check), limit_of(params))
    rows = [_row(*item) for item in found]
    if params.get("detail"):
        # Loaded only here: a search without details is to be quick, also the first one.
        from ..details import class_details

        for row, (_, _, cls, _) in zip(rows, found):
            row.update(class_details(cls))
    if params.get("instances"):
        from ..heap.instances import count_instances

        counts = count_instances(request, [cls for _, _, cls, _ in found])
        for row, count in zip(rows, counts):
            row["instances"] = count
    return {"rows": rows, "more": more}


def _row(module, name, cls, facts):
    return {
        "class": module + "." + name,
        "module": module,
        "bases": facts.bases,
        "methods": facts.methods,
        "file": facts.file,
        "line": facts.line,
    }
