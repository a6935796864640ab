"""What the target's threads are doing, read without stopping them."""

import os
import sys
from time import clock_gettime, monotonic

from . import reading
from .chains import frames_of

_STACK_LIMIT = 500

# What a thread waits for when this function of this module is on top of its Python stack.
_WAITS = {
    ("threading", "wait"): "condition",
    ("threading", "_wait_for_tstate_lock"): "thread to end",
    ("threading", "join"): "thread to end",
    ("threading", "acquire"): "semaphore",
    ("threading", "_shutdown"): "other threads to end",
    ("queue", "get"): "queue",
    ("queue", "put"): "room in a queue",
    ("socket", "accept"): "connection",
    ("socket", "readinto"): "data from a socket",
    ("socket", "recv_into"): "data from a socket",
    ("ssl", "read"): "data from a socket",
    ("ssl", "recv"): "data from a socket",
    ("selectors", "select"): "events",
    ("subprocess", "_try_wait"): "child process",
    ("subprocess", "_communicate"): "child process",
    ("concurrent.futures._base", "result"): "future",
    ("concurrent.futures.thread", "_worker"): "work",
    ("multiprocessing.connection", "_recv"): "data from a pipe",
}

# The kernel's word for where a sleeping thread is, in ours.
_KERNEL_WAITS = (
    ("futex", "lock"),
    ("hrtimer_nanosleep", "sleep"),
    ("poll", "events"),
    ("select", "events"),
    ("accept", "connection"),
    ("wait_woken", "data from a socket"),
    ("recv", "data from a socket"),
    ("skb_wait", "data from a socket"),
    ("pipe", "pipe"),
    ("wait4", "child process"),
    ("do_wait", "child process"),
    ("read", "input"),
    ("signal", "signal"),
    ("sigsuspend", "signal"),
)

# The system call that a thread is in (x86-64 and aarch64 number them differently).
_SYSTEM_CALLS = {
    "x86_64": {
        0: "input", 7: "events", 23: "events", 34: "signal", 35: "sleep", 43: "connection", 45: "data from a socket",
        47: "data from a socket", 61: "child process", 130: "signal", 202: "lock", 230: "sleep", 232: "events",
        247: "child process", 270: "events", 271: "events", 281: "events", 288: "connection",
    },
    "aarch64": {
        22: "events", 63: "input", 72: "events", 73: "events", 95: "child process", 98: "lock", 101: "sleep",
        115: "sleep", 133: "signal", 202: "connection", 207: "data from a socket", 212: "data from a socket",
        242: "connection", 260: "child process",
    },
}
_STATES = {b"R": "running", b"T": "stopped", b"t": "stopped", b"D": "disk"}
_SELECTS = {"x86_64": (23, 270), "aarch64": (72,)}.get(os.uname().machine, ())
_CALLS = _SYSTEM_CALLS.get(os.uname().machine, {})


def known_threads():
    """The `threading` module's thread objects by ident, without asking the module for anything."""
    threading = sys.modules.get("threading")
    if threading is None:
        return {}
    space = reading.namespace(threading)
    active = space.get("_active") if space is not None else None
    return dict(active) if type(active) is dict else {}


def thread_rows(own, check, before=None, with_stack=False, frame_row=None):
    """One row for each thread of the target; `own` are the agent's threads, which are left out.

    `before` is a `processor_times` of some time ago, which gives each thread's use of a processor since.
    """
    objects = known_threads()
    rows = []
    main = main_ident()
    for ident, frame in sys._current_frames().items():
        check()
        if is_own(ident, frame, own, objects):
            continue
        thread = objects.get(ident)
        native = native_id(thread, ident == main)
        row = _row(ident, native, thread, frame, ident == main)
        row["cpu"] = _use(native, before)
        if with_stack:
            row["stack"] = [frame_row(*entry) for entry in stack_of(ident, frame)]
        rows.append(row)
    return rows


def is_own(ident, frame, own, objects):
    """Whether a thread is the agent's; one of its workers may have signed off and still be there."""
    if ident in own:
        return True
    if ident in objects:
        return False
    for _ in range(_STACK_LIMIT):
        if frame.f_back is None:
            break
        frame = frame.f_back
    return frame.f_code.co_filename.startswith("<sonde:")


def native_id(thread, is_main):
    """The kernel's number of a thread, or None when nobody has noted it."""
    native = _field(thread, "_native_id")
    return os.getpid() if native is None and is_main else native


def thread_name(ident, objects=None):
    """A thread's name, as `threading` has it."""
    thread = (known_threads() if objects is None else objects).get(ident)
    name = _field(thread, "_name")
    if type(name) is str:
        return name
    return "MainThread" if ident == main_ident() else "thread-{}".format(ident)


def processor_times():
    """(now, seconds on a processor by native id) of the threads that have one."""
    main = main_ident()
    natives = [native_id(thread, ident == main) for ident, thread in known_threads().items()] + [os.getpid()]
    return monotonic(), {native: _processor_time(native) for native in natives if type(native) is int}


def _processor_time(native):
    """Seconds that a thread of this process has been on a processor, or None when it has ended.

    The clock's number is what `pthread_getcpuclockid(3)` makes of a thread: CPUCLOCK_PERTHREAD_MASK | CPUCLOCK_SCHED.
    """
    try:
        return clock_gettime(~native << 3 | 6)
    except (OSError, OverflowError):
        return None


def _use(native, before):
    """Percent of a processor that a thread has had since then; one that has begun since counts from its beginning."""
    if before is None or type(native) is not int:
        return None
    used = _processor_time(native)
    span = monotonic() - before[0]
    if used is None or span <= 0:
        return None
    return round(100.0 * max(used - (before[1].get(native) or 0.0), 0.0) / span, 1)


def main_ident():
    """The number of the thread that the process began with.

    `threading` knows it, but a monkey-patched one numbers greenlets. The interpreter lists its threads newest first.
    """
    idents = list(sys._current_frames())
    threading = sys.modules.get("threading")
    space = reading.namespace(threading) if threading is not None else None
    main = space.get("_main_thread") if space is not None else None
    ident = _field(main, "_ident")
    return ident if ident in idents else idents[-1]


def _field(thread, name):
    value = reading.attribute(thread, name) if thread is not None else None
    return None if value is reading.MISSING else value


def _row(ident, native, thread, frame, is_main):
    name = _field(thread, "_name")
    if type(name) is not str:
        name = "MainThread" if is_main else "thread-{}".format(ident)
    daemon = _field(thread, "_daemonic")
    seconds = _processor_time(native) if type(native) is int else None
    code = frame.f_code
    row = {
        "id": ident,
        "native_id": native,
        "name": name,
        "daemon": daemon if type(daemon) is bool else not is_main,
        "state": _state(native),
        "waits_for": None,
        "cpu": None,
        "cpu_ms": round(seconds * 1000.0, 3) if seconds is not None else None,
        "func": function_name(frame),
        "file": code.co_filename,
        "line": frame.f_lineno,
    }
    if row["state"] != "running":
        row["waits_for"] = _waits_for(frame, native)
    return row


def function_name(frame):
    """A frame's function with its module: `shop.checkout`."""
    code = frame.f_code
    module = frame.f_globals.get("__name__")
    name = getattr(code, "co_qualname", code.co_name)
    return "{}.{}".format(reading.shown_module(module), name) if type(module) is str else name


def stack_of(ident, frame):
    """(file, line, function) of a thread's frame and those that called it, innermost first."""
    frames = frames_of(ident, frame, _STACK_LIMIT)
    return [(frame.f_code.co_filename, frame.f_lineno or 0, function_name(frame)) for frame in frames]


def _state(native):
    """What the kernel says that a thread of this process does."""
    try:
        with open("/proc/self/task/{}/stat".format(native), "rb") as file:
            letter = file.read().rpartition(b")")[2].split()[0]
    except (OSError, IndexError):
        return "unknown"
    return _STATES.get(letter, "waiting")


def _waits_for(frame, native):
    """What a thread that does not run waits for, as far as its top frame and the kernel tell."""
    module = frame.f_globals.get("__name__")
    function = frame.f_code.co_name
    below = frame.f_back
    reason = _WAITS.get((module, function))
    if reason == "condition" and below is not None:
        caller = (below.f_globals.get("__name__"), below.f_code.co_name)
        reason = "event" if caller == ("threading", "wait") else _WAITS.get(caller, reason)
    if reason is not None:
        return reason
    return waits_in_kernel(native)


def waits_in_kernel(native):
    """What the kernel says that a thread waits for, or None."""
    if native is None:
        return None
    try:
        with open("/proc/self/task/{}/syscall".format(native), "rb") as file:
            fields = file.read().split()
        if len(fields) > 1 and fields[0].isdigit():
            number = int(fields[0])
            # Until 3.10 `time.sleep` was a `select` of no descriptors.
            return "sleep" if number in _SELECTS and int(fields[1], 16) == 0 else _CALLS.get(number)
    except OSError:
        pass
    try:
        with open("/proc/self/task/{}/wchan".format(native), "rb") as file:
            where = file.read().decode("ascii", "replace")
    except OSError:
        return None
    for part, reason in _KERNEL_WAITS:
        if part in where:
            return reason
    return None
