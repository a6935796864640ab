"""What the end-to-end tests are written with: a runner for `sonde` and real targets."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent

# What a target must look like again once its agent is gone.
AS_FOUND = (
    "changed", "changed_classes", "new_names", "agent_modules", "path_changed", "hooks_changed", "threads",
    "running_threads", "native_threads", "sockets", "executable_mappings", "gc_enabled", "wrong",
)  # fmt: skip
# What a command may not change, though an agent is there.
UNTOUCHED = ("changed", "changed_classes", "new_names", "path_changed", "hooks_changed", "gc_enabled", "wrong")


def find_sonde():
    """The built binary: $SONDE, or the debug build's."""
    path = Path(os.environ.get("SONDE") or ROOT / ".build/debug/sonde").resolve()
    if not os.access(path, os.X_OK):
        sys.exit(f"no sonde at {path}: run swift build first")
    return path


def find_release():
    """The binary as it is shipped, optimised: the release build's."""
    path = ROOT / ".build/release/sonde"
    if not os.access(path, os.X_OK):
        sys.exit(f"no sonde at {path}: run scripts/build-release first")
    return path


def find_corpus():
    """The folder of the expression corpus, beside the checkout."""
    return ROOT.parent / "shared/expression"


def eventually(check, seconds=5.0, every=0.02):
    """Wait until `check` gives something true, and return it; the last answer when it never does."""
    deadline = time.monotonic() + seconds
    while True:
        answer = check()
        if answer or time.monotonic() > deadline:
            return answer
        time.sleep(every)


@dataclass
class Outcome:
    status: int
    out: str
    err: str

    @property
    def rows(self):
        """The rows of JSON lines on standard output."""
        return [json.loads(line) for line in self.out.splitlines()]

    @property
    def error_lines(self):
        return self.err.splitlines()

    def succeeded(self):
        assert self.status == 0, self
        return self

    def failed(self, status, *texts):
        """It failed with this status, and said so in one line, with these texts, and a caret when there was a source."""
        assert self.status == status, self
        errors = [line for line in self.error_lines if "error: " in line]
        assert len(errors) == 1, self
        for text in texts:
            assert text in self.err, self
        return self

    def caret(self):
        """The source text above the caret and its tildes."""
        lines = self.error_lines
        for line, mark in zip(lines, lines[1:]):
            stripped = mark.strip()
            if stripped and set(stripped) <= set("^~"):
                start = mark.index(stripped[0])
                return line[start : start + len(stripped)]
        raise AssertionError(f"no caret in {self}")


class Sonde:
    """Runs the built binary, alone in a home of its own."""

    def __init__(self, binary, home):
        self.binary = binary
        self.processes = []
        self.environment = {
            key: value
            for key, value in os.environ.items()
            if key not in ("NO_COLOR", "CLICOLOR_FORCE", "SONDE") and not key.startswith("XDG_")
        }
        self.environment.update(
            TERM="xterm", HOME=str(home), XDG_STATE_HOME=str(home / "state"), XDG_CONFIG_HOME=str(home / "config")
        )

    def start(self, *arguments, prefix=(), binary=None, **options):
        settings = dict(stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        settings.update(options)
        words = [*prefix, str(binary or self.binary), *(word if isinstance(word, bytes) else str(word) for word in arguments)]
        process = subprocess.Popen(words, env=self.environment, **settings)
        self.processes.append(process)
        return process

    def __call__(self, *arguments, stdin=None, timeout=30, **options):
        if stdin is not None:
            options["stdin"] = subprocess.PIPE
        process = self.start(*arguments, **options)
        try:
            out, err = process.communicate(stdin, timeout=timeout)
        except subprocess.TimeoutExpired:
            process.kill()
            out, err = process.communicate()
            raise AssertionError(f"sonde {arguments} did not end within {timeout} s: {out!r} {err!r}") from None
        return Outcome(process.returncode, out, err)

    def on(self, shop, commands, *options, **settings):
        return self(shop.pid, "-c", commands, *options, **settings)

    def rows(self, shop, commands, *options, **settings):
        return self.on(shop, commands, "-o", "jsonl", *options, **settings).succeeded().rows

    def close(self):
        for process in self.processes:
            if process.poll() is None:
                process.kill()
                process.communicate()


class Shop:
    """A running examples/shop/shop.py."""

    def __init__(self, python, room, main="blocked", prefix=(), seconds=300):
        self.room = room
        self.control = room / "control"
        if prefix:
            room.chmod(0o777)
        words = [*prefix, python, ROOT / "examples/shop/shop.py", "--main", main]
        words += ["--control", self.control, "--seconds", seconds]
        with open(room / "out", "wb") as out, open(room / "err", "wb") as err:
            self.process = subprocess.Popen([str(word) for word in words], stdin=subprocess.DEVNULL, stdout=out, stderr=err)
        self.pid = self.process.pid
        self.killed = False
        # An earlier process of this number may have been killed.
        self.remove_files_of_agent()
        opened = eventually(lambda: self.out.startswith("shop open") or self.process.poll() is not None, 20)
        assert opened and self.process.poll() is None, (self.out, self.err)
        self.found = self.state()

    @property
    def out(self):
        return (self.room / "out").read_text()

    @property
    def err(self):
        return (self.room / "err").read_text()

    def state(self):
        """What the shop says it looks like from inside."""
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as client:
            client.settimeout(10)
            client.connect(str(self.control))
            client.sendall(b"state\n")
            with client.makefile() as answer:
                return json.loads(answer.readline())

    def differences(self, keys=AS_FOUND):
        """What is not as it was found, as `{key: (then, now)}`."""
        now = self.state()
        return {key: (self.found[key], now[key]) for key in keys if self.found[key] != now[key]}

    def is_as_found_within(self, seconds, keys=AS_FOUND):
        eventually(lambda: not self.differences(keys), seconds)
        left = self.differences(keys)
        assert left == {}, left

    def is_working(self):
        """Its workers go on: at least ten more orders."""
        before = self.state()["calls"]
        return eventually(lambda: self.state()["calls"] >= before + 10, 5)

    def files_of_agent(self):
        """What an agent keeps in the file system while it is there."""
        return sorted(path.name for path in Path("/tmp").glob(f"sonde-{self.pid}.*"))

    def remove_files_of_agent(self):
        for name in self.files_of_agent():
            Path("/tmp", name).unlink(missing_ok=True)

    def kill(self):
        self.killed = True
        self.process.kill()
        self.process.wait()
        # Nobody in there could remove it.
        self.remove_files_of_agent()

    def close(self):
        """Close it, and tell what was not right about it."""
        if self.killed:
            return []
        problems = []
        status = self.process.poll()
        if status is not None:
            problems.append(f"the shop had ended with status {status} before it was closed")
        else:
            with contextlib.suppress(ProcessLookupError):
                self.process.send_signal(signal.SIGTERM)
            try:
                status = self.process.wait(timeout=15)
            except subprocess.TimeoutExpired:
                problems.append("the shop did not close")
                self.process.kill()
                self.process.wait()
        if status != 0:
            problems.append(f"the shop's exit status was {status}")
        lines = self.out.splitlines()
        if len(lines) != 2 or not lines[-1].endswith(" 0 wrong"):
            problems.append(f"the shop's output: {lines}")
        if self.err:
            problems.append(f"the shop's standard error: {self.err}")
        if left := self.files_of_agent():
            problems.append(f"left behind: {left}")
        return problems
