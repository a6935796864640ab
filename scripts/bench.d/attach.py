#!/usr/bin/env python3
"""Measures how quickly and how gently Sonde attaches, beside Probing and Peeka, in one run; called by `scripts/bench attach`.

All take turns, on CPython 3.12, each time with a fresh target, whose main thread is busy in Python or blocked in sleep:

- attach: from the command's start to its end, when no agent is there. Sonde attaches and runs `status` in one command; of
  the peers only the command that attaches is counted, and then, in the next line, with their cheapest command after it
- again: the cheapest command when the agent is there: `status`, `config`, `patch-status`
- stopped: how long the main thread was in a tracing stop while the command that attaches ran, its state read from outside
- gap: the longest gap in a loop in the target that does nothing but read the clock, less the longest in as long a time just
  before. It has all that its user would see: the stop, the first lines that run in the thread, and waiting for the GIL
- memory, idle CPU time and context switches of the threads that were not there before, over five seconds

And for Sonde on other versions the same; and the time from the shell's start to its prompt, on a terminal.
"""

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

from attach_sides import Broken, Peeka, Probing, Sonde, Target, environment_of_peers, find_sonde, pythons
from attach_standing import gap, prompt, stopped

KINDS = ("busy", "blocked")
VERSIONS = ("3.8", "3.11", "3.12", "3.13")
IDLE = 5.0
TOO_OFTEN = 3


class Bench:
    """Collects samples by what is measured, of whom, and in which target."""

    def __init__(self, rounds):
        self.rounds = rounds
        self.samples = {}
        self.failures = {}

    def add(self, what, who, kind, value):
        self.samples.setdefault(what, {}).setdefault(f"{who} {kind}".strip(), []).append(value)

    def attempt(self, side, who, act, *arguments):
        """Lets a side do something; what it cannot is told, and after some times it is not asked again."""
        if len(self.failures.get(who, [])) >= TOO_OFTEN:
            return
        try:
            act(side, who, *arguments)
        except Broken as error:
            self.failures.setdefault(who, []).append(str(error))
            say(f"{who}: {error}")

    def times(self, side, who, python, kind):
        with Target(python, kind) as target:
            attach = side.milliseconds(side.attach(target.pid), target)
            again = side.milliseconds(side.ask(target.pid), target)
            self.add("attach", who, kind, attach)
            self.add("attach and ask", who, kind, attach if side.name == "sonde" else attach + again)
            self.add("again", who, kind, again)
            self.leave(side, target)

    def standing(self, side, who, python, kind):
        # Once more of Sonde's: its 99th percentile is asked for.
        for _ in range(2 if side.name == "sonde" else 1):
            with Target(python, kind) as target:
                self.add("stopped", who, kind, stopped(side, target))
                self.leave(side, target)
        with Target(python, kind, records=True) as target:
            # A time without anybody, to compare with.
            time.sleep(1 if side.name == "peeka" else 0.4)
            self.add("gap", who, kind, gap(side, target))
            self.leave(side, target)

    def memory(self, side, who, python):
        """What the target grows by, in kilobytes, step by step."""
        with Target(python, "blocked") as target:
            before = target.memory()

            def note(step):
                time.sleep(0.2)
                for name, now, then in zip(("resident", "proportional"), target.memory(), before):
                    self.add(f"{name} after {step}", who, "", now - then)

            side.milliseconds(side.attach(target.pid), target)
            note("attach")
            side.milliseconds(side.ask(target.pid), target)
            note("a command")
            for step, act in ("a watch", "watches"), ("an evaluation", "evaluates"), ("detach", "detach"):
                if hasattr(side, act):
                    side.milliseconds(getattr(side, act)(target.pid), target)
                    note(step)

    def idle(self, side, who, python):
        with Target(python, "blocked") as target:
            own = target.threads()
            side.milliseconds(side.attach(target.pid), target)
            side.milliseconds(side.ask(target.pid), target)
            time.sleep(1)
            agent = target.threads() - own
            before = target.activity(agent)
            time.sleep(IDLE)
            after = target.activity(agent)
            self.add("idle threads", who, "", len(agent))
            self.add("idle CPU ms", who, "", (after[0] - before[0]) * 1000 / os.sysconf("SC_CLK_TCK"))
            self.add("idle switches", who, "", after[1] - before[1])
            self.leave(side, target)

    @staticmethod
    def leave(side, target):
        """Those that keep files for a target are asked to remove them."""
        if hasattr(side, "detach"):
            side.milliseconds(side.detach(target.pid), target)

    def run(self, sonde, peers, versions, peer_python):
        sides = [(sonde, "sonde"), *((peer, peer.name) for peer in peers)]
        others = [(sonde, f"sonde {label}", path) for label, path in versions.items() if label != "3.12"]
        for number in range(self.rounds):
            say(f"round {number + 1} of {self.rounds}, load {os.getloadavg()[0]:.1f}")
            for kind in KINDS:
                for side, who in sides:
                    if side is sonde or number % 3 == 0:
                        self.attempt(side, who, self.times, peer_python, kind)
                        self.attempt(side, who, self.standing, peer_python, kind)
                for side, who, python in others if number % 3 == 0 else ():
                    self.attempt(side, who, self.times, python, kind)
                    self.attempt(side, who, self.standing, python, kind)
            self.add("prompt", "sonde", "", prompt(sonde))
        say("memory and idling")
        for _ in range(3):
            for side, who, python in [*((*pair, peer_python) for pair in sides), *others]:
                self.attempt(side, who, self.memory, python)
        for side, who, python in [*((*pair, peer_python) for pair in sides), *others]:
            self.attempt(side, who, self.idle, python)


def summary(values):
    ordered = sorted(values)
    last = ordered[min(len(ordered) - 1, len(ordered) * 99 // 100)]
    return {"median": statistics.median(ordered), "p99": last, "longest": ordered[-1], "count": len(ordered)}


def say(text):
    print(text, file=sys.stderr, flush=True)


def show(report):
    for what, rows in report["figures"].items():
        print(f"{what:32} {'median':>9} {'99th':>9} {'longest':>9} {'count':>5}  {'sonde is better by':>18}")
        for who, row in rows.items():
            name, _, kind = who.partition(" ")
            own = rows.get(f"sonde {kind}".strip(), row)["median"]
            ratio = f"{row['median'] / own:17.1f}x" if name != "sonde" and own else ""
            print(f"  {who:30} {row['median']:9.2f} {row['p99']:9.2f} {row['longest']:9.2f} {row['count']:5}  {ratio}")
    for who, why in report["failures"].items():
        print(f"{who}: {len(why)} times not: {why[-1]}")
    print(f"load before {report['load'][0]:.1f}, after {report['load'][1]:.1f}; {os.cpu_count()} processors; milliseconds, "
          "kilobytes, counts")


def main():
    parser = argparse.ArgumentParser(prog="scripts/bench attach", description=__doc__.split("\n")[0])
    parser.add_argument("--json", action="store_true", help="one JSON object with all figures")
    parser.add_argument("--rounds", type=int, default=60, help="of Sonde; of the peers a third (default: 60)")
    arguments = parser.parse_args()
    versions = pythons(*VERSIONS)
    if "3.12" not in versions:
        sys.exit("bench: a CPython 3.12 is needed (scripts/find-pythons looks on PATH and among pyenv's versions)")
    peer_python, missing = environment_of_peers(versions["3.12"])
    load = os.getloadavg()[0]
    litter = set(Path("/tmp").glob("peeka_*"))
    with tempfile.TemporaryDirectory(prefix="attach-home-") as home:
        sonde = Sonde(Path(home), find_sonde())
        peers = [kind(Path(home)) for kind in (Probing, Peeka) if kind.name not in missing]
        bench = Bench(arguments.rounds)
        bench.failures.update({name: [why] for name, why in missing.items()})
        bench.run(sonde, peers, versions, peer_python)
    for path in set(Path("/tmp").glob("peeka_*")) - litter:
        path.unlink(missing_ok=True)
    figures = {what: {who: summary(values) for who, values in rows.items()} for what, rows in bench.samples.items()}
    report = {"load": [load, os.getloadavg()[0]], "failures": bench.failures, "figures": figures}
    if arguments.json:
        print(json.dumps(report))
    else:
        show(report)


if __name__ == "__main__":
    main()
