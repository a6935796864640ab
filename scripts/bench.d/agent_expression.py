#!/usr/bin/env python3
"""Measures the agent's guards in this interpreter against functions written by hand.

For each expression of `shared/expression/speed.json`: the CPU time of one call of the compiled guard, and of a Python
function of the same text, both called by position with the same values, in nanoseconds. The best of several rounds
counts, and the functions take turns in every round, because other programs run on the machine too. `known` is the
guard as a watch compiles it: a condition, with the types that a watch guarantees (`params` and `args` are tuples
then, for both functions). The last lines have the geometric means of the ratio, over all expressions and over the
headline ones. Run it with the interpreter to be measured:

    python3 scripts/bench.d/agent_expression.py [--json]
"""

import json
import math
import os
import sys
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path[:0] = [ROOT, os.path.join(ROOT, "Sources", "AgentBundle", "Python")]

from Tests.Agent.expression.corpus import folder, trees  # noqa: E402

from sonde_agent.expression import compile_tree  # noqa: E402
from sonde_agent.probes.making import _KNOWN as GUARANTEED  # noqa: E402

CALLS = 5000
ROUNDS = 40
HEADLINE = frozenset("e01 e02 e03 e04 e06 e08 e12".split())
FUNCTIONS = (("hand", "guard"), ("by hand", "known"))  # what is measured against what

LOOPS = """
def calls():
    for _ in times:
        function({arguments})

def nothing():
    for _ in times:
        pass
"""


def loops(function, values):
    """Two functions: one that calls `function` many times, and one that does all the same but the calls."""
    names = ["a%d" % at for at in range(len(values))]
    space = dict(zip(names, values), function=function, times=range(CALLS))
    exec(LOOPS.format(arguments=", ".join(names)), space)
    return space["calls"], space["nothing"]


def nanoseconds(functions):
    """The CPU time of one call of each of `functions`, (function, values) by name, without the loop around it."""
    timed = {name: loops(*functions[name]) for name in functions}
    best = {}
    for _ in range(ROUNDS):
        for name, pair in timed.items():
            for at, run in enumerate(pair):
                began = time.process_time_ns()
                run()
                took = time.process_time_ns() - began
                best[name, at] = min(best.get((name, at), took), took)
    return {name: (best[name, 0] - best[name, 1]) / CALLS for name in timed}


def guaranteed(name, value):
    """The value of a variable as a watch would hand it over."""
    return GUARANTEED[name](value) if name in GUARANTEED else value


def measure():
    with open(os.path.join(folder(), "speed.json"), encoding="utf-8") as file:
        speed = json.load(file)
    made = trees([{"id": each["id"], "expr": each["py"]} for each in speed["exprs"]])
    rows = []
    for each in speed["exprs"]:
        guard = compile_tree(made[each["id"]])
        informed = compile_tree(made[each["id"]], known=GUARANTEED, condition=True)
        values = [speed["vars"][name] for name in guard.names]
        handed = [guaranteed(name, speed["vars"][name]) for name in guard.names]
        hand = eval("lambda %s: %s" % (", ".join(guard.names), each["py"]))
        again = eval("lambda %s: %s" % (", ".join(guard.names), each["py"]))  # Python adapts a function to its values
        if repr(hand(*values)) != repr(guard(*values)) or bool(hand(*handed)) is not informed(*handed):
            raise AssertionError(each["id"])
        row = {"id": each["id"]}
        functions = {"hand": (hand, values), "guard": (guard, values), "by hand": (again, handed)}
        functions["known"] = informed, handed
        row.update(nanoseconds(functions))
        rows.append(row)
    return rows


def geometric_mean(rows, hand, name):
    return math.exp(sum(math.log(row[name] / row[hand]) for row in rows) / len(rows))


def main():
    rows = measure()
    headline = [row for row in rows if row["id"][:3] in HEADLINE]
    means = {name: geometric_mean(rows, hand, name) for hand, name in FUNCTIONS}
    means["headline"] = {name: geometric_mean(headline, hand, name) for hand, name in FUNCTIONS}
    comparison = {name: rows[0][name] for _, name in FUNCTIONS}
    version = sys.version.split()[0]
    if "--json" in sys.argv[1:]:
        report = {"python": version, "rows": rows, "ratio_to_hand_written": means, "cost > 100": comparison}
        print(json.dumps(report))
        return
    print("%-14s %8s %8s %8s %8s   ns a call" % ("", *(name for pair in FUNCTIONS for name in pair)))
    for row in rows:
        ratios = row["guard"] / row["hand"], row["known"] / row["by hand"]
        print("%-14s %8.0f %8.0f %8.0f %8.0f   %.2f %.2f" % (*row.values(), *ratios))
    for title, found in (("all %d" % len(rows), means), ("headline", means["headline"])):
        print("CPython %s, %s: %.2f times a function written by hand, %.2f with what a watch guarantees" % (
            version, title, found["guard"], found["known"]))
    print("cost > 100: %.0f ns, %.0f ns with what a watch guarantees" % (comparison["guard"], comparison["known"]))


if __name__ == "__main__":
    main()
