"""A wait that ends early when nobody wants its end any more."""

from time import monotonic

from .originals import allocate_lock

_STEP = 0.1


def pause(seconds, check):
    """Waits in the kernel, also in a monkey-patched target; `check` is called now and then and may raise to end it."""
    lock = allocate_lock()
    lock.acquire()
    ends = monotonic() + seconds
    while True:
        check()
        left = ends - monotonic()
        if left <= 0:
            return
        lock.acquire(True, min(left, _STEP))
