"""`tasks`: asyncio's tasks as a tree, each with where it stands and what it waits for; and greenlets."""

import sys

from .. import reading
from ..asyncio_tasks import field, is_chained, is_task, parents, pending_tasks, task_name
from ..coroutines import await_chain, is_running, qualified_name
from ..searching import limit_of
from ..threads import function_name, thread_name

_FRAMES = 500

# What a task waits for that stands in this function of asyncio; the innermost counts.
_WAITS = {
    "asyncio.tasks": {"sleep": "sleep", "_wait": "tasks", "wait_for": "task", "_cancel_and_wait": "task"},
    "asyncio.taskgroups": {"TaskGroup.__aexit__": "tasks", "TaskGroup._aexit": "tasks"},
    "asyncio.locks": {
        "Lock.acquire": "lock",
        "Event.wait": "event",
        "Condition.wait": "condition",
        "Semaphore.acquire": "semaphore",
        "Barrier._wait": "barrier",
    },
    "asyncio.queues": {"Queue.get": "queue", "Queue.put": "room in a queue", "Queue.join": "queue to be done"},
    "asyncio.streams": {
        "StreamReader._wait_for_data": "data from a socket",
        "FlowControlMixin._drain_helper": "room in a socket",
    },
    "asyncio.base_events": {
        "BaseEventLoop.getaddrinfo": "host name",
        "Server.serve_forever": "connection",
        "Server.wait_closed": "connections to close",
    },
    "asyncio.selector_events": {
        "BaseSelectorEventLoop.sock_recv": "data from a socket",
        "BaseSelectorEventLoop.sock_recv_into": "data from a socket",
        "BaseSelectorEventLoop.sock_recvfrom": "data from a socket",
        "BaseSelectorEventLoop.sock_sendall": "room in a socket",
        "BaseSelectorEventLoop.sock_connect": "connection",
        "BaseSelectorEventLoop.sock_accept": "connection",
    },
    "asyncio.base_subprocess": {"BaseSubprocessTransport._wait": "child process"},
    "asyncio.threads": {"to_thread": "thread"},
}


def run(request):
    """A row for each task, parents before what they wait for, then for each greenlet; and how many there are in all."""
    limit = limit_of(request.params)
    tasks, total = pending_tasks(request.check)
    above = parents(tasks, request.check)
    rows = []
    for task, level in _ordered(tasks, above, limit):
        request.check()
        rows.append(_row(task, level, above.get(id(task))))
    if "greenlet" in sys.modules:
        from ..greenlets import greenlet_rows

        greenlets = greenlet_rows(request.check)
        total += len(greenlets)
        rows += greenlets[: max(limit - len(rows), 0)]
    return {"rows": rows, "total": total, "loaded": "asyncio.tasks" in sys.modules or "greenlet" in sys.modules}


def _ordered(tasks, above, limit):
    """(task, level) in the order of the tree; a circle of tasks begins with any of them."""
    below = {}
    for task in tasks:
        if id(task) in above:
            below.setdefault(id(above[id(task)]), []).append(task)
    known = {id(task) for task in tasks}
    roots = [task for task in tasks if id(task) not in above or id(above[id(task)]) not in known]
    seen = set()
    count = 0
    for root in roots + tasks:
        waiting = [(root, 0)]
        while waiting:
            task, level = waiting.pop()
            if id(task) in seen:
                continue
            seen.add(id(task))
            yield task, level
            count += 1
            if count >= limit:
                return
            waiting.extend((child, level + 1) for child in reversed(below.get(id(task), ())))


def _row(task, level, parent):
    coroutine = field(task, "_coro")
    chain, _ = await_chain(coroutine)
    running = is_running(coroutine)
    frame = _running_frame(chain[0][0]) if running and chain else _standing(chain)
    waiter = field(task, "_fut_waiter")
    waits = waiter is not None and field(waiter, "_state") == "PENDING"
    loop = field(task, "_loop")
    ident = reading.attribute(loop, "_thread_id")
    name = task_name(task)
    return {
        "task": "  " * level + name,
        "kind": "task",
        "id": id(task),
        "name": name,
        "level": level,
        "parent": id(parent) if parent is not None else None,
        "state": "running" if running else _state(task, waits),
        "waits_for": _waits_for(chain, waiter) if waits and not running else None,
        "coro": _coroutine_name(coroutine, chain),
        "func": function_name(frame) if frame is not None else None,
        "file": frame.f_code.co_filename if frame is not None else None,
        "line": frame.f_lineno if frame is not None else None,
        "awaits": [name for _, name in chain[:20]],
        "thread": thread_name(ident) if type(ident) is int else None,
    }


def _state(task, waits):
    if field(task, "_must_cancel") is True:
        return "cancelling"
    return "waiting" if waits else "ready"


def _coroutine_name(coroutine, chain):
    name = qualified_name(coroutine)
    if name is None:
        return reading.type_name(type(coroutine))
    module = chain[0][0].f_globals.get("__name__") if chain else None
    return "{}.{}".format(reading.shown_module(module), name) if type(module) is str else name


def _is_library(frame):
    module = frame.f_globals.get("__name__")
    return type(module) is str and module.startswith("asyncio.")


def _standing(chain):
    """The innermost frame that is not asyncio's own."""
    for frame, _ in reversed(chain):
        if not _is_library(frame):
            return frame
    return chain[-1][0] if chain else None


def _running_frame(outer):
    """The innermost frame of the thread that runs the coroutine."""
    for top in list(sys._current_frames().values()):
        frame = top
        for _ in range(_FRAMES):
            if frame is None:
                break
            if frame is outer:
                return top
            frame = frame.f_back
    return outer


def _waits_for(chain, waiter):
    for frame, name in reversed(chain):
        if not _is_library(frame):
            break
        reason = _WAITS.get(frame.f_globals.get("__name__"), {}).get(name)
        if reason is not None:
            return reason
    if is_task(waiter):
        return "task"
    if reading.qualified_name(type(waiter)) == "_GatheringFuture":
        return "tasks"
    return "thread" if is_chained(waiter) else "future"
