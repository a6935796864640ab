"""What the attach benchmark compares: Sonde and its peers, each with its own way to attach, and the targets."""

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
BUILD = ROOT / ".build"
VENV = BUILD / "bench-venv-attach"
TARGET = ROOT / "scripts/bench.d/attach_target.py"
DEADLINE = 30
PEERS = {"probing": "0.2.4", "peeka": "0.1.20"}


class Broken(Exception):
    """A side did not do what was asked of it; says why."""


def find_sonde():
    """The program to measure: $SONDE, or the release build, made when it is missing."""
    given = os.environ.get("SONDE")
    path = Path(given) if given else BUILD / "release/sonde"
    if not given and not path.exists():
        subprocess.run([ROOT / "scripts/build-release"], check=True, stdout=sys.stderr)
    return path.resolve()


def pythons(*labels):
    """The interpreters of those versions that there are, by version."""
    found = subprocess.run([ROOT / "scripts/find-pythons"], stdout=subprocess.PIPE, text=True, check=True)
    there = dict(line.split(" ", 1) for line in found.stdout.splitlines())
    return {label: there[label] for label in labels if label in there}


def environment_of_peers(python, venv=VENV, names=tuple(PEERS)):
    """An environment that the peers are installed in; its interpreter is what they attach to, and why one is missing.

    The interpreter is a copy, not a link: Probing looks for its library beside the program that runs.
    """
    inside = venv / "bin/python"
    if not inside.exists():
        subprocess.run([python, "-m", "venv", "--copies", venv], check=True)
    missing = {}
    for name in names:
        if subprocess.run([inside, "-c", f"import {name}"], stderr=subprocess.DEVNULL).returncode == 0:
            continue
        pip = [inside, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", f"{name}=={PEERS[name]}"]
        done = subprocess.run(pip, stderr=subprocess.PIPE, text=True, timeout=300)
        if done.returncode != 0:
            missing[name] = f"cannot be installed: {done.stderr.strip().splitlines()[-1:]}"
    for library in venv.glob("lib/*/site-packages/probing/_core*.so"):
        link = venv / "bin/libprobing.so"
        if not link.exists():
            link.symlink_to(library)
    return inside, missing


class Target:
    """A fresh target; gone with the `with` block."""

    def __init__(self, python, kind, records=False):
        self.room = Path(tempfile.mkdtemp(prefix="attach-"))
        self.gaps = self.room / "gaps"
        words = [python, "-B", TARGET, kind, self.gaps if records else "-"]
        self.process = subprocess.Popen(
            [str(word) for word in words], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self.pid = self.process.pid
        self.process.stdout.readline()
        # What an interpreter does at its start is over.
        time.sleep(0.15)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()
        shutil.rmtree(self.room, ignore_errors=True)
        for path in Path("/tmp").glob(f"sonde-{self.pid}.*"):
            path.unlink(missing_ok=True)

    @property
    def is_alive(self):
        return self.process.poll() is None

    def gaps_between(self, start, end):
        """The lengths, in nanoseconds, of the recorded gaps that began in that time."""
        lines = self.gaps.read_text().splitlines() if self.gaps.exists() else []
        pairs = [tuple(map(int, line.split())) for line in lines]
        return [after - before for before, after in pairs if start <= before < end]

    def memory(self):
        """Resident memory and its proportional share, in kilobytes."""
        status = Path(f"/proc/{self.pid}/status").read_text().splitlines()
        rollup = Path(f"/proc/{self.pid}/smaps_rollup").read_text().splitlines()
        value = lambda lines, name: next(int(line.split()[1]) for line in lines if line.startswith(name + ":"))  # noqa: E731
        return value(status, "VmRSS"), value(rollup, "Pss")

    def threads(self):
        return set(os.listdir(f"/proc/{self.pid}/task"))

    def activity(self, threads):
        """CPU ticks and context switches of those threads so far."""
        ticks = switches = 0
        for thread in threads:
            with contextlib.suppress(FileNotFoundError):
                task = Path(f"/proc/{self.pid}/task/{thread}")
                fields = (task / "stat").read_text().rpartition(")")[2].split()
                ticks += int(fields[11]) + int(fields[12])
                lines = (task / "status").read_text().splitlines()
                switches += sum(int(line.split()[1]) for line in lines if "ctxt_switches" in line)
        return ticks, switches


class Side:
    """One of the programs compared: the words of its commands, and running them with a deadline."""

    name = ""
    watch = None

    def __init__(self, home):
        kept = {key: value for key, value in os.environ.items() if not key.startswith("XDG_") and key != "SONDE"}
        self.environment = {**kept, "HOME": str(home), "XDG_STATE_HOME": str(home), "XDG_CONFIG_HOME": str(home)}

    def start(self, words):
        return subprocess.Popen(
            [str(word) for word in words], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            env=self.environment)

    def finish(self, process, target):
        """Wait for a command; it must succeed and leave the target alive."""
        command = " ".join(process.args[1:])
        try:
            out, _ = process.communicate(timeout=DEADLINE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            raise Broken(f"'{command}' did not end within {DEADLINE} s") from None
        if not target.is_alive:
            raise Broken(f"'{command}': the target died with status {target.process.returncode}")
        if process.returncode != 0:
            raise Broken(f"'{command}' ended with status {process.returncode}: {out.decode(errors='replace').strip()[-200:]}")

    def milliseconds(self, words, target):
        """How long a command takes, from before it is started to after it has ended."""
        start = time.perf_counter_ns()
        process = self.start(words)
        self.finish(process, target)
        return (time.perf_counter_ns() - start) / 1e6


class Sonde(Side):
    name = "sonde"
    watch = ["-c", "watch __main__:step -n 3 | select cost"]

    def __init__(self, home, binary):
        super().__init__(home)
        self.binary = binary

    def attach(self, pid):
        """Attaches and asks, in one command."""
        return [self.binary, pid, "-c", "status"]

    def ask(self, pid):
        return [self.binary, pid, "-c", "status"]

    def watches(self, pid):
        return [self.binary, pid, *self.watch]

    def detach(self, pid):
        return [self.binary, pid, "-c", "detach"]


class Probing(Side):
    """Has no watch and no detach."""

    name = "probing"

    def attach(self, pid):
        return [VENV / "bin/probing", "-t", pid, "inject"]

    def ask(self, pid):
        return [VENV / "bin/probing", "-t", pid, "config"]

    def evaluates(self, pid):
        return [VENV / "bin/probing", "-t", pid, "eval", "1"]


class Peeka(Side):
    """Its commands go to the target attached to last."""

    name = "peeka"

    def __init__(self, home, venv=VENV):
        super().__init__(home)
        self.venv = venv

    def attach(self, pid):
        return [self.venv / "bin/peeka-cli", "attach", pid]

    def ask(self, pid):
        return [self.venv / "bin/peeka-cli", "patch-status"]

    def watches(self, pid):
        return [self.venv / "bin/peeka-cli", "watch", "__main__.step", "-n", "3"]

    def detach(self, pid):
        return [self.venv / "bin/peeka-cli", "detach"]
