"""Attaches to little programs and leaves them again, over and over, and checks that none minds. See scripts/soak.

A spell is one target on one interpreter for some cycles; the spells go through all pairs of the two in a random order
that follows from the seed. What a failure is about is in the log, with the command that repeats the spell.
"""

import argparse
import os
import random
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from soak_cycles import Shell, cycle
from soak_program import ROOT, TARGETS, Failure, Leak, Program

BUILD = ROOT / ".build"
SPELL = 10
TOO_MANY = 200


@dataclass(frozen=True)
class Spell:
    """One target's share of the soak."""

    number: int
    seed: int
    python: str
    target: str
    cycles: int

    @property
    def command(self):
        """What repeats it."""
        return f"scripts/soak --seed {self.seed} --cycles {self.cycles} --python {self.python} --target {self.target}"


def spells(seed, pythons, targets, cycles):
    """The spells of a soak: every target on every interpreter, again and again."""
    order = random.Random(seed)
    number = 0
    while True:
        pairs = [(python, target) for python in pythons for target in targets]
        order.shuffle(pairs)
        for python, target in pairs:
            if cycles <= 0:
                return
            yield Spell(number, seed + number, python, target, min(SPELL, cycles))
            cycles -= SPELL
            number += 1


class Soak:
    """Runs spells, several at a time, and keeps count."""

    def __init__(self, binary, log, failures):
        self.binary = binary
        self.log = log
        self.failures_folder = failures
        self.lock = threading.Lock()
        self.stopped = threading.Event()
        self.failures = []
        self.kinds = {}
        self.targets = 0
        self.work = 0
        self.growth = []

    @property
    def cycles(self):
        return sum(self.kinds.values())

    def say(self, text):
        with self.lock:
            print(f"{time.strftime('%H:%M:%S')} {text}", file=self.log, flush=True)

    def spell(self, spell):
        """One target from its start to its end. What fails is counted and told, never raised."""
        room = Path(tempfile.mkdtemp(prefix="soak-"))
        program = Program(spell.python, spell.target, room)
        name = f"spell {spell.number}: {spell.target} on {spell.python}, pid {program.pid}"
        try:
            try:
                program.begin()
                self._cycles(spell, program, room, name)
                work = program.end()
            except FileNotFoundError as error:
                # A file of its /proc: it went in the middle of a look.
                raise Failure(f"the target is gone ({error}), status {program.process.poll()}") from None
            with self.lock:
                self.targets += 1
                self.work += work
            self.say(f"{name}: ended, {work} pieces of work, none wrong")
        except Failure as failure:
            self._failed(spell, program, name, failure)
        finally:
            program.kill()
            shutil.rmtree(room, ignore_errors=True)

    def _cycles(self, spell, program, room, name):
        shell = Shell(self.binary, room)
        chance = random.Random(spell.seed)
        memory = []
        for number in range(spell.cycles):
            if self.stopped.is_set():
                break
            start = time.monotonic()
            try:
                kind = cycle(shell, program, chance)
            except Leak as leak:
                self._failed(spell, program, name, Leak(f"cycle {number}: {leak}"))
                kind = "leak"
            except Failure as failure:
                raise Failure(f"cycle {number}: {failure}") from None
            memory.append(program.memory)
            with self.lock:
                self.kinds[kind] = self.kinds.get(kind, 0) + 1
            self.say(f"{name}: cycle {number}, {kind}, {time.monotonic() - start:.2f} s, {memory[-1]} kB")
        if len(memory) == SPELL:
            with self.lock:
                self.growth.append(memory[-1] - memory[1])

    def _failed(self, spell, program, name, failure):
        with self.lock:
            self.failures.append(f"{name}: {failure}")
            path = self.failures_folder / f"{len(self.failures):03d}.txt"
        self.say(f"FAILED {name}: {failure}\n    repeat it: {spell.command}\n    more: {path}")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{name}\n{failure}\n{spell.command}\n{program.evidence(isinstance(failure, Leak))}")
        if len(self.failures) >= TOO_MANY:
            self.stopped.set()

    def run(self, all_spells, jobs, deadline):
        """The spells, until all are done, the time is up, or somebody stops it."""
        remaining = iter(all_spells)

        def worker():
            while not self.stopped.is_set() and time.monotonic() < deadline:
                with self.lock:
                    spell = next(remaining, None)
                if spell is None:
                    return
                self.spell(spell)

        threads = [threading.Thread(target=worker) for _ in range(jobs)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def summary(self, seconds):
        kinds = ", ".join(f"{count} {name}" for name, count in sorted(self.kinds.items()))
        growth = sorted(self.growth) or [0]
        return (
            f"soak: {len(self.failures)} failed; {self.cycles} cycles ({kinds}) in {seconds / 60:.1f} minutes, "
            f"{self.targets} targets ended well after {self.work} pieces of checked work; resident memory from the second "
            f"cycle to the last of a spell: median {statistics.median(growth):.0f} kB, most {growth[-1]} kB")


def interpreters():
    found = subprocess.run([ROOT / "scripts/find-pythons"], stdout=subprocess.PIPE, text=True, check=True)
    return [line.split(" ", 1)[1] for line in found.stdout.splitlines()]


def parse(words):
    parser = argparse.ArgumentParser(prog="scripts/soak", description=__doc__.split("\n")[0])
    parser.add_argument("--cycles", type=int, default=2000, help="in all (default: 2000)")
    parser.add_argument("--minutes", type=float, default=120, help="begin nothing new after that time (default: 120)")
    parser.add_argument("--python", action="append", metavar="PATH", help="an interpreter (default: all of scripts/find-pythons)")
    parser.add_argument("--target", action="append", choices=TARGETS, help="a target (default: all)")
    parser.add_argument("--seed", type=int, help="repeats an earlier run's choices")
    parser.add_argument("--jobs", type=int, default=2, help="targets at a time (default: 2)")
    return parser.parse_args(words)


def main(words):
    arguments = parse(words)
    binary = Path(os.environ["SONDE"]).resolve()
    seed = arguments.seed if arguments.seed is not None else random.randrange(10**6)
    pythons = arguments.python or interpreters()
    targets = arguments.target or list(TARGETS)
    failures = BUILD / "soak-failures"
    shutil.rmtree(failures, ignore_errors=True)
    BUILD.mkdir(exist_ok=True)
    start = time.monotonic()
    with open(BUILD / "soak.log", "w") as log:
        soak = Soak(binary, log, failures)
        # The threads end their targets after the cycle that they are in; nothing is cut short, however often it comes.
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: soak.stopped.set())
        soak.say(f"seed {seed}, {arguments.cycles} cycles, {binary}, load {os.getloadavg()}, {len(pythons)} interpreters")
        print(f"seed {seed}; the log: .build/soak.log", flush=True)
        todo = spells(seed, pythons, targets, arguments.cycles)
        soak.run(todo, arguments.jobs, start + arguments.minutes * 60)
        summary = f"{soak.summary(time.monotonic() - start)}; seed {seed}"
        soak.say(f"load {os.getloadavg()}")
        print(summary, file=log)
    for failure in soak.failures:
        print("failed: " + failure)
    print(summary)
    sys.exit(1 if soak.failures or soak.cycles == 0 else 0)


if __name__ == "__main__":
    main(sys.argv[1:])
