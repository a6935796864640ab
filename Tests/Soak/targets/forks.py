"""Forks every few milliseconds; children check themselves and exit in each of the two ways: `forks.py COUNTER alone|beside`.

`beside` a busy thread, or `alone`, as the interpreter likes it better.
"""

import os
import subprocess
import sys
import time
import warnings

import work


def busy():
    number = 0
    while not work.is_ending():
        work.do(number)
        number += 1
        if number % 50 == 0:
            time.sleep(0.001)


def child():
    """What a child is there for; gives its exit status, 7 when all is right."""
    for number in range(100):
        if work.step(number) != number * 3 + 1:
            return 8
    if sum(range(2000)) != 1999000:
        return 9
    return 7


def main():
    (kind,) = work.begin()
    if kind == "beside":
        warnings.filterwarnings("ignore", "This process .* is multi-threaded", DeprecationWarning)
    threads = work.start(busy) if kind == "beside" else []
    work.ready()
    number = 0
    while not work.is_ending():
        pid = os.fork()
        if pid == 0:
            status = child()
            if number % 2:
                os._exit(status)
            sys.exit(status)
        work.check("a child's status", os.waitpid(pid, 0)[1], 7 << 8)
        if number % 20 == 0:
            work.check("a program's status", subprocess.call(["/bin/true"]), 0)
        work.do(number)
        number += 1
        time.sleep(0.002)
    work.finish(threads)


main()
