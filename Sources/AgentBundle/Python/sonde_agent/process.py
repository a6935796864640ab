"""The agent's manners towards the process that it lives in: signals, forks and exits."""

import _signal
import atexit
import os
import sys

# Signals that a fault of the thread itself raises: blocking them would hide a crash from `faulthandler`.
_FAULTS = (_signal.SIGSEGV, _signal.SIGBUS, _signal.SIGFPE, _signal.SIGILL, _signal.SIGABRT, _signal.SIGTRAP)


def block_signals():
    """Keeps the program's signals for the program's threads."""
    _signal.pthread_sigmask(_signal.SIG_BLOCK, set(range(1, _signal.NSIG)) - set(_FAULTS) - {32, 33})


def restore_signals():
    """Gives the calling thread the main thread's mask: it is about to run the user's own code, which may start others.

    What the thread inherited is no measure: an agent that came in through a blocked call was started under the
    injection's mask, with nearly all signals blocked.
    """
    _signal.pthread_sigmask(_signal.SIG_SETMASK, _main_thread_mask())


def _main_thread_mask():
    try:
        with open("/proc/self/task/{}/status".format(os.getpid()), "rb") as status:
            blocked = next(int(line.split()[1], 16) for line in status if line.startswith(b"SigBlk:"))
    except (OSError, ValueError, IndexError, StopIteration):
        blocked = 0
    # The C library's own two may be among them, and Python warns of them on the program's standard error.
    return {number for number in _signal.valid_signals() if blocked >> (number - 1) & 1}


class ForkGuard:
    """Makes a forked child drop the agent, a fork warn as if the agent were not there, and an exit remove the socket.

    A handler for forks cannot be taken back, so each is a function of a few lines that finds nothing to do once the
    agent has gone.
    """

    def __init__(self, agent):
        self._agent = agent
        self._holder = [self]
        self._at_exit = _exit_handler(self._holder)
        self._filters = []
        handlers = {"after_in_child": _detached(_child_handler(self._holder))}
        if sys.version_info >= (3, 12):
            handlers["before"] = _detached(_before_handler(self._holder))
        os.register_at_fork(**handlers)
        atexit.register(self._at_exit)

    def disarm(self):
        """The agent goes: nothing is left to do at a fork or an exit."""
        self._holder.clear()
        atexit.unregister(self._at_exit)
        self._warn_again()

    def before_fork(self):
        """From 3.12 on a fork in a process with several threads warns; the agent's thread alone is no reason to."""
        self._warn_again()
        if len(os.listdir("/proc/self/task")) - len(self._agent.threads) <= 1:
            filters = _warning_filters()
            for call in ("fork", "forkpty"):
                message = "This process (pid={}) is multi-threaded, use of {}() may lead to deadlocks in the child."
                entry = ("ignore", message.format(self._agent.pid, call), DeprecationWarning, None, 0)
                filters.insert(0, entry)
                self._filters.append((filters, entry))

    def _warn_again(self):
        while self._filters:
            filters, entry = self._filters.pop()
            if entry in filters:
                filters.remove(entry)

    def in_child(self):
        """In a forked child: the agent is not here."""
        self._holder.clear()
        self._warn_again()
        self._agent.abandon()

    def at_exit(self):
        """The process ends by itself: the socket's file must not outlive it."""
        if os.getpid() == self._agent.pid:
            self._agent.unlink_sockets()


def _warning_filters():
    """The list that the interpreter looks into, whether or not `warnings` is loaded."""
    module = sys.modules.get("warnings")
    filters = getattr(module, "filters", None)
    if type(filters) is list:
        return filters
    import _warnings

    return _warnings.filters


def _detached(handler):
    """The handler with globals of its own: by those of this module it would keep the whole agent alive for ever."""
    space = {"__builtins__": sys.modules["builtins"], "__name__": "sonde_agent_gone"}
    return type(handler)(handler.__code__, space, handler.__name__, None, handler.__closure__)


def _before_handler(holder):
    def prepare_sonde_agent():
        for guard in holder:
            try:
                guard.before_fork()
            except Exception:
                pass

    return prepare_sonde_agent


def _child_handler(holder):
    def drop_sonde_agent():
        for guard in list(holder):
            try:
                guard.in_child()
            except Exception:
                pass

    return drop_sonde_agent


def _exit_handler(holder):
    def remove_sonde_socket():
        for guard in list(holder):
            guard.at_exit()

    return remove_sonde_socket
