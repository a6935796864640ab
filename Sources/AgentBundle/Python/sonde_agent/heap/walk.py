"""The objects that the garbage collector tracks, handed out in slices.

The interpreter lists them in one step only, in which no other thread runs. So the step's length is estimated first
and refused when it is more than was allowed; what is done with the objects afterwards is cut into slices, between
which the interpreter's lock is given away.

The list holds the objects. One that the program lets go of meanwhile ends here, on the agent's thread, and its
finalizer runs here: so the young, which come and go, are handed out first and at once, and the old are let go slice by
slice. No collection is ever asked for: it would run finalizers, and hold the target for longer.
"""

import gc
import sys
from time import monotonic

from ..errors import AgentError
from ..originals import original

PAUSE = 100.0  # milliseconds that a listing may take unless the request allows more
SLICE = 4000
_YOUNG = 5 * SLICE

# What a listing takes, as measured on a heap of a million objects (docs/benchmarks.md), for each allocated block.
_MICROSECONDS_A_BLOCK = 0.02
_SHARE = 0.7  # of the request's time; the rest is for the answer

# The free-threaded interpreter keeps all objects in one.
_HAS_NO_GENERATIONS = not getattr(sys, "_is_gil_enabled", lambda: True)()

_sleep = original("time", "sleep")


def allowed_pause(params):
    """For how many milliseconds the request lets the target be held at once."""
    pause = params.get("pause_ms")
    if pause is None:
        return PAUSE
    if type(pause) not in (int, float) or pause < 0:
        raise AgentError("BadRequest", "'pause_ms' is a number of milliseconds")
    return pause


def refuse_long_pause(milliseconds, allowed, what):
    """Raises `AgentError` when a step would hold the target for longer than is allowed."""
    if milliseconds > allowed:
        shown = "{:.0f} ms".format(milliseconds) if milliseconds < 1000 else "{:.1f} s".format(milliseconds / 1000)
        raise AgentError(
            "TooLarge",
            "{} would hold the target for about {}".format(what, shown),
            "--pause {:.0f}ms allows it".format(milliseconds * 1.5 + 1),
        )


def listing_time():
    """About how many milliseconds a step takes that looks at all objects."""
    return sys.getallocatedblocks() * _MICROSECONDS_A_BLOCK / 1000.0


class Walk:
    """One walk over the heap. `seen` and `left` count the objects, `held_ms` is how long the listing took."""

    def __init__(self, request):
        refuse_long_pause(listing_time(), allowed_pause(request.params), "listing the objects")
        self._request = request
        self._ends = monotonic() + request.timeout * _SHARE
        self.seen = self.left = 0
        self.held_ms = 0.0

    def run(self, visit):
        """Calls `visit(objects)` with each slice; it keeps none of them. The slices' list is not to be kept either."""
        began = monotonic()
        old = gc.get_objects() if _HAS_NO_GENERATIONS else gc.get_objects(generation=2)
        young = []
        for generation in () if _HAS_NO_GENERATIONS else (0, 1):
            young += gc.get_objects(generation=generation)
        self.held_ms = (monotonic() - began) * 1000.0
        if len(young) > _YOUNG:  # the program collects seldom or never, and they are not all young
            old += young
            young = []
        while young:
            self._hand_out(young, visit)
        while old:
            if monotonic() > self._ends:
                self.left = len(old)
                break
            self._hand_out(old, visit)
            give_way()
            self._request.check()
        while old:
            del old[-SLICE:]
            give_way()

    def _hand_out(self, objects, visit):
        part = objects[-SLICE:]
        del objects[-SLICE:]
        self.seen += len(part)
        visit(part)

    def counts(self):
        """What a reply says of the walk."""
        return {"seen": self.seen, "left": self.left, "held_ms": self.held_ms}


def give_way():
    """Lets the program's threads run."""
    _sleep(0.0005)
