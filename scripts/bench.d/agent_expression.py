#!/usr/bin/env python3
"""Measures the agent's guards in this interpreter against functions written by hand.

For each expression of `shared/expression/speed.json`: the CPU time of one call of the compiled guard, and of a Python
function of the same text, both called by position with the same values, in nanoseconds. The best of several rounds
counts. The last line has the geometric means of the ratio, without knowing any type and with the types that a watch
guarantees. Run it with the interpreter to be measured:

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

CALLS = 20000
ROUNDS = 9
GUARANTEED = {"cost": float}

LOOPS = """
def calls():
    for _ in times:
        function({arguments})

def nothing():
    for _ in times:
        pass
"""


def nanoseconds(function, values):
    """The CPU time of one call, without the loop around it."""
    names = ["a%d" % at for at in range(len(values))]
    space = dict(zip(names, values), function=function, times=range(CALLS))
    exec(LOOPS.format(arguments=", ".join(names)), space)
    best = {}
    for _ in range(ROUNDS):
        for name in ("calls", "nothing"):
            began = time.process_time_ns()
            space[name]()
            took = time.process_time_ns() - began
            best[name] = min(best.get(name, took), took)
    return (best["calls"] - best["nothing"]) / CALLS


def measure():
    with open(os.path.join(folder(), "speed.json"), encoding="utf-8") as file:
        speed = json.load(file)
    made = trees([{"id": each["id"], "expr": each["py"]} for each in speed["exprs"]])
    rows = []
    for each in speed["exprs"]:
        guard = compile_tree(made[each["id"]])
        informed = compile_tree(made[each["id"]], known=GUARANTEED)
        values = [speed["vars"][name] for name in guard.names]
        hand = eval("lambda %s: %s" % (", ".join(guard.names), each["py"]))
        if not repr(hand(*values)) == repr(guard(*values)) == repr(informed(*values)):
            raise AssertionError(each["id"])
        row = {"id": each["id"], "hand": nanoseconds(hand, values)}
        row["guard"], row["known"] = nanoseconds(guard, values), nanoseconds(informed, values)
        rows.append(row)
    return rows


def geometric_mean(rows, name):
    return math.exp(sum(math.log(row[name] / row["hand"]) for row in rows) / len(rows))


def main():
    rows = measure()
    means = {name: geometric_mean(rows, name) for name in ("guard", "known")}
    if "--json" in sys.argv[1:]:
        print(json.dumps({"python": sys.version.split()[0], "rows": rows, "ratio_to_hand_written": means}))
        return
    print("%-14s %8s %8s %8s   ns a call" % ("", "by hand", "guard", "known"))
    for row in rows:
        ratios = row["guard"] / row["hand"], row["known"] / row["hand"]
        print("%-14s %8.0f %8.0f %8.0f   %.2f %.2f" % (*row.values(), *ratios))
    print("CPython %s: %.2f times a function written by hand, %.2f with the types a watch guarantees" % (
        sys.version.split()[0], means["guard"], means["known"]))


if __name__ == "__main__":
    main()
