"""What happens at a fork while an agent comes, is there, or goes.

A handler for forks can never be taken back, so a process gets one pair of them for all agents that it will ever have:
they stay, with the few functions of this file, and find an empty list while no agent is there. The next agent finds
this file's class as `sys._sonde_forks`. The handlers are there before the agent's thread is, and outlive it.
"""

import posix
import sys
from _thread import get_native_id

_guards = []

# In a child: what an agent held of the program's objects at the fork. To let go of it would run their finalizers, with
# which the child might close what it shares with its parent.
_kept = []


class Guard:
    """One agent's: which threads of the process are its own, and what a child is to drop."""

    def __init__(self):
        self.abandon = None
        self._running = set()
        self._ending = set()
        self._filters = []
        tasks = _tasks()
        _guards[:] = [guard for guard in _guards if guard.count(tasks)]
        _guards.append(self)

    def begin(self):
        """Before a thread is started; gives the token that its end needs."""
        token = object()
        self._running.add(token)
        return token

    def cancel(self, token):
        """The thread could not be started."""
        self._running.discard(token)

    def end(self, token):
        """The last act of a thread. The kernel's thread lives a moment longer, and still counts as the agent's."""
        self._ending.add(get_native_id())
        self._running.discard(token)
        if not self._running:
            self.abandon = None
            self.warn_again()

    def keep(self, value):
        """Keeps a value until the process ends."""
        _kept.append(value)

    @property
    def is_alone(self):
        """Whether the agent has only one thread now."""
        return len(self._running) <= 1

    def count(self, tasks):
        """How many of the process's threads are the agent's."""
        self._ending &= tasks
        return len(self._running) + len(self._ending)

    def ignore(self, filters):
        """A fork warns when there are several threads; the agent's alone are no reason to."""
        for call in ("fork", "forkpty"):
            message = "This process (pid={}) is multi-threaded, use of {}() may lead to deadlocks in the child."
            entry = ("ignore", message.format(posix.getpid(), call), DeprecationWarning, None, 0)
            filters.insert(0, entry)
            self._filters.append((filters, entry))

    def warn_again(self):
        """Takes the filters out again."""
        while self._filters:
            filters, entry = self._filters.pop()
            if entry in filters:
                filters.remove(entry)


def _tasks():
    """The kernel's numbers of this process's threads; none where there is no /proc."""
    try:
        return {int(name) for name in posix.listdir("/proc/self/task")}
    except OSError:
        return set()


def _warning_filters():
    """The list that the interpreter looks into, whether or not `warnings` is loaded."""
    module = sys.modules.get("warnings")
    filters = getattr(module, "filters", None)
    if type(filters) is list:
        return filters
    import _warnings

    return _warnings.filters


def _prepare_sonde_agent():
    if not _guards:
        return
    try:
        for guard in list(_guards):
            guard.warn_again()
        tasks = _tasks()
        own = sum([guard.count(tasks) for guard in list(_guards)])
        if own and tasks and len(tasks) - own <= 1:
            _guards[-1].ignore(_warning_filters())
    except Exception:
        pass


def _drop_sonde_agent():
    for guard in list(_guards):
        try:
            guard.warn_again()
            if guard.abandon is not None:
                guard.abandon()
        except Exception:
            pass
    _guards.clear()


if sys.version_info >= (3, 12):
    posix.register_at_fork(before=_prepare_sonde_agent, after_in_child=_drop_sonde_agent)
else:
    posix.register_at_fork(after_in_child=_drop_sonde_agent)
