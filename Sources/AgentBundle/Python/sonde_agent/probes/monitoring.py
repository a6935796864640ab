"""`monitor`'s probe: for each interval, how often each function was called, how long it took, how often it failed."""

from time import monotonic, time

from .making import number
from .probe import Probe

_LEAST = 0.05


class Monitor(Probe):
    """Tells in intervals; `times` counts them."""

    def prepare(self, params):
        """Takes `every`, the length of an interval in seconds."""
        self._every = number(params, "every", (int, float), 5.0, _LEAST)
        self._intervals = 0
        self._began = None

    def activate(self):
        """The first interval begins."""
        super().activate()
        for point in self.points:
            point.take()
        self._began = monotonic()
        self.due = self._began + self._every

    def tick(self, now):
        """An interval is over."""
        self._tell(now)
        self._intervals += 1
        if self._intervals == self.limits.times:
            self._began = None
            self.agent.stop_probe(self, "limit")
            return
        # An interval that the agent slept through, because the process was stopped, is not made up for.
        self.due = max(self.due + self._every, now + self._every / 2)

    def finish(self):
        """Tells what there is of the interval that has begun."""
        if self._began is not None:
            self._tell(monotonic(), False)

    def _tell(self, now, silence=True):
        """A row for each function that was called; where it is only one function, also for silence."""
        seconds = max(now - self._began, 1e-9)
        self._began = now
        moment = time()
        for point in self.points:
            histogram, errors = point.take()
            if histogram.count or errors or (silence and len(self.points) == 1):
                self._tell_one(point, histogram, errors, seconds, moment)

    def _tell_one(self, point, histogram, errors, seconds, moment):
        if self.session.is_full:
            self.drop()
            return
        count = histogram.count
        p50, p95, p99 = [_milliseconds(value) for value in histogram.percentiles(0.5, 0.95, 0.99)]
        row = {
            "type": "observation",
            "watch_id": self.watch_id,
            "timestamp": moment,
            "func_name": point.found.name,
            "calls": count,
            "errors": errors,
            "rate": count / seconds,
            "mean": _milliseconds(histogram.sum / count) if count else None,
            "p50": p50,
            "p95": p95,
            "p99": p99,
            "max": _milliseconds(histogram.max) if count else None,
        }
        self.session.push_observation(self, row, 300)


def _milliseconds(nanoseconds):
    return None if nanoseconds is None else nanoseconds / 1e6
