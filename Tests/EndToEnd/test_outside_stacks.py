"""Stacks of targets that answer nobody, read from outside."""

import os
import signal
import subprocess

import pytest
from support import eventually

PROGRAM = """
import signal, threading, time
def wait_for_ever():
    threading.Event().wait()
def keep_the_lock(*ignored):
    max(range(10 ** 13))
signal.signal(signal.SIGUSR1, keep_the_lock)
threading.Thread(target=wait_for_ever, daemon=True).start()
print("ready", flush=True)
while True:
    time.sleep(0.05)
"""


class Program:
    """A target that keeps the interpreter's lock for hours once it is told to."""

    def __init__(self, python, path):
        path.write_text(PROGRAM)
        self.process = subprocess.Popen([str(python), "-u", str(path)], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
        self.pid = self.process.pid
        assert self.process.stdout.readline() == b"ready\n"


@pytest.fixture
def program(python, tmp_path):
    one = Program(python, tmp_path / "stuck.py")
    yield one
    one.process.kill()
    one.process.communicate()


def stuck_in(sonde, program):
    rows = sonde("stack", program.pid, "-o", "jsonl").succeeded().rows
    return any(row["func"] == "keep_the_lock" for row in rows) and rows


def test_a_target_that_keeps_its_lock(sonde, program):
    looks = 'echo "attached"; repeat 3 every 100ms { stack --all | where func == "keep_the_lock" | select line | to csv }'
    shell = sonde.start(program.pid, "-c", looks)
    assert shell.stdout.readline() == "attached\n"
    os.kill(program.pid, signal.SIGUSR1)
    rows = eventually(lambda: stuck_in(sonde, program), 20)
    assert rows and {"keep_the_lock", "wait_for_ever"} <= {row["func"] for row in rows}
    top = next(row for row in rows if row["func"] == "keep_the_lock")
    assert (top["level"], top["line"], top["code"]) == (0, 6, "max(range(10 ** 13))")
    assert top["lock"] is True and top["state"] == "running" and top["native_id"] == program.pid
    # The session that is there falls back to it.
    out, err = shell.communicate(timeout=90)
    assert shell.returncode == 0 and "line\n6\n" in out, (out, err)
    assert "does not answer" in err and "holds the interpreter's lock" in err


def test_an_attach_that_fails_points_at_it(sonde, program):
    os.kill(program.pid, signal.SIGUSR1)
    assert eventually(lambda: stuck_in(sonde, program), 20)
    outcome = sonde(program.pid, "-c", "status", "--timeout", "3s", timeout=60)
    assert outcome.status != 0 and f"sonde stack {program.pid}" in outcome.err, outcome


def test_threads_that_are_not_there(sonde, program):
    sonde("stack", program.pid, "--thread", "1").failed(1, "there is no thread 1")
    sonde("stack", program.pid, "--thread", "main").failed(2, "thread's id")
    rows = sonde("stack", program.pid, "--thread", program.pid, "-o", "jsonl").succeeded().rows
    assert [row["func"] for row in rows] == ["<module>"]
