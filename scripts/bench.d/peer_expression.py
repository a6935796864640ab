#!/usr/bin/env python3
"""Times CPython's `eval` or simpleeval on `speed.json`: `peer_expression.py eval|simpleeval SPEED.JSON`, JSON out.

Each expression is parsed once; a row's `evaluate_ns` is the CPU time of one evaluation without the loop around it, the
best of fifteen rounds, or null where simpleeval refuses the expression.
"""

import json
import sys
import time

ROUNDS = 15


def nanoseconds(function):
    """The best CPU time of one call among some rounds of about five milliseconds."""

    def calls(count):
        for _ in range(count):
            function()

    def nothing(count):
        for _ in range(count):
            pass

    def took(loop, count):
        began = time.process_time_ns()
        loop(count)
        return time.process_time_ns() - began

    count = 1
    while took(calls, count) < 5_000_000:
        count *= 2
    full = min(took(calls, count) for _ in range(ROUNDS))
    return (full - min(took(nothing, count) for _ in range(ROUNDS))) / count


def make_eval(source, variables):
    code = compile(source, "<bench>", "eval")
    names = dict(variables, __builtins__=__builtins__)

    # The call around it is the peer's, too: it is what a host that evaluates a condition has to do.
    def evaluate(eval=eval, code=code, names=names):
        return eval(code, names)

    return evaluate


def make_simpleeval(source, variables):
    import simpleeval

    functions = {"len": len, "any": any, "sum": sum}
    evaluator = simpleeval.EvalWithCompoundTypes(names=dict(variables), functions=functions)
    parsed = evaluator.parse(source)
    return lambda: evaluator.eval(source, previously_parsed=parsed)


def main():
    kind, path = sys.argv[1:]
    with open(path, encoding="utf-8") as file:
        speed = json.load(file)
    make = {"eval": make_eval, "simpleeval": make_simpleeval}[kind]
    rows = []
    for each in speed["exprs"]:
        row = {"id": each["id"], "evaluate_ns": None, "repr": None}
        try:
            evaluate = make(each["py"], speed["vars"])
            row["repr"] = repr(evaluate())
        except Exception as error:
            row["error"] = "%s: %s" % (type(error).__name__, error)
        else:
            row["evaluate_ns"] = nanoseconds(evaluate)
        rows.append(row)
    print(json.dumps({"python": sys.version.split()[0], "rows": rows}))


if __name__ == "__main__":
    main()
