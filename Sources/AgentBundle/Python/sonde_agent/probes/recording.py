"""What `tt` does at one function: calls are kept, with the objects that they were given."""

from _collections import deque
from itertools import count

from ..errors import AgentError
from .making import number
from .point import Point
from .probe import Probe
from .wrapper import Plan

MOST = 1000


class Call:
    """A call that was recorded. It holds its arguments, and neither result nor error: they would hold far more."""

    __slots__ = ("index", "function", "layout", "values", "observation")

    def __init__(self, index, point, values, observation):
        self.index = index
        self.function = point.function
        self.layout = point.layout
        self.values = values
        self.observation = observation

    def arguments(self):
        """(positional, by keyword) as the function can be called with again."""
        layout = self.layout
        values = iter(self.values)
        positional = [next(values) for _ in layout.positional]
        keywords = {name: next(values) for name in layout.keyword_only}
        if layout.varargs is not None:
            positional.extend(next(values))
        if layout.varkeywords is not None:
            keywords.update(next(values))
        return positional, keywords


class Records:
    """A session's recorded calls; the oldest go when there are more than `most`."""

    def __init__(self, most):
        self._calls = deque(maxlen=most)
        self._numbers = count(1)

    def resize(self, most):
        """Keeps as many from now on."""
        if most != self._calls.maxlen:
            self._calls = deque(self._calls, most)

    def add(self, point, values, observation):
        """Keeps a call. For any thread."""
        index = observation["index"] = next(self._numbers)
        self._calls.append(Call(index, point, values, observation))

    def all(self):
        """The calls that are kept, oldest first."""
        return list(self._calls)

    def find(self, index):
        """The call with that number; `AgentError` when it is not kept."""
        for call in self.all():
            if call.index == index:
                return call
        raise AgentError("TargetNotFound", "no call {} is kept".format(index), "tt --list shows those that are")

    def delete(self, index=None):
        """Drops one call, or all; gives how many."""
        calls = self.all() if index is None else [self.find(index)]
        for call in calls:
            try:
                self._calls.remove(call)
            except ValueError:
                pass
        return len(calls)


class RecordedPoint(Point):
    """One function of a `tt`."""

    __slots__ = ()

    def __init__(self, probe, site):
        super().__init__(probe, site, Plan(site, False, True, True))

    def _arguments(self, capture, values, cost=0.0):
        observation = super()._arguments(capture, values, cost)
        observation["values"] = values  # until the call has ended
        return observation

    def _complete(self, observation, capture, cost, result, error):
        self.probe.records.add(self, observation.pop("values"), observation)
        super()._complete(observation, capture, cost, result, error)


class Recording(Probe):
    """A probe that records."""

    def prepare(self, params):
        """Takes `keep`, how many calls the session keeps."""
        most = number(params, "keep", (int,), 100, 1)
        if most > MOST:
            raise AgentError("BadRequest", "at most {} calls are kept".format(MOST))
        session = self.session
        if session.records is None:
            session.records = Records(most)
        self.records = session.records
        self.records.resize(most)
