"""The tasks of every asyncio loop of the process, without importing asyncio, and without a race with those loops.

The interpreter keeps its tasks in a set of weak references until 3.13, and in lists of its own from 3.14, which it
gives out by loop; it then asks each for its `done()`, which is the program's code where a subclass has its own.
Attributes of tasks and futures are read through the descriptors of their C classes.
"""

import sys
from _weakref import ReferenceType

from . import reading
from .chains import frames_of
from .lock_objects import local

LIMIT = 20000
_DEPTH = 300
_DIVE = 4
_MethodType = type(reading.type_ids.__get__(reading))


def space_of(module):
    """The namespace of a module if it is loaded."""
    found = sys.modules.get(module)
    return reading.namespace(found) if found is not None else None


def field(value, name):
    """A task's or future's attribute, or None."""
    native = space_of("_asyncio") or {}
    for base in reading.class_mro(type(value)):
        if base is native.get("Task") or base is native.get("Future"):
            found = reading.class_attribute(base, name)
            return found.__get__(value) if found is not reading.MISSING else None
    found = reading.attribute(value, name)
    return None if found is reading.MISSING else found


def is_task(value):
    """Whether the value is a task, written in C or in Python."""
    space = space_of("asyncio.tasks") or {}
    wanted = (space.get("_CTask"), space.get("_PyTask"), space.get("Task"))
    return any(base is task for base in reading.class_mro(type(value)) for task in wanted if task is not None)


def task_name(task):
    """The task's name."""
    native = (space_of("_asyncio") or {}).get("Task")
    if native is not None and any(base is native for base in reading.class_mro(type(task))):
        name = reading.class_attribute(native, "get_name")(task)
    else:
        name = reading.attribute(task, "_name")
    return name if type(name) is str else "Task"


def pending_tasks(check):
    """The tasks of all loops that are not done, at most `LIMIT`; and how many there are."""
    space = space_of("asyncio.tasks")
    if space is None:
        return [], 0
    found = {}
    for name in ("_all_tasks", "_scheduled_tasks"):
        references = reading.attribute(space.get(name), "data")
        for reference in _members(references):
            task = reference() if type(reference) is ReferenceType else None
            if task is not None:
                found[id(task)] = task
    for task in _members(space.get("_eager_tasks")):
        found[id(task)] = task
    native = space.get("_c_all_tasks")
    if native is not None:
        for loop in _running_loops(check):
            try:
                found.update((id(task), task) for task in native(loop))
            except Exception:
                continue  # such a subclass raised
    # Thousands that are done may wait for the garbage collector.
    usual = (space_of("_asyncio") or {}).get("Task")
    state = reading.class_attribute(usual, "_state") if usual is not None else None
    tasks = []
    for task in list(found.values()):
        check()
        if type(task) is usual:
            is_pending = state.__get__(task) == "PENDING"
        else:
            is_pending = is_task(task) and field(task, "_state") == "PENDING"
        if is_pending:
            tasks.append((task_name(task), task))
    tasks.sort(key=lambda item: (len(item[0]), item[0]))  # Task-9 before Task-10
    return [task for _, task in tasks[:LIMIT]], len(tasks)


def _members(collection):
    """A set's members in one step that no other thread can interrupt."""
    if type(collection) is not set:
        return []
    for _ in range(3):
        try:
            return list(collection)
        except RuntimeError:
            continue
    return []


def _running_loops(check):
    """The event loops that threads are running: their frames show them."""
    loops = {}
    foreign = "uvloop" in sys.modules
    for ident, top in list(sys._current_frames().items()):
        check()
        for frame in frames_of(ident, top, _DEPTH):
            module = frame.f_globals.get("__name__")
            if type(module) is str and module.startswith("asyncio."):
                value = local(frame, "self")
                for loop in (value, reading.attribute(value, "_loop")):
                    if is_loop(loop):
                        loops[id(loop)] = loop
            elif foreign and type(frame.f_locals).__name__ == "FrameLocalsProxy":
                # A loop written in C has no frame: whoever runs it has it in a variable.
                for loop in frame.f_locals.values():
                    if is_loop(loop):
                        loops[id(loop)] = loop
    return loops.values()


def is_loop(value):
    """Whether the value is an event loop."""
    wanted = (space_of("asyncio.events") or {}).get("AbstractEventLoop")
    return wanted is not None and any(base is wanted for base in reading.class_mro(type(value)))


def parents(tasks, check):
    """By a task's id, the task that waits for it: directly, in a gathering, in a group or in a `wait`."""
    waiters = {}
    for task in tasks:
        future = field(task, "_fut_waiter")
        if future is not None:
            waiters[id(future)] = task
    result = {}
    for task in tasks:
        check()
        parent = _waiter(task, waiters, 0)
        if parent is not None and parent is not task:
            result[id(task)] = parent
    return result


def _waiter(future, waiters, depth):
    """The task that waits for the future."""
    direct = waiters.get(id(future))
    if direct is not None or depth >= _DIVE:
        return direct
    above = field(future, "_asyncio_awaited_by")  # from 3.14
    for item in above if type(above) is frozenset else ():
        if is_task(item):
            return item
        found = _waiter(item, waiters, depth + 1)
        if found is not None:
            return found
    for value in _reached(future):
        parent = reading.attribute(value, "_parent_task")
        if parent is not reading.MISSING and is_task(parent):
            return parent
        if _is_future(value):
            found = _waiter(value, waiters, depth + 1)
            if found is not None and found is not future:
                return found
    return None


def _is_future(value):
    space = space_of("asyncio.futures") or {}
    wanted = (space.get("_CFuture"), space.get("_PyFuture"))
    return any(base is future for base in reading.class_mro(type(value)) for future in wanted if future is not None)


def _reached(future):
    """What the callbacks of a future hold: closed over, bound, or given in advance."""
    callbacks = field(future, "_callbacks")
    partial = (space_of("functools") or {}).get("partial")
    for entry in callbacks[:20] if type(callbacks) is list else ():
        callback = entry[0] if type(entry) is tuple and entry else entry
        if type(callback) is reading.FunctionType:
            for cell in callback.__closure__ or ():
                try:
                    yield cell.cell_contents
                except ValueError:
                    pass
        elif type(callback) is _MethodType:
            yield callback.__self__
        elif type(callback) is partial:
            for value in callback.args:
                yield value


def is_chained(future):
    """Whether the future stands for the work of another thread."""
    callbacks = field(future, "_callbacks")
    for entry in callbacks if type(callbacks) is list else ():
        callback = entry[0] if type(entry) is tuple and entry else entry
        if type(callback) is reading.FunctionType and callback.__qualname__.startswith("_chain_future."):
            return True
    return False
