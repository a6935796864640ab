"""What the soak's targets share: they check what they do, count it, and tell both when SIGTERM asks them to end.

A target is run with the path of its counter: eight bytes that grow while it works, for whoever looks from outside, from
the moment on that it has all its threads and files.
What is not right is counted and described; the last line of standard output has it as JSON.
"""

import json
import mmap
import os
import signal
import struct
import sys
import threading

_SHOWN = 10

_state = {"ready": False, "ending": False, "count": 0, "wrong": 0, "first": []}
_lock = threading.Lock()
_counter = []
_before = {}


def begin():
    """Opens the counter and has SIGTERM end the program; gives the target's further arguments."""
    descriptor = os.open(sys.argv[1], os.O_RDWR | os.O_CREAT, 0o600)
    os.ftruncate(descriptor, 8)
    _counter.append(mmap.mmap(descriptor, 8))
    os.close(descriptor)
    signal.signal(signal.SIGTERM, lambda number, frame: _state.update(ending=True))
    _before.update(_resources())
    return sys.argv[2:]


def ready():
    """All threads are there: from now on the counter is shown outside."""
    _state["ready"] = True


def is_ending():
    """Whether the program was asked to end."""
    return _state["ending"]


def step(number):
    """A piece of work with a known result: what the soak watches."""
    return number * 3 + 1


def do(number):
    """Works one step, checks its result, and counts it."""
    check("step", step(number), number * 3 + 1)
    with _lock:
        _state["count"] += 1
        if _state["ready"]:
            struct.pack_into("<Q", _counter[0], 0, _state["count"])


def check(what, got, *expected):
    """Counts a result as wrong when it is none of those expected."""
    if got not in expected:
        with _lock:
            _state["wrong"] += 1
            if len(_state["first"]) < _SHOWN:
                _state["first"].append("{}: {!r:.200} instead of {!r:.200}".format(what, got, expected))


def start(*functions):
    """Starts a thread for each function; gives the threads."""
    threads = [threading.Thread(target=function) for function in functions]
    for thread in threads:
        thread.start()
    return threads


def finish(threads=()):
    """Waits for the threads and says how it went; the program's last act."""
    for thread in threads:
        thread.join()
    report = {"work": _state["count"], "wrong": _state["wrong"], "first": _state["first"], "before": _before}
    report.update(_resources())
    print(json.dumps(report), flush=True)


def _resources():
    return {"threads": threading.active_count(), "fds": len(os.listdir("/proc/self/fd"))}
