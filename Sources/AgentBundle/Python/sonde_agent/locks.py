"""Which locks the target's threads hold and wait for, and which of them wait for each other in a circle.

An `RLock` knows its owner. A plain lock does not: its owner is the thread whose frames stand inside a `with` block of
it, or behind an `acquire` that no `release` has followed. That is told as inferred.
"""

import sys

from . import reading
from .chains import frames_of
from .lock_objects import Layouts, LockObject, label, local, lock_object, resolve
from .threads import function_name, is_own, known_threads, thread_name, waits_in_kernel
from .waiting import pause

_DEPTH = 200
_SETTLE = 0.05
_LIBRARIES = frozenset(("threading", "queue", "concurrent.futures._base", "concurrent.futures.thread"))
_IMPORTING = frozenset(("importlib._bootstrap", "importlib._bootstrap_external", "_frozen_importlib"))

# Whose `self` a thread waits for when this library function is in its stack; the outermost counts.
_WAITING_FOR = {
    ("threading", "wait"): None,
    ("threading", "acquire"): None,
    ("threading", "join"): "Thread",
    ("threading", "_wait_for_tstate_lock"): "Thread",
    ("queue", "get"): "Queue",
    ("queue", "put"): "Queue",
    ("queue", "join"): "Queue",
    ("concurrent.futures._base", "result"): "Future",
    ("concurrent.futures._base", "exception"): "Future",
}


class _Thread:
    """What was read of one thread: where it stands, what it holds, what it waits for."""

    __slots__ = ("ident", "name", "top", "place", "holds", "waits")

    def __init__(self, ident, name, top):
        self.ident = ident
        self.name = name
        self.top = top
        self.place = top.f_lasti
        self.holds = []  # (lock object, label, frame)
        self.waits = None


def lock_rows(own, check):
    """(rows, deadlocks): a row for each lock that a thread holds or waits for; each deadlock is its rows' list."""
    threads = _read_threads(own, check)
    owners = {}
    for thread in threads.values():
        for lock, _, _ in thread.holds:
            owners.setdefault(lock.key, set()).add(thread.ident)
    rows = []
    waiting = {}
    for thread in threads.values():
        for lock, name, frame in thread.holds:
            basis = "known" if lock.owner is not None else "inferred"
            rows.append(_row(thread, "holds", lock, name, frame, thread, basis))
        if thread.waits is not None:
            lock, name, frame = thread.waits
            owner, basis = _owner(lock, owners.get(lock.key, ()), threads)
            row = _row(thread, "waits", lock, name, frame, owner, basis)
            rows.append(row)
            if owner is not None:
                waiting[thread.ident] = (owner.ident, row)
    cycles = _cycles(waiting)
    places = {ident: (threads[ident].top, threads[ident].place) for cycle in cycles for ident in cycle}
    threads.clear()  # frames are not kept longer than need be: they keep what is in them
    deadlocks = []
    for cycle in _settled(cycles, places, check):
        deadlocks.append([waiting[ident][1] for ident in cycle])
        for row in deadlocks[-1]:
            row["deadlock"] = len(deadlocks)
    rows.sort(key=lambda row: (row["deadlock"] is None, row["deadlock"] or 0, row["relation"] != "waits"))
    return rows, deadlocks


def _read_threads(own, check):
    objects = known_threads()
    layouts = Layouts()
    threads = {}
    for ident, top in sys._current_frames().items():
        check()
        if is_own(ident, top, own, objects):
            continue
        thread = threads[ident] = _Thread(ident, thread_name(ident, objects), top)
        frames = frames_of(ident, top, _DEPTH)
        thread.waits = _wait(frames, layouts, objects.get(ident))
        thread.holds = _holds(frames, layouts, thread)
    return threads


def _holds(frames, layouts, thread):
    """What the frames hold, each lock once, and not what the thread has given back to wait for it."""
    released = set()
    standing = []
    for frame in frames:
        if frame.f_code.co_name == "wait" and frame.f_globals.get("__name__") == "threading":
            lock = lock_object(local(frame, "self"))
            if lock is not None:
                released.add(lock.key)
        else:
            standing.append(frame)
    found = {}
    for frame in standing:
        for chain in layouts.of(frame).held(frame.f_lasti):
            lock = lock_object(resolve(frame, chain))
            if lock is None or not lock.is_locked or lock.key in released:
                continue
            if lock.owner is None or lock.owner == thread.ident:
                found[lock.key] = (lock, label(frame, chain), frame)
    return list(found.values())


def _wait(frames, layouts, thread):
    """(lock object, label, the frame of the program's) that the thread waits for, or None."""
    top = frames[0]
    word, chain = layouts.of(top).calling(top.f_lasti)
    module = top.f_globals.get("__name__")
    if module in _IMPORTING and top.f_code.co_name == "acquire":
        lock = lock_object(local(top, "self"))
        name = reading.attribute(local(top, "self"), "name") if lock is not None else None
        return lock and (lock, name if type(name) is str else None, _own_frame(frames))
    if module in _LIBRARIES and word != "_acquire_restore" and word != "__enter__":
        found = _library_wait(frames, layouts)
        if found is not None:
            return found
    if word is None:
        return None
    value = resolve(top, chain) if chain is not None else reading.MISSING
    lock = lock_object(value)
    if word == "get" and reading.type_name(type(value)) == "_queue.SimpleQueue":
        lock = LockObject(value, "SimpleQueue", is_ownable=False)
    elif word == "_acquire_restore":
        # The condition's own lock, to be had back after the wait.
        lock = lock_object(local(top, "self"))
        return lock and (lock, *_named(frames, layouts, lock.value))
    if lock is not None and lock.is_locked:
        if module in _LIBRARIES:
            outer = lock_object(local(top, "self"))
            if outer is not None and outer.key == lock.key:
                return (outer, *_named(frames, layouts, outer.value))
        return lock, label(top, chain), top
    native = reading.attribute(thread, "_native_id") if thread is not None else None
    if lock is None and word in ("with", "acquire") and type(native) is int and waits_in_kernel(native) == "lock":
        return LockObject(None, "lock", key=0), None, top
    return None


def _library_wait(frames, layouts):
    """What a thread waits for inside `threading`, `queue` or `concurrent.futures`: the outermost object of theirs."""
    found = None
    for frame in frames:
        place = (frame.f_globals.get("__name__"), frame.f_code.co_name)
        if place[0] not in _LIBRARIES:
            break
        if place in _WAITING_FOR:
            value = local(frame, "self")
            if value is not reading.MISSING:
                found = (value, _WAITING_FOR[place])
    if found is None:
        return None
    value, kind = found
    lock = lock_object(value)
    if kind is not None or lock is None or lock.kind == "Condition":
        lock = LockObject(value, kind or reading.qualified_name(type(value)), is_ownable=kind == "Thread")
    if kind == "Thread":
        ident = reading.attribute(value, "_ident")
        lock.owner = ident if type(ident) is int else None
    name, frame = _named(frames, layouts, value)
    return lock, name, frame


def _own_frame(frames):
    """The innermost frame that is not in a library which waits."""
    for frame in frames:
        module = frame.f_globals.get("__name__")
        if module not in _LIBRARIES and module not in _IMPORTING:
            return frame
    return frames[0]


def _named(frames, layouts, value):
    """(what the program calls the object, the program's frame), where it can be read from the call."""
    frame = _own_frame(frames)
    word, chain = layouts.of(frame).calling(frame.f_lasti)
    if word is not None and chain is not None and resolve(frame, chain) is value:
        return label(frame, chain), frame
    return None, frame


def _owner(lock, holders, threads):
    """(the thread that has the lock, how that is known); the basis is None where nobody can own it."""
    if lock.owner is not None:
        return threads.get(lock.owner), "known"
    if not lock.is_ownable:
        return None, None
    if len(holders) == 1:
        return threads[next(iter(holders))], "inferred"
    return None, "unknown"


def _row(thread, relation, lock, name, frame, owner, basis):
    return {
        "id": thread.ident,
        "name": thread.name,
        "relation": relation,
        "kind": lock.kind,
        "lock": name,
        "address": "{:#x}".format(id(lock.value)) if lock.value is not None else None,
        "owner": owner.name if owner is not None else None,
        "owner_id": owner.ident if owner is not None else None,
        "basis": basis,
        "deadlock": None,
        "func": function_name(frame),
        "file": frame.f_code.co_filename,
        "line": frame.f_lineno,
    }


def _cycles(waiting):
    """The circles in which threads wait for each other, each once."""
    found = []
    seen = set()
    for start in waiting:
        path = []
        ident = start
        while ident in waiting and ident not in seen:
            seen.add(ident)
            path.append(ident)
            ident = waiting[ident][0]
        if ident in path:
            found.append(path[path.index(ident) :])
    return found


def _settled(cycles, places, check):
    """The circles whose threads still stand where they stood a moment ago: who waits in a circle does not move."""
    if not cycles:
        return []
    pause(_SETTLE, check)
    current = sys._current_frames()

    def stands(ident):
        frame, place = places[ident]
        return current.get(ident) is frame and frame.f_lasti == place

    return [cycle for cycle in cycles if all(map(stands, cycle))]
