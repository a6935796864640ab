"""The process that the attach benchmark attaches to: `attach_target.py busy|blocked GAPS`.

A loop reads the clock and does nothing else; each time that two readings are more than LEAST apart is written to the
file GAPS, as two times in nanoseconds. `busy`: the loop is the main thread, the only one. `blocked`: it is a second
thread, and the main thread sleeps a hundredth of a second at a time, calling `step` in between. With `GAPS` given as `-`
nothing is recorded, and a busy main thread calls `step`.
"""

import os
import sys
import threading
import time

LEAST = 100_000


def step(number):
    return number + 1


def record(path):
    clock = time.perf_counter_ns
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    last = clock()
    while True:
        now = clock()
        if now - last > LEAST:
            os.write(file, b"%d %d\n" % (last, now))
            now = clock()
        last = now


def main():
    kind, path = sys.argv[1:]
    print("ready", flush=True)
    if kind == "busy" and path != "-":
        record(path)
    if path != "-":
        threading.Thread(target=record, args=(path,), daemon=True).start()
    number = 0
    while True:
        number = step(number)
        if kind == "blocked":
            time.sleep(0.01)


main()
