"""The agent's manners towards the process that it lives in: signals, forks and exits."""

import _signal
import atexit
import os

# Signals that a fault of the thread itself raises: blocking them would hide a crash from `faulthandler`.
_FAULTS = (_signal.SIGSEGV, _signal.SIGBUS, _signal.SIGFPE, _signal.SIGILL, _signal.SIGABRT, _signal.SIGTRAP)


def block_signals():
    """Keeps the program's signals for the program's threads; gives what was blocked before."""
    return _signal.pthread_sigmask(_signal.SIG_BLOCK, set(range(1, _signal.NSIG)) - set(_FAULTS) - {32, 33})


def restore_signals(mask):
    """Undoes `block_signals`, for a thread that runs the user's own code."""
    _signal.pthread_sigmask(_signal.SIG_SETMASK, mask)


class ForkGuard:
    """Makes a forked child drop the agent, and an exit remove the socket's file.

    A handler for forks cannot be taken back, so it is a function of two lines that finds nothing to do once the
    agent has gone.
    """

    def __init__(self, agent):
        self._holder = [agent]
        os.register_at_fork(after_in_child=_child_handler(self._holder))
        self._at_exit = _exit_handler(self._holder, agent.pid)
        atexit.register(self._at_exit)

    def disarm(self):
        """The agent goes: nothing is left to do at a fork or an exit."""
        self._holder.clear()
        atexit.unregister(self._at_exit)


def _child_handler(holder):
    def drop_sonde_agent():
        while holder:
            try:
                holder.pop().abandon()
            except Exception:
                pass

    return drop_sonde_agent


def _exit_handler(holder, pid):
    def remove_sonde_socket():
        if holder and os.getpid() == pid:
            holder[0].unlink_sockets()

    return remove_sonde_socket
