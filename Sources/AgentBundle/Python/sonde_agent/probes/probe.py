"""A probe: what one `watch` or `stack` has installed, its limits and its counts."""

from itertools import count
from time import perf_counter

from ..errors import AgentError
from ..installed import Installed

STOP_EVENT = "watch_stopped"


class Tally:
    """A count that any thread may raise, with no lock: one step of a C iterator cannot be interrupted."""

    __slots__ = ("_count", "add")

    def __init__(self):
        self._count = count()
        self.add = self._count.__next__

    @property
    def value(self):
        """The number of `add` calls so far."""
        return int(repr(self._count)[len("count(") : -1])


class Probe(Installed):
    """One installed observation; its points are the functions that it sits on."""

    runs_in_calls = True

    def __init__(self, agent, session, request_id, command, pattern, limits):
        Installed.__init__(self, agent, session, request_id, command)
        self.pattern = pattern
        self.limits = limits
        self.points = []
        self.active = False
        self.emitted = 0
        self.guard_errors = Tally()
        self._numbers = count()
        self._calls = count(1)
        self._drops = Tally()
        self._told = set()
        self._window = 0.0
        self._in_window = 0

    def prepare(self, params):
        """Takes what the request has for this kind of probe; raises `AgentError`."""

    def activate(self):
        """From now on it observes."""
        self.active = True

    @property
    def faults(self):
        """How many of its guard's evaluations failed."""
        return self.guard_errors.value

    @property
    def dropped(self):
        """How many observations were made and could not be sent."""
        return self._drops.value

    def drop(self):
        """Counts an observation that is not sent."""
        self._drops.add()

    def install(self, check):
        """Puts the probe on its functions; it observes nothing until it is active."""
        for point in self.points:
            check()
            self.agent.hooks.add(point.function, point.link)
            if self.stopped:
                # The session went, or a reset came, while it was being installed.
                self.uninstall()
                raise AgentError("Cancelled", "the probe was removed while it was being installed")

    def uninstall(self):
        """Takes the probe off all its functions."""
        self.active = False
        for point in self.points:
            self.agent.hooks.remove(point.function, point.link)

    def abandon(self):
        """In a forked child, where all functions have been restored."""
        self.active = False

    def admits(self):
        """Whether a call is to be observed: it is of the sample, and there is room now; if not, it counts as dropped."""
        share = self.limits.sample
        if share is not None:
            number = next(self._calls)
            # Evenly spread: the first, and then each time that one more is due.
            if int(number * share) == int((number - 1) * share) and number > 1:
                return False
        rate = self.limits.rate
        if rate is not None:
            now = perf_counter()
            if now - self._window >= 1.0:
                self._window = now
                self._in_window = 0
            if self._in_window >= rate:
                self._drops.add()
                return False
            self._in_window += 1
        if self.session.is_full:
            self._drops.add()
            return False
        return True

    def emit(self, observation, size):
        """Hands an observation to the session, and ends the probe when it was the last one."""
        times = self.limits.times
        if times:
            number = next(self._numbers)
            if number >= times:
                return
            if number == times - 1:
                self.active = False
                self.session.push_observation(self, observation, size)
                self.agent.stop_probe_soon(self, "limit")
                return
        self.session.push_observation(self, observation, size)

    def guard_failed(self, error, func):
        """Counts an observation whose guard failed, and reports the first such error."""
        if self.guard_errors.add() == 0:
            event = {
                "type": "event",
                "event": "guard_error",
                "watch_id": self.watch_id,
                "kind": getattr(error, "kind", type(error).__name__),
                "message": str(getattr(error, "message", error))[:500],
                "start": getattr(error, "start", None),
                "end": getattr(error, "end", None),
                "func": func,
            }
            self.session.push_event(event)

    def tell_once(self, message):
        """Tells the shell something about this probe; what it has been told before is not repeated."""
        if message not in self._told:
            self._told.add(message)
            self.session.push_event({"type": "event", "event": "note", "watch_id": self.watch_id, "message": message})

    def stop_event(self, reason):
        """The last message of the probe."""
        return {
            "type": "event",
            "event": STOP_EVENT,
            "watch_id": self.watch_id,
            "reason": reason,
            "emitted": self.emitted,
            "dropped": self.dropped,
            "guard_errors": self.faults,
        }


class Limits:
    """When a probe stops by itself, and how much of a value it takes."""

    __slots__ = ("times", "seconds", "rate", "depth", "bytes", "sample")

    def __init__(self, times, seconds, rate, depth, bytes, sample=None):
        self.times = times
        self.seconds = seconds
        self.rate = rate
        self.depth = depth
        self.bytes = bytes
        self.sample = sample  # the share of the calls that is observed, from 0 to 1
