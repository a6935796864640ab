"""`trace`'s probe and what it does at one function: the calls below each call, as a tree."""

import sys
from time import time

from ..capture import Capture
from ..errors import AgentError
from .base import BasePoint, thread_name
from .calltree import CallTree
from .driving import Driven, unwrap
from .making import number
from .probe import Probe
from .wrapper import BasePlan, is_replacement

if sys.version_info >= (3, 12):
    from .tracing_by_monitoring import Tracer
else:
    from .tracing_by_profiler import Tracer

_CODES = 5000

# The one that is there while there are traces.
_tracers = []

_DRIVEN = {"coroutine": "{r} = await {d}({o}, {i}({call}))", "generator": "{r} = yield from {d}({o}, {i}({call}))"}


class TracePlan(BasePlan):
    """The replacement's body: the thread's calls are followed while the observed one runs."""

    __slots__ = ()

    def write(self, source, depth):
        """Writes the body of the replacement."""
        source.guard_at_entry(depth)
        source.add(depth, "{h} = '$begin'\n{o} = {h}()\nif {o} is None:")
        source.pass_on(depth + 1)
        source.add(depth, "{k} = '$clock'\n{t} = {k}()\ntry:")
        if source.layout.kind in _DRIVEN:
            source.add(depth + 1, "{d} = '$drive'\n" + _DRIVEN[source.layout.kind])
        else:
            source.call(depth + 1)
        source.add(depth, "except BaseException as {e}:\n {c} = ({k}() - {t}) * 1000.0\n {h} = '$end'\n {h}({o})")
        self._tell(source, depth + 1, source.names["e"], "None")
        source.strip_and_raise(depth + 1)
        source.add(depth, "{c} = ({k}() - {t}) * 1000.0\n{h} = '$end'\n{h}({o})")
        self._tell(source, depth, "None", source.names["r"])
        source.add(depth, source.last_line())

    def _tell(self, source, depth, error, result):
        if not self.decided_at_entry:
            source.add(depth, "try:\n {g} = '$guard'\n {x} = {g}({guard})", guard=source.guard(error, result))
            source.add(depth, "except BaseException as {y}:\n {h} = '$fault'\n {x} = {h}({y})\nif {x}:")
            depth += 1
        source.add(depth, "{h} = '$tell'\n{h}({o}, {c}, {error})", error=error)


class TracedPoint(BasePoint):
    """One function of a `trace`."""

    __slots__ = ("_is_driven",)

    def __init__(self, probe, site):
        super().__init__(probe, site, TracePlan(site))
        self._is_driven = site.layout.kind in _DRIVEN

    def calls(self):
        """What the replacement calls."""
        return {"begin": self.begin, "drive": Driven, "end": self.end, "tell": self.tell}

    def begin(self):
        """A call begins; the tree that it fills, or None when it is not traced."""
        return self.guarded(self._begin)

    def _begin(self):
        probe = self.probe
        if probe.tracer.is_inside(probe):
            return None  # it is in the tree of the call above it
        return probe.tracer.begin(probe, CallTree(self.code, probe.depth, probe.folds), self._is_driven)

    def end(self, traced):
        """The call has ended."""
        traced.pause()

    def tell(self, traced, cost, error):
        """The call has ended and the guard holds."""
        if error is not None:
            unwrap(error)
        if cost >= self.probe.least:
            self.guarded(self._tell, traced.tree, cost, error)

    def _tell(self, tree, cost, error):
        probe = self.probe
        if not probe.admits():
            return
        if type(error) is GeneratorExit:
            error = None
        capture = Capture(1024)
        rows = tree.rows(probe.tracer.name, self.found.name)
        observation = {
            "type": "observation",
            "watch_id": probe.watch_id,
            "timestamp": time() - cost / 1000.0,
            "func_name": self.found.name,
            "duration_ms": cost,
            "running_ms": min(tree.root.seconds * 1000.0, cost),
            "error": None if error is None else capture.value(error, 1),
            "thread": thread_name(),
            "left_out": tree.left_out,
            "tree": rows,
        }
        probe.emit(observation, 300 + 200 * len(rows))

    @property
    def code(self):
        """The function's own code."""
        return self.probe.agent.hooks.original(self.function)


class Trace(Probe):
    """A probe that follows calls."""

    tracer = None

    def prepare(self, params):
        """Takes `depth`, `min` (milliseconds) and `skip_stdlib`."""
        self.depth = number(params, "depth", (int,), 10, 1)
        self.least = number(params, "min", (int, float), 0.0)
        self._folded = {}
        self._library = _library() if params.get("skip_stdlib") else None

    def install(self, check):
        """Gets at the interpreter's events first; raises `AgentError` when others have them all."""
        tracer = _tracers[0] if _tracers else Tracer(self.agent.hooks)
        tracer.claim(self)
        self.tracer = tracer
        _tracers[:] = [tracer]
        super().install(check)
        for point in self.points:
            tracer.follow(point.code)

    def finish(self):
        """Gives the events back."""
        tracer, self._folded = self.tracer, {}
        if tracer is not None and tracer.release(self):
            _tracers.clear()

    def abandon(self):
        """In a forked child."""
        self.active = False
        self.finish()

    def folds(self, code):
        """Whether a function is left out of the tree, its time being its caller's."""
        known = self._folded.get(id(code))
        if known is None or known[0] is not code:
            file = code.co_filename
            is_library = self._library is not None and (file[:1] == "<" or _is_in(file, self._library))
            if len(self._folded) >= _CODES:
                self._folded.clear()
            known = self._folded[id(code)] = (code, is_library or is_replacement(code))
        return known[1]


def _library():
    """The folders of the standard library."""
    os = sys.modules.get("os")
    path = getattr(os, "__file__", None)
    return path.rpartition("/")[0] + "/" if type(path) is str else "/nowhere/"


def _is_in(file, folder):
    return file.startswith(folder) and not file.startswith((folder + "site-packages/", folder + "dist-packages/"))


def make_point(probe, site, params):
    """A point for one function."""
    if site.layout.kind == "asyncgen":
        raise AgentError("BadPattern", "'{}' is an async generator, and cannot be traced".format(site.found.name))
    return TracedPoint(probe, site)
