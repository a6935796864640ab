#!/usr/bin/env python3
"""Measures the expression language against CPython's `eval` and simpleeval, in one run; called by `scripts/bench expression`.

CPU nanoseconds for each expression of `shared/expression/speed.json`:

- here: `evaluate`, the expression compiled once and called with its variables' values
- PGO: `eval` of a compiled code object in the distribution's own python3, which is built with profile-guided optimisation
- 3.12: the same in CPython 3.12
- simpleeval: its `SimpleEval.eval` of a parsed expression, in 3.12

The programs take turns, three times; the best of each counts, because on a busy machine only that repeats. Also: what
the limits cost, against a build without them; how long compiling takes; how long one line of JSON takes to a verdict on
one field; and the agent's guards against functions written by hand (`agent_expression.py`).
"""

import argparse
import json
import math
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
BUILD = ROOT / ".build"
SPEED = ROOT.parent / "shared/expression/speed.json"
HEADLINE = ["e01", "e02", "e03", "e04", "e06", "e08", "e12"]
ROUNDS = 3
PGO = "/usr/bin/python3"


def run(*command, **options):
    """The standard output of a command that must succeed; what else it says is shown only when it fails."""
    done = subprocess.run([str(word) for word in command], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options)
    if done.returncode != 0:
        sys.exit(f"bench: {' '.join(map(str, command))} failed:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return done.stdout


def build(*flags, scratch):
    """The benchmark program, built in release mode."""
    words = ["swift", "build", "-c", "release", "--product", "ExpressionBenchmark", "--scratch-path", scratch, *flags]
    run(*words, cwd=ROOT)
    return Path(run(*words, "--show-bin-path", cwd=ROOT).strip()) / "ExpressionBenchmark"


def python_3_12():
    """The path of a CPython 3.12."""
    for line in run(ROOT / "scripts/find-pythons").splitlines():
        label, path = line.split(" ", 1)
        if label == "3.12":
            return path
    sys.exit("bench: a CPython 3.12 is needed (scripts/find-pythons looks on PATH and among pyenv's versions)")


def with_simpleeval(python):
    """An environment of that Python with simpleeval from PyPI; its interpreter."""
    environment = BUILD / "bench-venv"
    inside = environment / "bin/python"
    if not inside.exists():
        run(python, "-m", "venv", environment)
    if subprocess.run([inside, "-c", "import simpleeval"], stderr=subprocess.DEVNULL).returncode != 0:
        run(inside, "-m", "pip", "install", "--quiet", "simpleeval==1.0.3")
    return inside


def best_of(rounds, key):
    """The least of a figure in each round, by expression."""
    return {row["id"]: min(other[row["id"]][key] for other in rounds) for row in rounds[0].values()}


def mean(values):
    """The geometric mean."""
    values = list(values)
    return math.exp(sum(map(math.log, values)) / len(values))


def headline(figures):
    return {name: value for name, value in figures.items() if name[:3] in HEADLINE}


def measure():
    say("building, with limits and without")
    metered = build(scratch=BUILD)
    unmetered = build("-Xswiftc", "-DSONDE_UNMETERED", scratch=BUILD / "unmetered")
    peer = with_simpleeval(python_3_12())
    script = ROOT / "scripts/bench.d/peer_expression.py"
    programs = {
        "here": [metered, SPEED],
        "unmetered": [unmetered, SPEED],
        "eval_pgo": [PGO, script, "eval", SPEED],
        "eval_3_12": [peer, script, "eval", SPEED],
        "simpleeval": [peer, script, "simpleeval", SPEED],
    }
    found = {name: [] for name in programs}
    lines = []
    for number in range(ROUNDS):
        say(f"round {number + 1} of {ROUNDS}")
        for name, command in programs.items():
            answer = json.loads(run(*command))
            found[name].append({row["id"]: row for row in answer["rows"]})
            if name == "here":
                lines.append(answer["line_ns"])
    for name, rounds in found.items():
        for row in rounds[0].values():
            if row["repr"] is not None and row["repr"] != found["here"][0][row["id"]]["repr"]:
                sys.exit(f"bench: {name} gives {row['repr']} for {row['id']}")
    say("the agent's guards")
    guards = {}
    for line in run(ROOT / "scripts/find-pythons").splitlines():
        label, path = line.split(" ", 1)
        guards[label] = json.loads(run(path, ROOT / "scripts/bench.d/agent_expression.py", "--json"))
    here = best_of(found["here"], "evaluate_ns")
    figures = {
        "expressions": {name: here[name] for name in here},
        **{name: best_of(found[name], "evaluate_ns") for name in ("eval_pgo", "eval_3_12")},
        "simpleeval": {k: v for k, v in best_of(found["simpleeval"], "evaluate_ns").items() if v is not None},
        "condition_ns": best_of(found["here"], "is_true_ns"),
        "unmetered": best_of(found["unmetered"], "evaluate_ns"),
        "compile_ns": best_of(found["here"], "compile_ns"),
        "line_ns": min(lines),
        "agent_guards": guards,
    }
    return figures, summary(figures)


def summary(figures):
    """What the issue asks for, each as one number."""
    here, pgo = figures["expressions"], figures["eval_pgo"]
    return {
        "ratio_to_eval_pgo": mean(pgo[name] / here[name] for name in headline(here)),
        "ratio_to_eval_pgo_least": min(pgo[name] / here[name] for name in here),
        "ratio_to_eval_3_12": mean(figures["eval_3_12"][name] / here[name] for name in headline(here)),
        "ratio_to_simpleeval": mean(
            figures["simpleeval"][name] / here[name] for name in headline(here) if name in figures["simpleeval"]),
        "limits_cost": mean(here[name] / figures["unmetered"][name] for name in here) - 1,
        "compile_us": mean(figures["compile_ns"].values()) / 1000,
        "cost_over_100_ns": here["e01_cmp"],
        "line_ns": figures["line_ns"],
    }


def say(text):
    print(text, file=sys.stderr, flush=True)


def show(figures, told):
    here = figures["expressions"]
    columns = ["eval_pgo", "eval_3_12", "simpleeval"]
    print(f"{'ns':14} {'here':>8}" + "".join(f" {name:>11} {'ratio':>6}" for name in columns))
    for name, value in here.items():
        row = f"{name:14} {value:8.1f}"
        for column in columns:
            other = figures[column].get(name)
            row += f" {other:11.1f} {other / value:6.2f}" if other is not None else f" {'refused':>11} {'':6}"
        print(row)
    print(f"{'headline':14} {mean(headline(here).values()):8.1f}"
          f" {mean(headline(figures['eval_pgo']).values()):11.1f} {told['ratio_to_eval_pgo']:6.2f}"
          f" {mean(headline(figures['eval_3_12']).values()):11.1f} {told['ratio_to_eval_3_12']:6.2f}"
          f" {'':11} {told['ratio_to_simpleeval']:6.2f}")
    print(f"as a condition, cost > 100: {figures['condition_ns']['e01_cmp']:.1f} ns")
    print(f"limits against none: {told['limits_cost']:+.1%}")
    print(f"source to ready: {told['compile_us']:.1f} us in the geometric mean")
    print(f"one line of JSON, 212 bytes, to a verdict on one field: {told['line_ns']:.0f} ns")
    print(f"{'agent':14} {'cost > 100':>11} {'twelve':>7} {'headline':>9}   times a function written by hand, types as a watch knows them")
    for label, guard in figures["agent_guards"].items():
        ratios = guard["ratio_to_hand_written"]
        print(f"{label:14} {guard['cost > 100']['known']:8.0f} ns {ratios['known']:7.2f} {ratios['headline']['known']:9.2f}")


def main():
    parser = argparse.ArgumentParser(prog="scripts/bench expression", description=__doc__.split("\n")[0])
    parser.add_argument("--json", action="store_true", help="one JSON object with all figures")
    arguments = parser.parse_args()
    figures, told = measure()
    if arguments.json:
        print(json.dumps({**told, "figures": figures}))
    else:
        show(figures, told)


if __name__ == "__main__":
    main()
