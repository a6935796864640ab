"""The process whose calls the overhead benchmark times: a line of words in, a line with numbers out.

    time NAME CALLS     CPU nanoseconds of one call of a function here, without the loop's own
    pace RATE SECONDS   calls `small` at that rate as far as possible; how many calls, and in how many seconds
    threads COUNT       that many more threads, each asleep most of the time in a stack of ten frames
"""

import os
import select
import threading
import time

PIECE = 0.002


def small(a, b=2):
    return a


def one(a):
    return a


def two(a):
    return a


def ten(a):
    one(a), two(a), one(a), two(a), one(a), two(a), one(a), two(a), one(a), two(a)
    return a


def nothing_at_all(calls):
    start = time.thread_time_ns()
    for _ in range(calls):
        pass
    return time.thread_time_ns() - start


def time_calls(name, calls):
    function = globals()[name]
    start = time.thread_time_ns()
    if name == "small":
        for _ in range(calls):
            function(7, 3)
    else:
        for _ in range(calls):
            function(7)
    return (time.thread_time_ns() - start - nothing_at_all(calls)) / calls


def pace(rate, seconds):
    """Every two milliseconds the calls that are due, none made up for when it cannot keep up."""
    each = max(1, round(rate * PIECE))
    calls, start = 0, time.perf_counter()
    due = start
    while due < start + seconds:
        for _ in range(each):
            small(7, 3)
        calls += each
        due += PIECE
        left = due - time.perf_counter()
        if left > 0:
            time.sleep(left)
        else:
            due -= left
    return calls, time.perf_counter() - start


def deep(level):
    if level:
        deep(level - 1)
    while True:
        time.sleep(0.02)


def main():
    print("ready", flush=True)
    while True:
        # A debugger that waits for a call of malloc never gets into a process that only reads.
        if not select.select([0], [], [], 0.01)[0]:
            bytearray(4096)
            continue
        word, *rest = os.read(0, 4096).decode().split() or [""]
        if not word:
            return
        if word == "time":
            print(time_calls(rest[0], int(rest[1])), flush=True)
        elif word == "pace":
            print(*pace(int(rest[0]), float(rest[1])), flush=True)
        elif word == "threads":
            for _ in range(int(rest[0])):
                threading.Thread(target=deep, args=(10,), daemon=True).start()
            print("started", flush=True)


main()
