"""What `watch` and `stack` do at one function: observations with arguments and outcome, or with the callers."""

import sys
from time import time

from ..capture import Capture
from ..threads import function_name
from .base import BasePoint, thread_name
from .wrapper import is_replacement

_STACK_LIMIT = 200


class Point(BasePoint):
    """One function of a `watch` or a `stack`."""

    __slots__ = ("first",)

    def __init__(self, probe, site, plan):
        super().__init__(probe, site, plan)
        self.first = 1 if site.found.binds_first else 0

    def calls(self):
        """What the replacement calls."""
        takes_stack = self._takes_stack
        return {
            "enter": self.enter_stack if takes_stack else self.enter,
            "leave": self.leave,
            "leave_error": self.leave_error,
            "emit": self.emit_stack if takes_stack else self.emit,
            "emit_error": self.emit_stack if takes_stack else self.emit_error,
        }

    @property
    def _takes_stack(self):
        return self.probe.command == "stack"

    def enter(self, values):
        """Before the call, the guard being true: takes the arguments; None when the call is not to be observed."""
        return self.guarded(self._enter, values)

    def enter_stack(self, values):
        """Before the call: who calls it."""
        self.guarded(self._emit_stack, None, None, values)

    def leave(self, token, cost, result):
        """The call that `enter` saw has returned."""
        self.guarded(self._leave, token, cost, result, None)

    def leave_error(self, token, cost, error):
        """The call that `enter` saw has raised; closing a generator is no error."""
        self.guarded(self._leave, token, cost, None, error)

    def emit(self, cost, result, values):
        """A call has returned and the guard holds."""
        self.guarded(self._emit, cost, result, None, values)

    def emit_error(self, cost, error, values):
        """A call has raised and the guard holds."""
        self.guarded(self._emit, cost, None, error, values)

    def emit_stack(self, cost, outcome, values):
        """A call has ended, the guard holds: who called it."""
        self.guarded(self._emit_stack, cost, outcome, values)

    def _enter(self, values):
        if not (self.plan.at_entry or self.plan.on_return):
            return values, None  # only errors are wanted: they are rare, so nothing is taken before there is one
        if not self.probe.admits():
            return None
        capture = Capture(self.probe.limits.bytes)
        observation = self._arguments(capture, values)
        if self.plan.at_entry:
            entry = dict(observation)
            entry.update(result=None, error=None, duration_ms=None, at="enter")
            self.probe.emit(entry, self._size(capture))
            if not self.probe.active:
                return None
        return observation, capture

    def _leave(self, token, cost, result, error):
        if error is not None and type(error) is GeneratorExit:
            error = None
            if not self.plan.on_return:
                return
        observation, capture = token
        if capture is None:
            self._emit(cost, result, error, observation)
            return
        self._complete(observation, capture, cost, result, error)

    def _emit(self, cost, result, error, values):
        if error is not None and type(error) is GeneratorExit:
            error = None
        if self.probe.admits():
            capture = Capture(self.probe.limits.bytes)
            self._complete(self._arguments(capture, values, cost), capture, cost, result, error)

    def _complete(self, observation, capture, cost, result, error):
        depth = self.probe.limits.depth
        observation["result"] = capture.value(result, depth)
        observation["error"] = None if error is None else capture.value(error, depth)
        observation["duration_ms"] = cost
        if self.plan.at_entry:
            observation["at"] = "return" if error is None else "error"
        self.probe.emit(observation, self._size(capture))

    def _emit_stack(self, cost, outcome, values):
        if not self.probe.admits():
            return
        capture = Capture(self.probe.limits.bytes)
        observation = self._arguments(capture, values, cost or 0.0)
        observation.update(result=None, error=None, duration_ms=None, stack=_callers())
        self.probe.emit(observation, self._size(capture))

    def _size(self, capture):
        return self.probe.limits.bytes - capture.left + 256

    def _arguments(self, capture, values, cost=0.0):
        """The message with what is known at entry; `cost` is how long ago that was, in milliseconds."""
        layout = self.layout
        depth = self.probe.limits.depth
        count = len(layout.positional)
        named = {}
        positional = []
        for index in range(count):
            value = capture.value(values[index], depth)
            named[layout.positional[index]] = value
            if index >= self.first:
                positional.append(value)
        keywords = {}
        passed = ()
        for name in layout.keyword_only:
            keywords[name] = named[name] = capture.value(values[count], depth)
            count += 1
        if layout.varargs is not None:
            taken = capture.value(values[count], depth + 1)
            passed = taken.get("$tuple", [taken])
            positional.extend(passed if layout.positional else passed[self.first :])
            if layout.varargs != "args":
                named[layout.varargs] = taken
            count += 1
        if layout.varkeywords is not None:
            taken = capture.value(values[count], depth + 1)
            if "$dict" in taken:
                for key, value in taken["$dict"]:
                    keywords[key if type(key) is str and key[:1] != "$" else str(key)] = value
            else:
                keywords.update(taken)
            if layout.varkeywords != "kwargs":
                named[layout.varkeywords] = taken
        for parameter in self.found.wrapped:
            was_passed, value = parameter.find(passed, keywords)
            named[parameter.name] = value if was_passed else capture.value(value, depth)
        return {
            "type": "observation",
            "watch_id": self.probe.watch_id,
            "timestamp": time() - cost / 1000.0,
            "func_name": self.found.name,
            "args": positional,
            "kwargs": keywords,
            "arg": named,
            "thread": thread_name(),
        }


def _callers():
    """The frames that called the observed function, innermost first, as (file, line, function)."""
    frame = sys._getframe(1)
    while frame is not None and not is_replacement(frame.f_code):
        frame = frame.f_back
    stack = []
    while frame is not None and len(stack) < _STACK_LIMIT:
        code = frame.f_code
        if not is_replacement(code):
            stack.append((code.co_filename, frame.f_lineno or 0, function_name(frame)))
        frame = frame.f_back
    return stack
