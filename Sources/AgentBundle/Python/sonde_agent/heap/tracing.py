"""The interpreter's tracing of allocations, on while a session wants it.

The module in C is used alone: `tracemalloc` would bring `pickle` and `linecache` into the target. Tracing that the
program has started is the program's: it is read, and never stopped.
"""

import _tracemalloc

from ..errors import AgentError
from .walk import SLICE, allowed_pause, give_way, refuse_long_pause

_BYTES_A_TRACE = 50
_MICROSECONDS_A_TRACE = 0.8
_FRAMES = 50

_holders = set()


def start(session, frames):
    """Traces from now on, `frames` deep, until `stop` or until the last session that wanted it has ended."""
    if not 1 <= frames <= _FRAMES:
        raise AgentError("BadRequest", "from 1 to {} frames can be kept".format(_FRAMES))
    if _tracemalloc.is_tracing() and not _holders:
        raise AgentError("BadRequest", "the program itself is tracing its allocations", "top shows what it traced")
    if not _holders:
        _tracemalloc.start(frames)
    if session not in _holders:
        _holders.add(session)
        session.at_end.append(release)
        if session.closed:  # it ended meanwhile, perhaps before it was asked to call
            release(session)


def stop(session):
    """The session wants it no longer; whether tracing has ended by that."""
    if session not in _holders:
        if _tracemalloc.is_tracing() and not _holders:
            raise AgentError("BadRequest", "the program itself is tracing its allocations")
        raise AgentError("BadRequest", "this session has not started tracing")
    session.at_end.remove(release)
    return release(session)


def release(session):
    """Ends tracing with the last session that wanted it. Takes no lock: a forked child calls it too."""
    if session not in _holders:
        return False
    _holders.discard(session)
    if not _holders:
        _tracemalloc.stop()
    return not _holders


def is_tracing():
    """Whether allocations are traced, whoever began it."""
    return _tracemalloc.is_tracing()


def totals():
    """What is traced: bytes now and at their peak, and what the tracing itself takes."""
    current, peak = _tracemalloc.get_traced_memory()
    return {"traced": current, "traced_peak": peak, "overhead": _tracemalloc.get_tracemalloc_memory()}


def by_place(request, by_line):
    """[count, bytes] of the live allocations by (file, line), line 0 for a whole file; the agent's own left out."""
    if not _tracemalloc.is_tracing():
        raise AgentError("BadRequest", "allocations are not traced", "memory tracemalloc start begins to")
    count = _tracemalloc.get_tracemalloc_memory() / _BYTES_A_TRACE
    refuse_long_pause(count * _MICROSECONDS_A_TRACE / 1000.0, allowed_pause(request.params), "copying the traces")
    traces = _tracemalloc._get_traces()
    places = {}
    while traces:
        request.check()
        part = traces[-SLICE:]
        del traces[-SLICE:]
        for trace in part:
            file, line = trace[2][0]
            if file.startswith("<sonde:"):
                continue
            place = places.setdefault((file, line if by_line else 0), [0, 0])
            place[0] += 1
            place[1] += trace[1]
        give_way()
    return places
