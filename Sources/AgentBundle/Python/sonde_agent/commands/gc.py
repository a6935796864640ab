"""`gc`: the garbage collector's state; and a collection, for a user who was allowed to."""

from time import perf_counter

from ..errors import AgentError
from ..signals import restore_signals


def run(request):
    """A row for each generation; with `collect`, after a collection, which runs the finalizers of what it frees."""
    import gc

    params = request.params
    reply = {}
    if params.get("collect"):
        if params.get("allow") != "exec":
            hint = "start sonde with --allow exec"
            raise AgentError("NotPermitted", "a collection stops the program and runs its finalizers", hint)
        restore_signals()
        began = perf_counter()
        reply["freed"] = gc.collect()
        reply["took_ms"] = round((perf_counter() - began) * 1000.0, 3)
    counts, thresholds, statistics = gc.get_count(), gc.get_threshold(), gc.get_stats()
    enabled = gc.isenabled()
    frozen = gc.get_freeze_count()
    reply["rows"] = [
        {
            "generation": generation,
            "count": counts[generation] if generation < len(counts) else None,
            "threshold": thresholds[generation] if generation < len(thresholds) else None,
            "collections": numbers.get("collections"),
            "collected": numbers.get("collected"),
            "uncollectable": numbers.get("uncollectable"),
        }
        for generation, numbers in enumerate(statistics)
    ]
    return dict(reply, enabled=enabled, frozen=frozen, uncollectable=len(gc.garbage))
