"""The interpreter's own primitives, also where gevent or eventlet has put its own in their place.

The agent's thread must really be a thread and must really wait in the kernel: in a patched target, a lock or a poll
taken from the module would switch greenlets of a hub that this thread does not have.
"""

import sys


def original(module_name, name):
    """The unpatched `module_name.name`."""
    gevent = sys.modules.get("gevent.monkey")
    if gevent is not None:
        saved = getattr(gevent, "saved", {}).get(module_name, {})
        if name in saved:
            return saved[name]
    eventlet = sys.modules.get("eventlet.patcher")
    if eventlet is not None and getattr(eventlet, "already_patched", None):
        return getattr(eventlet.original(module_name), name)
    return getattr(__import__(module_name), name)


start_new_thread = original("_thread", "start_new_thread")
allocate_lock = original("_thread", "allocate_lock")
make_recursive_lock = original("_thread", "RLock")
get_ident = original("_thread", "get_ident")
epoll = original("select", "epoll")


def pause(seconds):
    """A pause that nothing ends, of a real thread: `time.sleep` may be another's."""
    lock = allocate_lock()
    lock.acquire()
    lock.acquire(True, seconds)
