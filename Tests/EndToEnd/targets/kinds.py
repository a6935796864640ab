"""Programs that are built in another way than with plain threads: `kinds.py KIND`. They speak as states.py does."""

import sys
import threading

# Imported before gevent patches: what it checks with are the real functions.
import states


def gevent():
    from gevent import monkey

    monkey.patch_all()
    import time

    import gevent as greenlets

    ending = []
    counts = [0, 0]

    def worker(number):
        while not ending:
            start = time.monotonic()
            time.sleep(0.01)
            states.check("long enough a sleep", time.monotonic() - start >= 0.0099, True)
            counts[number] += 1

    workers = [greenlets.spawn(worker, number) for number in range(2)]
    time.sleep(0.05)
    states.ready()
    greenlets.get_hub().wait(greenlets.get_hub().loop.io(0, 1))
    states.wait_for_end()
    ending.append(True)
    greenlets.joinall(workers)
    states.check("greenlets that worked", min(counts) > 2, True)


BUSY = """
import os, select
def work():
    x = 0.5
    for _ in range(2000):
        x = 3.7 * x * (1.0 - x)
    return x
first = work()
while not select.select([0], [], [], 0)[0]:
    if work() != first:
        os.write(1, b"bad float in the subinterpreter\\n")
"""
BLOCKED = """
import os
if os.read(0, 100) != b"":
    os.write(1, b"bad read in the subinterpreter\\n")
"""


class Subinterpreter:
    def __init__(self):
        if sys.version_info >= (3, 13):
            import _interpreters as module

            self.run = module.exec
            self.number = module.create("legacy")
        else:
            import _xxsubinterpreters as module

            self.run = module.run_string
            self.number = module.create(isolated=False) if sys.version_info >= (3, 9) else module.create()
        self.module = module

    def execute(self, text):
        states.check("the subinterpreter's answer", self.run(self.number, text), None)

    def close(self):
        self.module.destroy(self.number)


def subinterpreter_beside():
    """Another thread is busy in a subinterpreter, the main thread waits in the main one."""
    other = Subinterpreter()
    thread = threading.Thread(target=other.execute, args=(BUSY,))
    thread.start()
    states.ready()
    thread.join()
    other.close()


def subinterpreter_busy():
    """The main thread is busy in a subinterpreter."""
    other = Subinterpreter()
    states.ready()
    other.execute(BUSY)
    other.close()


def subinterpreter_blocked():
    """The main thread is blocked in a subinterpreter, and there is no other."""
    other = Subinterpreter()
    states.ready()
    other.execute(BLOCKED)
    other.close()


if __name__ == "__main__":
    {
        "gevent": gevent,
        "subinterpreter-beside": subinterpreter_beside,
        "subinterpreter-busy": subinterpreter_busy,
        "subinterpreter-blocked": subinterpreter_blocked,
    }[sys.argv[1]]()
    states.right()
