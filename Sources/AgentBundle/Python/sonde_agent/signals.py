"""Which threads the program's signals are for: never the agent's."""

import _signal
import os

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
