"""Following calls through `sys.setprofile`, where there is no `sys.monitoring` yet (until CPython 3.11).

The profiler is set on the one thread that is inside a traced call, and taken off when it leaves. A thread that has a
profiler of the program's own keeps it, and its calls are not traced.
"""

import sys

from ..originals import get_ident
from ..threads import function_name
from .foreign import is_foreign, is_own_frame
from .traced import BaseTracer

_SUSPENDS = 0x20 | 0x80 | 0x200
_CODES = 5000


class Tracer(BaseTracer):
    """Follows calls by a profiler of the thread that is inside."""

    def __init__(self, hooks):
        super().__init__(hooks)
        self._names = {}
        self._kept = []
        self._profile = self._on_event  # one bound method, so that it can be told from another's

    # The agent's threads.

    def claim(self, probe):
        """The probe comes."""
        self.probes.add(probe)

    def release(self, probe):
        """The probe has gone; whether it was the last. Threads that are inside take the profiler off when they leave."""
        self.probes.discard(probe)
        return not self.probes

    def follow(self, code):
        """Every function is followed here."""

    # The target's threads.

    def take_thread(self, probe):
        """Sets the profiler on the calling thread, unless it has one."""
        if sys.getprofile() is not None:
            probe.drop()
            probe.tell_once("a thread has a profiler of its own, and calls in it are not traced")
            return False
        sys.setprofile(self._profile)
        return True

    def give_thread(self):
        """Takes the profiler off, unless the program has set another one."""
        if sys.getprofile() is self._profile:
            sys.setprofile(None)

    def name(self, code):
        """A function's name with its module."""
        return self._names.get(id(code)) or code.co_name

    def _on_event(self, frame, event, argument):
        if event != "call" and event != "return":
            return
        inside = self.current.get(get_ident())
        if inside is None:
            return
        try:
            code = frame.f_code
            if event == "return":
                for traced in inside:
                    traced.tree.leave(code)
                return
            name = self._names.get(id(code), self)
            if name is self:
                name = self._learn_name(code, frame)
            if name is not None:
                is_call = not code.co_flags & _SUSPENDS or _is_at_start(frame)
                for traced in inside:
                    traced.tree.enter(code, is_call)
        except BaseException as error:
            if is_foreign(error):
                raise
            for traced in inside:
                traced.tree.left_out += 1

    def _learn_name(self, code, frame):
        """The function's name; None for one of the agent's."""
        name = None if is_own_frame(frame) else function_name(frame)
        if len(self._kept) < _CODES:
            self._kept.append(code)  # so that no other code gets its address
            self._names[id(code)] = name
        return name


def _is_at_start(frame):
    """Whether a generator or coroutine begins, and does not go on."""
    at = frame.f_lasti
    if at < 0 or sys.version_info < (3, 11):
        return at < 0
    return frame.f_code.co_code[at : at + 2] == _RESUME_AT_START


# What 3.11 has where a function begins: the instruction RESUME with 0; what goes on has another number, or a YIELD_VALUE.
_RESUME_AT_START = bytes((151, 0))
