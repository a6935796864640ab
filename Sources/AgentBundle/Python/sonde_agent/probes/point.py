"""What a probe does at one function: the functions that the replaced code calls.

They run in the target's own threads, in the middle of its calls. None of them raises anything of its own, waits, or
takes a lock; what fails is counted as a dropped observation. An exception that is not theirs (a signal handler's,
KeyboardInterrupt, one sent to the thread from outside) belongs to the program, and goes on.
"""

import sys
from time import perf_counter, time

from ..capture import Capture
from ..originals import get_ident
from ..threads import function_name, main_ident
from .foreign import is_foreign
from .wrapper import is_replacement, replacement

# Threads that are in the middle of an observation: what they call meanwhile is not observed again.
_busy = set()

_STACK_LIMIT = 200


def thread_name():
    """The calling thread's name, as `threading` knows it; its number when it does not."""
    ident = get_ident()
    threading = sys.modules.get("threading")
    if threading is not None:
        thread = threading._active.get(ident)
        if thread is not None:
            name = getattr(thread, "_name", None)
            if type(name) is str:
                return name
    if not _main:
        _main.append(main_ident())
    return "MainThread" if ident == _main[0] else "thread-%d" % ident


_main = []


def begin(generator):
    """An async generator's first step, without the event loop's hooks: the replacement in front of it has them."""
    hooks = sys.get_asyncgen_hooks()
    sys.set_asyncgen_hooks(None, None)
    try:
        return generator.asend(None)
    finally:
        sys.set_asyncgen_hooks(*hooks)


def strip(error):
    """Takes the replacement's own entry out of the traceback; only where a bare `raise` then leaves it out."""
    traceback = error.__traceback__
    if traceback is not None and traceback.tb_next is not None:
        error.__traceback__ = traceback.tb_next


class Point:
    """One function of a probe."""

    __slots__ = ("probe", "found", "function", "plan", "guard", "spelling", "objects", "layout", "first", "link")

    def __init__(self, probe, found, layout, spelling, plan, guard, objects):
        self.probe = probe
        self.found = found
        self.function = found.function
        self.layout = layout
        self.spelling = spelling
        self.plan = plan
        self.guard = guard
        self.objects = objects
        self.first = 1 if found.binds_first else 0
        self.link = self._link  # one bound method, so that it can be found again

    def _link(self, code, inner):
        objects = dict(self.objects)
        objects.update(
            inner=inner,
            clock=perf_counter,
            guard=self.guard,
            fault=self.fault,
            enter=self.enter if not self._takes_stack else self.enter_stack,
            leave=self.leave,
            leave_error=self.leave_error,
            emit=self.emit if not self._takes_stack else self.emit_stack,
            emit_error=self.emit_error if not self._takes_stack else self.emit_stack,
            strip=strip,
            begin=begin,
            func=self.found.name,
            thread_name=thread_name,
            now=time,
        )
        return replacement(code, self.layout, self.spelling, self.plan, objects)

    @property
    def _takes_stack(self):
        return self.probe.command == "stack"

    def fault(self, error):
        """The guard failed: the observation is dropped, and the call goes on."""
        if is_foreign(error):
            if type(error.__context__) is RecursionError:
                # The guard turned it into an error of its own kind; the program expects Python's.
                raise RecursionError(*error.__context__.args) from None
            raise error
        if self.probe.active:
            self.probe.guard_failed(error, self.found.name)
        return False

    def enter(self, values):
        """Before the call, the guard being true: takes the arguments; None when the call is not to be observed."""
        return self._guarded(self._enter, values)

    def enter_stack(self, values):
        """Before the call: who calls it."""
        self._guarded(self._emit_stack, None, None, values)

    def leave(self, token, cost, result):
        """The call that `enter` saw has returned."""
        self._guarded(self._leave, token, cost, result, None)

    def leave_error(self, token, cost, error):
        """The call that `enter` saw has raised; closing a generator is no error."""
        self._guarded(self._leave, token, cost, None, error)

    def emit(self, cost, result, values):
        """A call has returned and the guard holds."""
        self._guarded(self._emit, cost, result, None, values)

    def emit_error(self, cost, error, values):
        """A call has raised and the guard holds."""
        self._guarded(self._emit, cost, None, error, values)

    def emit_stack(self, cost, outcome, values):
        """A call has ended, the guard holds: who called it."""
        self._guarded(self._emit_stack, cost, outcome, values)

    def _guarded(self, action, *values):
        probe = self.probe
        if not probe.active:
            return None
        ident = get_ident()
        if ident in _busy:
            return None
        _busy.add(ident)
        try:
            return action(*values)
        except BaseException as error:
            if is_foreign(error):
                raise
            probe.drop()
            return None
        finally:
            _busy.discard(ident)

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
