"""What is attached to for docs/compatibility.md: states of a target, kinds of programs, and places, one cell each.

A cell starts a program, waits until it really is where it should be, runs `sonde PID -c "status; detach"`, ends the
program and holds what it said of itself against what it should have. Its text is `ok`, or what sonde answered.
"""

import contextlib
import functools
import itertools
import os
import re
import shutil
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path

from support import eventually

MULTIARCH = f"{os.uname().machine}-linux-gnu"
TARGETS = Path(__file__).resolve().parent / "targets"
# System calls by their numbers on x86-64, the only machine whose processes can be entered by ptrace so far. Older versions
# sleep in select, newer ones poll with ppoll.
POLL, READ, FUTEX, SLEEP, ACCEPT = (7, 271), (0,), (202,), (230, 23, 270), (43, 288)

# CPython 3.12 and later say so once when a program forks while the agent's thread is there.


class NotTried(Exception):
    """This machine has not got what a cell needs; the text says what."""


@dataclass
class Column:
    """An interpreter, and the way in that is asked for by name."""

    label: str
    python: str
    way: str = ""

    @property
    def minor(self):
        return int(re.match(r"3\.(\d+)", self.label).group(1))

    @functools.cached_property
    def facts(self):
        """What the page says of an interpreter: its version and how it was built."""
        question = "import platform, sysconfig; print(platform.python_version(), sysconfig.get_config_var('Py_ENABLE_SHARED'))"
        answer = subprocess.run([self.python, "-c", question], stdout=subprocess.PIPE, text=True, check=True).stdout
        version, is_shared = answer.split()
        wrapper = unwrapped(self.python)
        program = wrapper[1] / f"usr/bin/python3.{self.minor}" if wrapper else Path(self.python)
        with open(program, "rb") as file:
            # The type in the ELF header: 2 is linked for fixed addresses.
            is_fixed = file.read(18)[16] == 2
        build = "shared library" if is_shared == "1" and not is_fixed else "linked in"
        return {"version": version, "interpreter": build, "executable": "not PIE" if is_fixed else "PIE"}


def unwrapped(python):
    """The words that start an interpreter of scripts/fetch-pythons without its wrapper, and its root; or None."""
    with open(python, "rb") as file:
        if file.read(2) != b"#!":
            return None
    root = Path(python).parent.parent / "root"
    loader = next(root.glob("lib*/ld-linux-*.so.*"))
    return [loader, "--inhibit-cache", "--library-path", root / "usr/lib" / MULTIARCH], root


class Program:
    """A running target that says "ready", and "right" some time after its standard input has ended."""

    numbers = itertools.count()

    def __init__(self, words, room, expected=("ready", "right"), environment=None):
        self.base = room / str(next(self.numbers))
        self.expected = list(expected)
        variables = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", **(environment or {})}
        with open(f"{self.base}.out", "wb") as out, open(f"{self.base}.err", "wb") as err:
            streams = dict(stdin=subprocess.PIPE, stdout=out, stderr=err)
            self.process = subprocess.Popen([str(word) for word in words], env=variables, **streams)
        self.pid = self.process.pid

    @property
    def out(self):
        return Path(f"{self.base}.out").read_text()

    @property
    def err(self):
        return Path(f"{self.base}.err").read_text()

    def has_said(self, line):
        said = eventually(lambda: line in self.out.splitlines() or self.process.poll() is not None, 30)
        assert said and self.process.poll() is None, (line, self.out, self.err)

    def end(self):
        """End it, and hold what it said against what it should have said."""
        self.process.stdin.close()
        self.process.wait(timeout=30)
        assert (self.process.returncode, self.out.splitlines()) == (0, self.expected), self.err
        assert self.err == ""
        assert left_behind(self.pid) == []

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
            for path in left_behind(self.pid):
                path.unlink(missing_ok=True)
        self.process.stdin.close()


def left_behind(pid):
    return list(Path("/tmp").glob(f"sonde-{pid}.*"))


@contextlib.contextmanager
def running(*arguments, **options):
    program = Program(*arguments, **options)
    try:
        program.has_said("ready")
        yield program
        program.end()
    finally:
        program.close()


def letter(pid):
    """The state's letter of a thread or process."""
    return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]


def system_call(pid):
    return Path(f"/proc/{pid}/syscall").read_text().split()[0]


def is_in(calls):
    """Whether the main thread is blocked in one of these system calls."""

    def look(pid):
        return letter(pid) == "S" and system_call(pid) in map(str, calls)

    return look


def is_running(pid):
    return letter(pid) == "R"


def all_are_blocked(pid):
    return all(letter(thread) == "S" for thread in os.listdir(f"/proc/{pid}/task"))


def another_runs(pid):
    threads = os.listdir(f"/proc/{pid}/task")
    return is_in(FUTEX)(pid) and any(letter(thread) == "R" for thread in threads if thread != str(pid))


@dataclass
class State:
    """A state of a target: its name in targets/states.py, its words in the page, and how it is told from outside."""

    name: str
    words: str
    is_there: object = None
    # By when sonde is told to give up; what no interpreter answers in need not be waited for long.
    timeout: str = "30s"
    # The same for remote execution asked for by name.
    asked: str = "30s"
    expected: tuple = ("ready", "right")
    # A way that gets in or not, by chance: it is not tried.
    by_chance: str = ""

    def applies(self, column):
        return not column.way or column.way != self.by_chance

    def cell(self, sonde, room, column):
        timeout = self.asked if column.way == "remote-exec" else self.timeout
        command = [column.python, TARGETS / "states.py", self.name]
        with running(command, room, expected=self.expected) as target:
            if self.is_there:
                assert eventually(lambda: self.is_there(target.pid), 20), f"it did not come into {self.words}"
            text = answer(sonde, target.pid, column, timeout)
            if self.expected[1:-1]:
                target.has_said(self.expected[1])
                assert left_behind(target.pid) == []
        return text


class Stopped(State):
    def cell(self, sonde, room, column):
        with running([column.python, TARGETS / "states.py", "read"], room) as target:
            os.kill(target.pid, signal.SIGSTOP)
            try:
                assert eventually(lambda: letter(target.pid) == "T", 20)
                text = answer(sonde, target.pid, column, self.timeout)
                assert letter(target.pid) == "T"
            finally:
                os.kill(target.pid, signal.SIGCONT)
        return text


class Traced(State):
    def cell(self, sonde, room, column):
        if not shutil.which("strace"):
            raise NotTried("strace is not installed")
        with running([column.python, TARGETS / "states.py", "busy"], room) as target:
            words = ["strace", "-o", "/dev/null", "-p", str(target.pid)]
            tracer = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            try:
                assert eventually(lambda: f"TracerPid:\t{tracer.pid}\n" in Path(f"/proc/{target.pid}/status").read_text())
                return answer(sonde, target.pid, column, self.timeout, also={tracer.pid: "OTHER"})
            finally:
                tracer.terminate()
                tracer.wait()


STATES = [
    State("busy", "running Python, one thread", is_running),
    State("threads-busy", "running Python, four threads"),
    State("sleeping", "blocked in sleep", is_in(SLEEP), asked="1s"),
    State("lock", "blocked on a lock", is_in(FUTEX), asked="1s"),
    State("poll", "blocked in poll, one thread", is_in(POLL), asked="1s"),
    State("accept", "blocked in accept", is_in(ACCEPT), asked="1s"),
    State("join", "blocked in join", is_in(FUTEX), asked="1s"),
    State("read", "blocked reading a pipe, one thread", is_in(READ), asked="1s"),
    State("all-blocked", "all of five threads blocked", all_are_blocked, asked="1s"),
    State("other-runs", "blocked in join, another thread runs", another_runs),
    State("many-threads", "500 threads, all blocked", all_are_blocked, asked="1s"),
    State("short-hold", "calls into C of 0.5 s that hold the GIL", is_in(SLEEP), by_chance="remote-exec"),
    State(
        "long-hold", "a call into C that holds the GIL beyond the deadline", is_in(SLEEP), "1s", "1s",
        ("ready", "free", "right"),
    ),
    State("without-gil", "calls into C of 0.5 s without the GIL", is_running),
    Stopped("stopped", "stopped by a signal"),
    Traced("traced", "traced by another process"),
    State("forking", "forking all the time"),
    State("joining-at-exit", "at its end, waiting for its threads", is_in(FUTEX), asked="1s"),
    State("at-exit", "at its end, in an atexit function", is_in(READ), asked="1s"),
    State("shutting-down", "at its end, taking its modules down", is_in(READ), "2s", "1s"),
]  # fmt: skip


def answer(sonde, pid, column, timeout="30s", also=None):
    """What `sonde PID -c "status; detach"` gives: `ok`, or its status and message without what differs each time."""
    way = ["--via", column.way] if column.way else []
    outcome = sonde(pid, "-c", "status; detach", "--timeout", timeout, *way, timeout=90)
    if outcome.status == 0:
        assert f" in pid {namespace_pid(pid)} (Python 3.{column.minor}." in outcome.err, outcome
        return "ok"
    return told(outcome, pid, also or {})


def namespace_pid(pid):
    """The process's number as it counts itself."""
    return re.search(r"^NSpid:.*\s(\d+)$", Path(f"/proc/{pid}/status").read_text(), re.M).group(1)


def told(outcome, pid, also):
    text = "; ".join(line.strip() for line in outcome.err.splitlines())
    text = text.removeprefix("error: ")
    for number, name in {pid: "PID", **also}.items():
        text = re.sub(rf"\b{number}\b", name, text)
    text = re.sub(r"/\S*/host\b", "…/host", text)
    text = re.sub(r">:\d+ in ", "> in ", text)
    return f"{text} (status {outcome.status})"
