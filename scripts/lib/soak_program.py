"""A target of the soak: started, looked at from outside, and asked at its end whether all was right."""

import json
import os
import signal
import subprocess
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PROGRAMS = ROOT / "Tests/Soak/targets"

# The words of each target's command, below Tests/Soak/targets.
TARGETS = {
    "threads": ["threads.py"],
    "signals": ["signals.py"],
    "forks-alone": ["forks.py", "alone"],
    "forks-beside": ["forks.py", "beside"],
    "allocation": ["allocation.py"],
    "imports": ["imports.py"],
    "recursion": ["recursion.py"],
    "numeric": ["numeric.py"],
    "coroutines": ["coroutines.py"],
    "blocked-lock": ["blocked.py", "lock"],
    "blocked-poll": ["blocked.py", "poll"],
    "blocked-accept": ["blocked.py", "accept"],
    "blocked-read": ["blocked.py", "read"],
    "blocked-sleep": ["blocked.py", "sleep"],
}
# What a target may have more of than before, for a moment, and less than this many seconds after a detach.
SETTLING = 5.0


class Failure(Exception):
    """Something that must not happen, in words."""


class Leak(Failure):
    """Something was left behind in a target that is well otherwise."""


def eventually(check, seconds, every=0.01):
    """Wait until `check` gives something true, and return it; the last answer when it never does."""
    deadline = time.monotonic() + seconds
    while True:
        answer = check()
        if answer or time.monotonic() > deadline:
            return answer
        time.sleep(every)


class Program:
    """One of the targets, running. Its process group is its own, so that its children end with it."""

    def __init__(self, python, name, room):
        self.name = name
        self.counter = room / "counter"
        self.out, self.err = room / "out", room / "err"
        script, *words = TARGETS[name]
        command = [str(python), "-B", str(PROGRAMS / script), str(self.counter), *words]
        with open(self.out, "wb") as out, open(self.err, "wb") as err:
            self.process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=out, stderr=err, start_new_session=True)
        self.pid = self.process.pid
        self.proc = Path("/proc", str(self.pid))
        self.has_leaked = False

    def begin(self):
        """Wait until it works, and see what it looks like when nobody has been there."""
        if not eventually(lambda: self.count > 10 or not self.is_alive, 30) or not self.is_alive:
            raise Failure("the target did not begin: " + self.err.read_text(errors="replace"))
        self.found = self.least()

    @property
    def is_alive(self):
        return self.process.poll() is None

    @property
    def count(self):
        """How much it has done; 0 before it begins."""
        try:
            return int.from_bytes(self.counter.read_bytes(), "little")
        except FileNotFoundError:
            return 0

    @property
    def memory(self):
        """Its resident memory in kilobytes."""
        status = (self.proc / "status").read_text()
        return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS:"))

    def traces(self):
        """What an agent and an injection could leave behind, as numbers by name."""
        blocked = next(line for line in (self.proc / "status").read_text().splitlines() if line.startswith("SigBlk:"))
        maps = [line.split(None, 5) for line in (self.proc / "maps").read_text().splitlines()]
        return {
            "threads": len(os.listdir(self.proc / "task")),
            "descriptors": len(os.listdir(self.proc / "fd")),
            "anonymous executable mappings": sum("x" in words[1] and len(words) == 5 for words in maps),
            "mappings of sonde": sum("sonde" in words[5] for words in maps if len(words) > 5),
            "files": len(self.files()),
            "signals blocked in the main thread": bin(int(blocked.split()[1], 16)).count("1"),
        }

    def files(self):
        """What is in the file system on account of its agent."""
        return [str(path) for path in Path("/tmp").glob(f"sonde-{self.pid}[.-]*")]

    def least(self):
        """The least of each trace in a while: a program opens files and starts threads itself."""
        samples = [self.traces()]
        ends = time.monotonic() + 0.3
        while time.monotonic() < ends:
            samples.append(self.traces())
            time.sleep(0.005)
        return {name: min(sample[name] for sample in samples) for name in samples[0]}

    def must_be_as_found(self):
        """After a detach: each trace must come down to what it was, if only for a moment.

        What is left counts once: from then on it is what was found.
        """
        left = dict(self.found)

        def is_clean():
            now = self.traces()
            for name in [name for name in left if now[name] <= self.found[name]]:
                del left[name]
            return not left

        try:
            clean = eventually(is_clean, SETTLING)
        except FileNotFoundError:
            raise Failure("the target is gone") from None
        if not clean:
            now = self.traces()
            self.found = self.least()
            self.has_leaked = True
            raise Leak("left behind: " + ", ".join(f"{now[name]} {name}, not {left[name]}" for name in left))

    def must_work(self):
        """It lives, it goes on, and nobody traces or stops it."""
        before = self.count
        if not eventually(lambda: self.count > before + 3 or not self.is_alive, 15):
            raise Failure(f"the target stands still at {before}")
        if not self.is_alive:
            raise Failure(f"the target ended with status {self.process.returncode}")

    def end(self):
        """Ask it to end, and check all that it says about itself."""
        try:
            self.process.send_signal(signal.SIGTERM)
            try:
                status = self.process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                raise Failure("the target did not end when it was asked to") from None
            lines = self.out.read_text(errors="replace").splitlines()
            errors = self.err.read_text(errors="replace")
            if status != 0 or errors or len(lines) != 1:
                raise Failure(f"the target ended with status {status}, output {lines}, standard error {errors!r}")
            said = json.loads(lines[0])
            if said["wrong"]:
                raise Failure(f"{said['wrong']} wrong results: {said['first']}")
            for name, before in said["before"].items() if not self.has_leaked else ():
                if said[name] > before:
                    raise Failure(f"the target counts {said[name]} {name} at its end, {before} at its beginning")
            if self.files() and not self.has_leaked:
                raise Failure(f"left behind: {self.files()}")
            return said["work"]
        finally:
            self.kill()

    def kill(self):
        """End it and its children, whatever they do, and remove what is left of it."""
        try:
            os.killpg(self.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.process.wait()
        for path in self.files():
            Path(path).unlink(missing_ok=True)

    def evidence(self, of_leak=False):
        """What can be seen of it now, for the one who has to find out why; a leak leaves no trace in the stacks."""
        parts = []
        for name in ("status", "maps", "stack", "wchan"):
            parts.append(f"== {name}\n{self._text(self.proc / name)}")
        parts += [f"== {path}\n{self._text(Path(path))}" for path in self.files() if not path.endswith(".sock")]
        parts.append("== descriptors\n" + "\n".join(self._descriptors()) + "\n")
        for task in sorted((self.proc / "task").glob("*")) if self.is_alive else []:
            parts.append(f"== thread {task.name}\n{self._text(task / 'status')}{self._text(task / 'stack')}")
        parts.append(f"== output\n{self._text(self.out)}\n== standard error\n{self._text(self.err)}")
        if self.is_alive and not of_leak:
            command = ["gdb", "-batch", "-nx", "-p", str(self.pid), "-ex", "thread apply all backtrace 40"]
            try:
                done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60)
                parts.append("== gdb\n" + done.stdout)
            except (OSError, subprocess.TimeoutExpired) as error:
                parts.append(f"== gdb\n{error}")
        return "\n".join(parts)

    def _descriptors(self):
        for path in sorted((self.proc / "fd").glob("*")) if self.is_alive else []:
            try:
                yield f"{path.name}: {os.readlink(path)}"
            except OSError as error:
                yield f"{path.name}: {error}"

    @staticmethod
    def _text(path):
        try:
            return path.read_text(errors="replace")
        except OSError as error:
            return f"{error}\n"
