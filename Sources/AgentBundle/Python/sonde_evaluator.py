"""Evaluates checked trees in this interpreter, a line in, an answer out.

Run in a process of its own, with the agent's sources in `SOURCES` (text by path); never part of a target. Each line of
standard input is `{"tree": TREE, "case": {"vars": {...}}}`, each answer `{"repr", "us"}` or
`{"error": [kind, message, start, end], "us"}`.
"""

import importlib.abc
import importlib.machinery
import json
import sys
import time

# Elements of a result that is shown, and characters of the texts in it, as in the shell.
RESULT = 1000000
TEXT = 16 << 20


class Sources(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds the agent's modules among the sources that came with the program."""

    def __init__(self, sources):
        self.sources = sources

    def place_of(self, name):
        path = name.replace(".", "/")
        for place in (path + ".py", path + "/__init__.py"):
            if place in self.sources:
                return place
        return None

    def find_spec(self, name, path=None, target=None):
        place = self.place_of(name)
        if place is None:
            return None
        return importlib.machinery.ModuleSpec(name, self, is_package=place.endswith("/__init__.py"))

    def exec_module(self, module):
        place = self.place_of(module.__name__)
        exec(compile(self.sources[place], "<sonde:%s>" % place, "exec"), module.__dict__)


def value_of(data):
    """A variable; "__nan__" stands for what JSON has no text for."""
    return float("nan") if type(data) is str and data == "__nan__" else data


def is_shown(value):
    """Whether a value is of bounded size when it is written: one that is small only because its parts are shared is not."""
    pending, elements, characters = [value], RESULT, TEXT
    while pending:
        value = pending.pop()
        if type(value) is dict:
            value = [*value, *value.values()]
        if type(value) in (list, tuple, set, frozenset):
            elements -= len(value)
            if elements < 0:
                return False
            pending += [each for each in value if type(each) in (list, tuple, dict, set, frozenset)]
            characters -= sum([len(each) for each in value if type(each) is str])
            if characters < 0:
                return False
    return True


def answer_to(request, expression):
    """What becomes of one tree with its variables."""
    values = {name: value_of(each) for name, each in request["case"].get("vars", {}).items()}
    began = time.thread_time_ns()
    answer = {}
    try:
        guard = expression.compile_tree(request["tree"])
        value = guard(*[values[name] for name in guard.names])
    except (expression.ExpressionError, expression.TreeError) as error:
        # A tree that the agent's own allowlist refuses is as good as refused by the shell.
        kind = "Rejected" if error.kind == "BadTree" else error.kind
        answer["error"] = [kind, error.message, error.start or 0, error.end or 0]
    took = time.thread_time_ns() - began
    if "error" not in answer:
        if is_shown(value):
            answer["repr"] = repr(value)
        else:
            answer["error"] = ["Limit", "a result of more than %d elements or %d characters" % (RESULT, TEXT), 0, 0]
    answer["us"] = took / 1000
    return answer


def main(sources):
    """Answers until standard input ends."""
    if sys.version_info < (3, 8):
        sys.exit("this is Python %d.%d" % sys.version_info[:2])
    if hasattr(sys, "set_int_max_str_digits"):
        sys.set_int_max_str_digits(0)  # a value is shown whole; what an expression may turn into text is bounded
    sys.meta_path.insert(0, Sources(sources))
    sys.setrecursionlimit(20000)  # for reading deep data; the evaluator has a limit of its own
    from sonde_agent import expression

    print(json.dumps({"ready": sys.version.split()[0]}), flush=True)
    for line in sys.stdin.buffer:
        print(json.dumps(answer_to(json.loads(line), expression)), flush=True)


main(SOURCES)  # noqa: F821 - the namespace has it
