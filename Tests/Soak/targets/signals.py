"""A timer's signal every millisecond, and another one from a thread, while the main thread waits in the system.

Every interrupted call must come back as if nothing had happened: Python's own after their time with their result, C's
with EINTR at the worst.
"""

import errno
import os
import select
import signal
import threading
import time

import work

try:
    import ctypes

    libc = ctypes.CDLL(None, use_errno=True)
except ImportError:  # an interpreter built without libffi
    libc = None

WAIT = 0.02
counts = {signal.SIGALRM: 0, signal.SIGUSR1: 0}


def handler(number, frame):
    counts[number] += 1


def timed(what, wait, expected):
    """Waits, and checks the result and that the wait was no shorter than asked for."""
    start = time.monotonic()
    work.check(what, wait(), expected)
    took = time.monotonic() - start
    work.check(what + " for its time", took if took < WAIT - 0.001 else "long enough", "long enough")


def writer(pipe, stop):
    """Writes the numbers that the main thread reads, and sends it signals."""
    main = threading.main_thread().ident
    number = 0
    while not stop.is_set():
        time.sleep(WAIT)
        signal.pthread_kill(main, signal.SIGUSR1)
        os.write(pipe, b"%07d\n" % number)
        number += 1


def waits_in_c():
    """Calls that the C library does not start again: EINTR is right, anything else is not."""
    ctypes.set_errno(0)
    got = libc.poll(None, 0, 5)
    work.check("C poll", (got, ctypes.get_errno()), (0, 0), (-1, errno.EINTR))
    ctypes.set_errno(0)
    got = libc.usleep(3000)
    work.check("C usleep", (got, ctypes.get_errno()), (0, 0), (-1, errno.EINTR))


def main():
    work.begin()
    for number in counts:
        signal.signal(number, handler)
    # Only the main thread takes them: the others would leave it undisturbed.
    reader, pipe = os.pipe()
    silent, unused = os.pipe()
    stop = threading.Event()
    signal.pthread_sigmask(signal.SIG_BLOCK, counts)
    threads = work.start(lambda: writer(pipe, stop))
    signal.pthread_sigmask(signal.SIG_UNBLOCK, counts)
    signal.setitimer(signal.ITIMER_REAL, 0.001, 0.001)
    held = threading.Lock()
    held.acquire()
    work.ready()
    number = 0
    while not work.is_ending():
        before = counts[signal.SIGALRM]
        timed("sleep", lambda: time.sleep(WAIT), None)
        timed("select", lambda: select.select([silent], [], [], WAIT), ([], [], []))
        timed("a lock with a time-out", lambda: held.acquire(timeout=WAIT), False)
        work.check("read", os.read(reader, 8), b"%07d\n" % number)
        if libc is not None:
            waits_in_c()
        work.check("the timer's signals go on", counts[signal.SIGALRM] > before, True)
        for each in range(20):
            work.do(number + each)
        number += 1
    signal.setitimer(signal.ITIMER_REAL, 0)
    stop.set()
    work.check("the other signals came", counts[signal.SIGUSR1] > 0, True)
    for thread in threads:
        thread.join()
    for descriptor in (reader, pipe, silent, unused):
        os.close(descriptor)
    work.finish()


main()
