"""Random expressions: every run the same ones, other ones for each version of Python."""

import json
import os
import subprocess
import sys
import unittest

from Tests.Agent import bundle
from Tests.Agent.expression import corpus

GENERATOR = os.path.join(bundle.ROOT, "scripts", "lib", "random_expressions.py")
COUNT = 1000
# What the agent does not do though CPython does; see the language's rules.
KNOWN_REFUSALS = ("complex number", "as CPython 3.12 does", "may not be called")


def reference():
    """CPython 3.12, whose values are the measure."""
    path = corpus.oracle()
    code = "import sys; sys.exit(sys.version_info[:2] != (3, 12))"
    if subprocess.call([path, "-c", code], env=corpus.plain_environment()) != 0:
        raise unittest.SkipTest("no Python 3.12 to compare with")
    return path


class RandomTest(unittest.TestCase):
    maxDiff = None

    def check_seed(self, seed):
        command = [reference(), GENERATOR, str(seed), str(COUNT)]
        made = subprocess.run(command, stdout=subprocess.PIPE, check=True, env=corpus.plain_environment())
        cases = [json.loads(line) for line in made.stdout.decode().splitlines()]
        self.assertEqual(COUNT, len(cases))
        self.check(cases)

    def check(self, cases):
        trees = corpus.trees(cases)
        wrong = []
        for case in cases:
            kind, found = corpus.outcome(trees[case["id"]], corpus.value_of(case["vars"]))
            if kind == "error" and found.kind in ("Rejected", "Limit"):
                kind, found = "refused", found.message
            if "expect_repr" not in case:
                right = kind == "refused" or kind == "error" and found.kind == case["expect_error_type"]
            elif kind == "refused":
                right = any(each in found for each in KNOWN_REFUSALS)
            else:
                right = kind == "value" and repr(found) == case["expect_repr"]
            if not right:
                wanted = case.get("expect_repr", case.get("expect_error_type"))
                shown = (case["id"], case["expr"], case["vars"], wanted, kind, found)
                wrong.append("%s: %s\n  with %r\n  wanted %s\n  found %s %r" % shown)
        self.assertEqual([], wrong[:20], "%d of %d cases" % (len(wrong), len(cases)))

    def test_the_same_everywhere(self):
        self.check_seed(1)

    def test_others_for_this_version(self):
        self.check_seed(1000 + sys.version_info[1])

    def test_what_was_found_so(self):
        """Each difference that random expressions brought to light; the shell's tests read the same file."""
        with open(os.path.join(os.path.dirname(__file__), "found.jsonl"), encoding="utf-8") as file:
            self.check([json.loads(line) for line in file])


if __name__ == "__main__":
    unittest.main()
