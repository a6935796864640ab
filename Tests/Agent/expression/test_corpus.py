"""The shared corpus on this interpreter: CPython 3.12's values, and attacks that end."""

import json
import resource
import sys
import time
import unittest

from Tests.Agent.expression import corpus

MILLISECONDS = 50
MEGABYTES = 50


class CorpusTest(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.depth = sys.getrecursionlimit()
        sys.setrecursionlimit(5000)  # json and the variables of deep_data

    @classmethod
    def tearDownClass(cls):
        sys.setrecursionlimit(cls.depth)

    def check(self, name):
        cases = corpus.read(name)
        trees = corpus.trees(cases)
        wrong = []
        for case in cases:
            kind, found = corpus.outcome(trees[case["id"]], corpus.value_of(case["vars"]))
            if "expect_repr" in case:
                right = kind == "value" and repr(found) == case["expect_repr"]
            else:
                right = kind == "refused" or kind == "error" and found.kind in ("Rejected", case["expect_error_type"])
            if not right:
                wanted = case.get("expect_repr", case.get("expect_error_type"))
                wrong.append("%s: %s\n  wanted %s\n  found %s %r" % (case["id"], case["expr"], wanted, kind, found))
        self.assertGreater(len(cases), 1000)
        self.assertEqual([], wrong[:20], "%d of %d cases" % (len(wrong), len(cases)))

    def test_conformance(self):
        self.check("conformance")

    def test_random(self):
        self.check("random")

    def test_conditions_with_known_types(self):
        """What a watch compiles gives the truth of the same value, or fails in the same way at the same place."""
        cases = corpus.read("conformance") + corpus.read("random")
        trees = corpus.trees(cases)
        wrong = []
        for case in cases:
            tree, variables = trees[case["id"]], corpus.value_of(case["vars"])
            known = {name: type(variables[name]) for name in variables}
            kind, found = corpus.outcome(tree, variables)
            again = corpus.outcome(tree, variables, known=known, condition=True)
            if kind == "value":
                right = again[0] == kind and again[1] is bool(found)
            elif kind == "error":
                places = [(each.kind, each.start, each.end) for each in (found, again[1])] if again[0] == kind else [0, 1]
                right = places[0] == places[1]
            else:
                right = again[0] == kind
            if not right:
                wrong.append("%s: %s\n  %s %r\n  %s %r" % (case["id"], case["expr"], kind, found, *again))
        self.assertEqual([], wrong[:20], "%d of %d cases" % (len(wrong), len(cases)))

    def test_attacks(self):
        cases = corpus.read("attacks")
        trees = corpus.trees(cases)
        wrong = []
        for case in cases:
            variables = corpus.value_of(case["vars"])
            before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
            took = MILLISECONDS + 1
            for _ in range(5):  # a busy machine makes it slow once or twice, not always
                began = time.process_time()
                kind, found = corpus.outcome(trees[case["id"]], variables)
                took = min(took, (time.process_time() - began) * 1000)
                if took <= MILLISECONDS:
                    break
            grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
            right = kind != "value" if case["expect"] == "reject" else True
            if not right or took > MILLISECONDS or grown > MEGABYTES:
                shown = "%s: %s\n  %s in %d ms, %d MB" % (case["id"], case["expr"][:200], kind, took, grown)
                wrong.append(shown)
        self.assertGreater(len(cases), 300)
        self.assertEqual([], wrong[:20], "%d of %d cases" % (len(wrong), len(cases)))

    def test_every_error_has_its_place(self):
        cases = [case for case in corpus.read("conformance") if "expect_error_type" in case]
        trees = corpus.trees(cases)
        placed = 0
        for case in cases:
            kind, found = corpus.outcome(trees[case["id"]], corpus.value_of(case["vars"]))
            if kind == "error":
                with self.subTest(case["id"]):
                    self.assertIsInstance(found.start, int)
                    self.assertLess(found.start, found.end)
                    self.assertLessEqual(found.end, len(case["expr"]))
                    placed += 1
        self.assertGreater(placed, 100)

    def test_trees_survive_json(self):
        cases = corpus.read("random")[:200]
        for case, tree in zip(cases, map(corpus.trees(cases).get, (case["id"] for case in cases))):
            if not isinstance(tree, str):
                again = json.loads(json.dumps(tree))
                first = corpus.outcome(tree, corpus.value_of(case["vars"]))
                second = corpus.outcome(again, corpus.value_of(case["vars"]))
                self.assertEqual(repr(first[1]), repr(second[1]), case["expr"])


if __name__ == "__main__":
    unittest.main()
