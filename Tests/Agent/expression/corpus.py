"""The shared corpus, with a tree for each case made by the oracle's own parser (CPython 3.12)."""

import glob
import json
import os
import shutil
import subprocess
import sys
import unittest

from Tests.Agent import bundle
from Tests.Agent.expression import tree_from_source

from sonde_agent.expression import ExpressionError, TreeError, compile_tree

ORACLE = (3, 12)
HERE = os.path.dirname(os.path.abspath(__file__))


def folder():
    """The corpus's folder, found from here upwards; it is a failure when there is none."""
    place = bundle.ROOT
    while True:
        for path in (os.path.join(place, "shared", "expression"), os.path.join(place, "expression")):
            if os.path.exists(os.path.join(path, "conformance.jsonl")):
                return path
        if place == os.path.dirname(place):
            raise AssertionError("the expression corpus (shared/expression) is missing above " + bundle.ROOT)
        place = os.path.dirname(place)


def read(name):
    """The cases of one file of the corpus."""
    with open(os.path.join(folder(), name + ".jsonl"), encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def oracle():
    """An installed interpreter with the grammar of CPython 3.12 or later."""
    found = sorted(glob.glob(os.path.expanduser("~/.pyenv/versions/3.1[2-9].*/bin/python3")))
    found += [path for path in map(shutil.which, ("python3.12", "python3.13", "python3.14")) if path]
    for path in found:
        if subprocess.call([path, "-c", ""], stderr=subprocess.DEVNULL, env=plain_environment()) == 0:
            return path
    raise unittest.SkipTest("no Python 3.12 or later to make trees with")


def plain_environment():
    """This process's environment without what is meant for this interpreter only."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}


def trees(cases):
    """The tree of each case by its id; a str where the shell would refuse the source."""
    lines = [json.dumps({"id": each["id"], "expr": each["expr"]}) for each in cases]
    if sys.version_info >= ORACLE:
        answers = [tree_from_source.answer(line) for line in lines]
    else:
        made = subprocess.run(
            [oracle(), os.path.join(HERE, "tree_from_source.py")],
            input="\n".join(lines).encode(),
            stdout=subprocess.PIPE,
            check=True,
            env=plain_environment(),
        )
        answers = [json.loads(line) for line in made.stdout.decode().splitlines()]
    return {each["id"]: each.get("tree", each.get("refused")) for each in answers}


def value_of(data):
    """A variable of a case."""
    if data == "__nan__":
        return float("nan")
    if isinstance(data, list):
        return [value_of(each) for each in data]
    if isinstance(data, dict):
        return {key: value_of(each) for key, each in data.items()}
    return data


def outcome(tree, variables, **options):
    """What became of a tree: ("refused", why), ("value", value) or ("error", ExpressionError)."""
    if isinstance(tree, str):
        return "refused", tree
    try:
        guard = compile_tree(tree, **options)
        for name in guard.names:
            if name not in variables:
                return "refused", "unknown name " + name
        return "value", guard(*[variables[name] for name in guard.names])
    except TreeError as error:
        return "refused", error.message
    except ExpressionError as error:
        return "error", error
