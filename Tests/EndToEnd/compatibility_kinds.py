"""Kinds of programs for docs/compatibility.md: how they were started, built, or what serves in them."""

import contextlib
import functools
import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from compatibility import MULTIARCH, TARGETS, NotTried, answer, left_behind, running, unwrapped
from support import ROOT, eventually

PACKAGES = ROOT / ".build/targets"
READING = "import states; states.main('read')"


def finding(**more):
    return {"PYTHONPATH": str(TARGETS), **more}


@dataclass
class Kind:
    """A kind of program: its words in the page, and what gives the command and the environment for a column."""

    words: str
    command: object
    applies: object = lambda column: True
    # Before which version it is entered or not by chance; and whether it is always refused with the same words.
    by_chance_before: int = 0
    is_steady: bool = True

    def cell(self, sonde, room, column):
        command, environment = self.command(column, Path(tempfile.mkdtemp(dir=room)))
        with running(command, room, environment=environment) as target:
            text = answer(sonde, target.pid, column)
        if column.minor < self.by_chance_before:
            return "ok or not, by chance"
        return text if self.is_steady else re.sub(r".* (?=\(status)", "given up, in words that vary ", text)


def target(*words):
    """One of the programs in targets, run as it is."""
    return lambda column, room: ([column.python, TARGETS / words[0], *words[1:]], {})


def in_environment(column, room):
    subprocess.run([column.python, "-m", "venv", "--without-pip", room / "venv"], check=True)
    python = room / "venv/bin/python"
    command = [python]
    if wrapper := unwrapped(column.python):
        words, root = wrapper
        command = [*words, "--argv0", python, root / f"usr/bin/python3.{column.minor}"]
    text = f"import sys, states; states.check('prefix', sys.prefix, {str(room / 'venv')!r}); states.main('read')"
    return [*command, "-c", text], finding()


def gevent(column, room):
    packages = PACKAGES / f"gevent-3.{column.minor}"
    if not packages.is_dir():
        raise NotTried(f"gevent for CPython 3.{column.minor} was not installed")
    return [column.python, TARGETS / "kinds.py", "gevent"], {"PYTHONPATH": str(packages)}


def build(*words):
    """Compile and link; the linker's own words are the reason when it cannot."""
    done = subprocess.run(["gcc", *map(str, words)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert done.returncode == 0, done.stdout


def library(column):
    """A column's shared library, and what runs a program with it: the loader's words, the library's home."""
    name = f"libpython3.{column.minor}.so.1.0"
    if wrapper := unwrapped(column.python):
        words, root = wrapper
        path, home = root / "usr/lib" / MULTIARCH / name, Path(column.python).parent.parent
    else:
        words, home = [], Path(column.python).resolve().parent.parent
        path = next((path for path in (home / "lib" / name, home / "lib" / MULTIARCH / name) if path.exists()), home / name)
    if not path.exists():
        raise NotTried(f"there is no {name}")
    return path, words, home


def embedded(*options):
    def command(column, room):
        path, words, home = library(column)
        # What a newer library needs of its C library is there when the program runs.
        linking = ["-Wl,--allow-shlib-undefined", f"-Wl,-rpath,{path.parent}"]
        build(TARGETS / "host.c", "-o", room / "host", *options, path, *linking)
        return [*words, room / "host", READING], finding(PYTHONHOME=str(home))

    return command


def stripped(column, room):
    """The library without the symbols that are not for linking; the distribution's is so already."""
    path, words, home = library(column)
    build(TARGETS / "host.c", "-o", room / "host", path, "-Wl,--allow-shlib-undefined", f"-Wl,-rpath,{room}")
    subprocess.run(["strip", "--strip-all", "-o", room / path.name, path], check=True)
    if words:
        words = [*words[:-1], f"{room}:{words[-1]}"]
    return [*words, room / "host", READING], finding(PYTHONHOME=str(home))


def linked_in(*options, strip=False):
    def command(column, room):
        name = f"libpython3.{column.minor}-pic.a"
        archive = Path(f"/usr/lib/python3.{column.minor}/config-3.{column.minor}-{MULTIARCH}", name)
        if not archive.exists():
            raise NotTried(f"there is no {name}")
        build(TARGETS / "host.c", "-o", room / "host", *options, archive, "-lz", "-lexpat", "-lm")
        if strip:
            subprocess.run(["strip", "--strip-all", room / "host"], check=True)
        # Extension modules find no interpreter in it unless its names are exported: only built-in ones can be imported.
        text = r"import posix; posix.write(1, b'ready\n'); posix.read(0, 1); posix.write(1, b'right\n')"
        return [room / "host", text], {}

    return command


class Connection(http.client.HTTPConnection):
    """HTTP over a Unix socket."""

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(10)
        self.sock.connect(self.host)


def get(path):
    connection = Connection(str(path), timeout=10)
    try:
        connection.request("GET", "/", headers={"Host": "here"})
        return connection.getresponse().read()
    finally:
        connection.close()


@functools.cache
def expected():
    sys.path.insert(0, str(TARGETS))
    import served

    return served.result()


@dataclass
class Server:
    """A server with worker processes, of which one is attached to."""

    words: str
    arguments: tuple
    # What stands in a worker's command line, when not every child is one.
    worker: str = ""

    def cell(self, sonde, room, column):
        if not (PACKAGES / "servers").is_dir():
            raise NotTried("gunicorn and uvicorn were not installed")
        room = Path(tempfile.mkdtemp(dir=room))
        words = [column.python, "-m", *(word.format(socket=room / "socket") for word in self.arguments)]
        environment = {**os.environ, **finding(PYTHONPATH=f"{TARGETS}:{PACKAGES / 'servers'}")}
        with open(room / "log", "wb") as log:
            streams = dict(stdin=subprocess.DEVNULL, stdout=log, stderr=log)
            process = subprocess.Popen(words, env=environment, start_new_session=True, **streams)
        try:
            assert eventually(lambda: self.answers(room), 30, 0.1), (room / "log").read_text()
            worker = eventually(lambda: self.workers(process.pid))[0]
            text = answer(sonde, worker, column)
            for _ in range(10):
                assert get(room / "socket") == expected()
            assert left_behind(worker) == []
            assert os.path.exists(f"/proc/{worker}") and worker in self.workers(process.pid)
            process.send_signal(signal.SIGTERM)
            assert process.wait(30) == 0, (room / "log").read_text()
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        return text

    @staticmethod
    def answers(room):
        with contextlib.suppress(OSError, http.client.HTTPException):
            return get(room / "socket") == expected()

    def workers(self, master):
        with contextlib.suppress(OSError):
            children = Path(f"/proc/{master}/task/{master}/children").read_text().split()
            return [int(pid) for pid in children if self.worker in Path(f"/proc/{pid}/cmdline").read_text()]
        return []


def is_distribution(column):
    return re.fullmatch(r"3\.\d+-\w+", column.label) is not None


GUNICORN = ("gunicorn", "--workers", "2", "--bind", "unix:{socket}", "--log-level", "error", "served:wsgi", "--worker-class")
UVICORN = ("uvicorn", "--workers", "2", "--uds", "{socket}", "--log-level", "error", "served:asgi")

KINDS = [
    Kind("`python -c`", lambda column, room: ([column.python, "-c", READING], finding())),
    Kind("`python -m`", lambda column, room: ([column.python, "-m", "states", "read"], finding())),
    Kind("a script", target("states.py", "read")),
    Kind("in a virtual environment", in_environment),
    Server("gunicorn, sync workers", (*GUNICORN, "sync")),
    Server("gunicorn, gthread workers", (*GUNICORN, "gthread", "--threads", "3")),
    Server("uvicorn, two workers", UVICORN, "spawn_main"),
    Kind("gevent, patched", gevent),
    Kind("a busy subinterpreter in another thread", target("kinds.py", "subinterpreter-beside")),
    Kind("main thread busy in a subinterpreter", target("kinds.py", "subinterpreter-busy"), by_chance_before=12, is_steady=False),
    Kind("main thread blocked in a subinterpreter", target("kinds.py", "subinterpreter-blocked"), is_steady=False),
    Kind("embedded in C, shared library, PIE", embedded("-pie", "-fPIE")),
    Kind("embedded in C, shared library, not PIE", embedded("-no-pie")),
    Kind("embedded in C, shared library stripped", stripped),
    Kind("embedded in C, linked in, names exported", linked_in("-Wl,-E"), is_distribution),
    Kind("embedded in C, linked in, PIE, no names exported", linked_in("-pie", "-fPIE"), is_distribution),
    Kind("embedded in C, linked in, no names exported, stripped", linked_in(strip=True), is_distribution),
]
