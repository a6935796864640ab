"""Room on the stack for the replacements' own frames.

A watched call takes one frame more, so a recursion that just fitted would end in a RecursionError of ours. While
probes are installed the limit is higher by as many frames; by no more than a thousand for each probe on one function,
because until 3.11 every call takes room on the C stack too, and overrunning that is a crash.
"""

import sys

_MOST = 1000
_MARGIN = 60

# What an observation takes at the deepest point: captures nest too.
_OBSERVING = 150


class RecursionRoom:
    """The recursion limit while probes are installed. The hooks' lock guards it."""

    def __init__(self):
        self._own = None
        self._raised = None

    @property
    def is_owed(self):
        """Whether the limit is still raised."""
        return self._raised is not None

    def make(self, levels):
        """Makes room for `levels` more frames a call."""
        now = sys.getrecursionlimit()
        if self._raised is not None and now != self._raised:
            self._own = self._raised = None  # the program has set another one
        own = now if self._own is None else self._own
        wanted = own + min(own, _MOST) * levels + _OBSERVING
        if wanted > now:
            sys.setrecursionlimit(wanted)
            self._own, self._raised = own, wanted

    def give_back(self):
        """Puts the program's own limit back; not while a thread is so deep that it would hit it. Gives whether it is."""
        if self._raised is None:
            return True
        if sys.getrecursionlimit() == self._raised:
            if _deepest(self._own - _MARGIN) >= self._own - _MARGIN:
                return False
            try:
                sys.setrecursionlimit(self._own)
            except RecursionError:
                return False
        self._own = self._raised = None
        return True


def _deepest(enough):
    """The depth of the deepest thread; counting ends at `enough`."""
    deepest = 0
    for frame in sys._current_frames().values():
        depth = 0
        while frame is not None and depth < enough:
            depth += 1
            frame = frame.f_back
        deepest = max(deepest, depth)
    return deepest
