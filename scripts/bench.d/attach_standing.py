"""How long a target stands still while somebody attaches, seen from both sides; and how fast a prompt is there."""

import os
import pty
import select
import signal
import time

from attach_sides import DEADLINE, Broken

PROMPT = b"> "


def stopped(side, target):
    """Milliseconds in which the main thread was in a tracing stop while `side` attached.

    Its state is read from /proc every tenth of a millisecond or so: what it is when it is read counts up to the next
    reading. On a busy machine that may come late. Reading without a pause would be more exact, and on two processors
    takes one of them from those who are measured: the stops became four to eight times as long.
    """
    stat = os.open(f"/proc/{target.pid}/stat", os.O_RDONLY)
    clock, read = time.perf_counter_ns, os.pread
    total = 0
    was_stopped = False
    process = side.start(side.attach(target.pid))
    end = clock() + DEADLINE * 1_000_000_000
    last = clock()
    try:
        rounds = 0
        while rounds % 16 or process.poll() is None and last < end:
            rounds += 1
            data = read(stat, 64, 0)
            now = clock()
            if was_stopped:
                total += now - last
            was_stopped = data[data.rindex(b")") + 2 :][:1] in b"tT"
            last = now
            time.sleep(3e-5)
    finally:
        os.close(stat)
        side.finish(process, target)
    return total / 1e6


def gap(side, target):
    """The longest gap in the target's own loop while `side` attached, in milliseconds.

    Less the longest in as long a time just before, when nobody attached.
    """
    began = time.perf_counter_ns()
    side.finish(side.start(side.attach(target.pid)), target)
    ended = time.perf_counter_ns()
    # A gap is written when it is over.
    time.sleep(0.05)
    during = target.gaps_between(began, ended)
    before = target.gaps_between(2 * began - ended, began)
    return max(max(during, default=0) - max(before, default=0), 0) / 1e6


def prompt(side):
    """Milliseconds from before the shell is started on a terminal of its own to the first prompt's text."""
    start = time.perf_counter_ns()
    pid, terminal = pty.fork()
    if pid == 0:
        try:
            os.execve(side.binary, ["sonde"], {**side.environment, "TERM": "xterm"})
        finally:
            os._exit(127)
    try:
        text = b""
        while PROMPT not in text:
            ready, _, _ = select.select([terminal], [], [], DEADLINE)
            if not ready:
                raise Broken("no prompt")
            text += os.read(terminal, 4096)
        return (time.perf_counter_ns() - start) / 1e6
    finally:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        os.close(terminal)
