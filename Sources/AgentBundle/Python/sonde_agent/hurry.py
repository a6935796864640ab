"""Short turns of the interpreter's lock while the agent has something to do.

Beside a thread that computes, each system call costs the agent the lock, and it gets it back after the switch interval
only: 5 ms, twenty times over while it comes. With a shorter interval it is done in a fraction of the time, and the
program's threads, too, wait for less than they would for a new thread of their own.
"""

import sys

_INTERVAL = 0.0002


class Hurry:
    """Makes the turns short until it is calm. What the program has set meanwhile is left alone."""

    def __init__(self):
        self._usual = None

    def hasten(self):
        """Makes the turns short, if they are not already."""
        usual = sys.getswitchinterval()
        if usual > 2 * _INTERVAL:
            self._usual = usual
            sys.setswitchinterval(_INTERVAL)

    @property
    def is_on(self):
        """Whether the turns are short because of it."""
        return self._usual is not None

    def calm(self):
        """Puts the usual interval back; also for a forked child, whatever was going on at the fork."""
        usual, self._usual = self._usual, None
        # The interpreter keeps whole microseconds.
        if usual is not None and abs(sys.getswitchinterval() - _INTERVAL) < 1e-6:
            sys.setswitchinterval(usual)
