"""What the process takes in all, as the kernel and the interpreter count it."""

import gc
import sys

# Above it the kernel takes too long to add up the shares of pages, during which the target can map no memory.
_CHEAP = 1 << 30

_STATUS = {b"VmRSS": "rss", b"VmHWM": "peak", b"VmSize": "virtual", b"VmSwap": "swap"}


def totals():
    """The totals, in bytes; what cannot be known here is None."""
    result = dict.fromkeys(("rss", "pss", "peak", "virtual", "swap"))
    result.update(_kilobytes("/proc/self/status", _STATUS))
    if result["rss"] is not None and result["rss"] < _CHEAP:
        result.update(_kilobytes("/proc/self/smaps_rollup", {b"Pss": "pss"}))
    stats = gc.get_stats()
    result.update(
        blocks=sys.getallocatedblocks(),
        gc_enabled=gc.isenabled(),
        gc_collections=sum([item["collections"] for item in stats]),
        gc_collected=sum([item["collected"] for item in stats]),
        gc_uncollectable=sum([item["uncollectable"] for item in stats]),
        garbage=len(gc.garbage) if type(gc.garbage) is list else None,
        traced=_traced(),
    )
    return result


def _kilobytes(path, names):
    """The fields of such a file of the kernel's, in bytes."""
    found = {}
    try:
        with open(path, "rb") as file:
            for line in file:
                field, _, rest = line.partition(b":")
                if field in names:
                    found[names[field]] = int(rest.split()[0]) * 1024
    except (OSError, ValueError, IndexError):
        pass
    return found


def _traced():
    """Bytes that the interpreter's tracing of allocations counts now; None when it is off."""
    tracing = sys.modules.get("_tracemalloc")
    if tracing is None or not tracing.is_tracing():
        return None
    return tracing.get_traced_memory()[0]
