"""A profile of all threads, taken by looking at them from one of the agent's.

A thread's stack is walked only when the thread has used processor time since it was last looked at: the kernel's
clock of the thread tells, for half a microsecond. What it has used is also the weight of its stack, so that the shares
are those of processor time, and a thread that wakes for a moment counts for a moment. No frame is kept: that would
keep the program's objects alive.

Measured with 50 threads that wait, ten functions deep, 3.11 and 3.12: 23 µs a sample, and with the caches cold, as
they are a hundred times a second, 190 µs, of which waking up is 65; walking every stack, 300 µs.
"""

import sys
from time import clock_gettime, perf_counter, thread_time

from .originals import allocate_lock
from .probes.wrapper import is_replacement
from .threads import function_name, known_threads, main_ident, native_id

_STACKS = 20000
_CODES = 50000
_DEPTH = 200

# How many samples a thread's clock is not read for while the thread stands at the same instruction.
_TRUST = 4

# How long threads that ran are looked at, to tell those that run without the lock from the one that gives it up just
# now, which takes microseconds; seconds. Beyond the longest this thread has given up the lock itself.
_WINDOW = 50e-6
_LONGEST = 0.001

# What a sample may cost, as a share of a second.
_SHARE = 1e-4

# In place of what was too much to keep.
_REST = 0


class Sampler:
    """Samples until it is told to stop.

    `own` are the agent's threads. `wanted(ident)` says which others are looked at. With `idle`, a thread's
    weight is the time that passed, whether it ran or not; with `gil`, threads that run without the interpreter's lock
    are left out.
    """

    def __init__(self, own, wanted, idle=False, gil=False):
        self.samples = 0
        self.seconds = self.cost = 0.0
        self.threads = 0
        self.stacks = {}
        self.frames = [("(too many to keep)", "", 0)]
        self._own = own
        self._wanted = wanted
        self._idle = idle
        self._gil = gil
        self._codes = {}
        self._kept = []
        self._states = {}
        self._ran = []

    def run(self, seconds, hz, check):
        """Samples for so many seconds, so many times a second; `check` is called each time, and may raise."""
        pause = allocate_lock()
        pause.acquire()
        cost = thread_time()
        began = last = perf_counter()
        due = began
        while True:
            now = perf_counter()
            is_last = now - began >= seconds
            self._sample(now - last, is_last)
            last = now
            self.samples += 1
            check()
            if is_last:
                break
            now = perf_counter()
            # Beats that the interpreter's lock came too late for are not made up for, and none is taken that would cost
            # more than its share: 1 % of a processor at 100 a second.
            rest = (thread_time() - cost) / (_SHARE * hz) - (now - began)
            due = max(due + 1.0 / hz, now + rest)
            if due < now:
                due = now + 0.5 / hz
            pause.acquire(True, max(min(due, began + seconds) - now, 0.0))
        self.seconds = last - began
        self.cost = thread_time() - cost
        self._states.clear()
        self._kept.clear()

    def _sample(self, passed, thorough=False):
        frames = sys._current_frames()
        states = self._states
        if len(frames) != len(states):
            self._meet(frames)
        for ident, frame in frames.items():
            state = states.get(ident)
            if state is None or state.clock is None:
                continue
            # Where a thread stands as before, it has hardly run: its clock is read now and then only. What it has
            # used is not lost by that.
            if state.place == frame.f_lasti and state.frame == id(frame) and state.trust > 0 and not thorough:
                state.trust -= 1
                if self._idle:
                    self._add(state.stack, passed)
                continue
            try:
                self._look(state, frame, passed)
            except OSError:
                del states[ident]  # the thread has ended, and its number has another one
        if self._ran:
            self._add_holders()

    def _look(self, state, frame, passed):
        # First the clock, then the stack: what runs in between is seen by the next look at the clock.
        used = clock_gettime(state.clock)
        ran = used - state.used
        state.used = used
        state.frame = id(frame)
        state.place = frame.f_lasti
        state.trust = _TRUST
        if ran > 0.0 or state.stack is None:
            state.stack = self._stack(frame)
            if self._gil:
                self._ran.append((state, passed if self._idle else ran, perf_counter()))
                return
        self._add(state.stack, passed if self._idle else ran)

    def _add_holders(self):
        """Adds those of the threads that ran which do not go on running while this thread has the interpreter's lock."""
        enough = perf_counter() + _WINDOW
        while perf_counter() < enough:
            pass
        for state, weight, moment in self._ran:
            try:
                went_on = clock_gettime(state.clock) - state.used
            except OSError:
                went_on = 0.0
            if went_on < 0.5 * min(perf_counter() - moment, _LONGEST):
                self._add(state.stack, weight)
        self._ran.clear()

    def _add(self, stack, weight):
        stacks = self.stacks
        if stack in stacks:
            stacks[stack] += weight
        elif weight > 0.0:
            if len(stacks) >= _STACKS:
                stack = (_REST,)
            stacks[stack] = stacks.get(stack, 0.0) + weight

    def _meet(self, frames):
        """Takes note of threads that have begun, and forgets those that have ended."""
        states = self._states
        for ident in [ident for ident in states if ident not in frames]:
            del states[ident]
        main = main_ident()
        objects = known_threads()
        for ident in frames:
            if ident not in states:
                is_left_out = ident in self._own or not self._wanted(ident)
                native = None if is_left_out else native_id(objects.get(ident), ident == main)
                states[ident] = _State(native)
        self.threads = max(self.threads, sum(state.clock is not None for state in states.values()))

    def _stack(self, frame):
        """The numbers of the functions on the stack, innermost first."""
        codes = self._codes
        stack = []
        while frame is not None:
            code = frame.f_code
            number = codes.get(id(code))
            if number is None:
                number = self._number(code, frame)
            if number >= 0:
                stack.append(number)
                if len(stack) == _DEPTH:
                    break
            frame = frame.f_back
        return tuple(stack)

    def _number(self, code, frame):
        if len(self._codes) >= _CODES:
            return _REST
        if is_replacement(code):
            number = -1
        else:
            number = len(self.frames)
            self.frames.append((function_name(frame), code.co_filename, code.co_firstlineno))
        self._kept.append(code)  # so that no other code gets its address
        self._codes[id(code)] = number
        return number


class _State:
    """What is known of one thread."""

    __slots__ = ("clock", "used", "stack", "frame", "place", "trust")

    def __init__(self, native):
        self.clock = self.stack = self.frame = self.place = None
        self.used = 0.0
        self.trust = 0
        if type(native) is int:
            # The processor-time clock of one thread: clock_getcpuclockid(3), the kernel's linux/posix-timers.h.
            clock = ~native << 3 | 6
            try:
                self.used = clock_gettime(clock)
            except (OSError, OverflowError):
                return
            self.clock = clock


def functions(sampler):
    """A row for each function: its own share and that of what it called, the greatest own share first."""
    own = {}
    total = {}
    everything = 0.0
    for stack, weight in sampler.stacks.items():
        everything += weight
        if not stack:
            continue
        own[stack[0]] = own.get(stack[0], 0.0) + weight
        for number in set(stack):
            total[number] = total.get(number, 0.0) + weight
    rows = []
    for number, weight in total.items():
        func, file, line = sampler.frames[number]
        mine = own.get(number, 0.0)
        rows.append(
            {
                "func": func,
                "own": round(100.0 * mine / everything, 2),
                "total": round(100.0 * weight / everything, 2),
                "own_ms": mine * 1000.0,
                "total_ms": weight * 1000.0,
                "file": file,
                "line": line,
            }
        )
    rows.sort(key=lambda row: (-row["own_ms"], -row["total_ms"], row["func"]))
    return rows
