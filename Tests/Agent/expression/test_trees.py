"""The agent's own check of a tree: nothing from the shell is trusted."""

import copy
import random
import unittest

from Tests.Agent import bundle  # noqa: F401 - finds the package
from Tests.Agent.expression.tree_from_source import tree_of

from sonde_agent.expression import ExpressionError, Limits, TreeError, compile_tree

ONE = ["lit", 0, 1, 1]
X = ["name", 0, 1, "x"]

BAD_ROOTS = [
    None,
    1,
    "x",
    [],
    ["lit"],
    ["lit", 0, 1],
    ["lit", 0, 1, 1, 1],
    ["lit", 1, 0, 1],
    ["lit", -1, 0, 1],
    ["lit", "0", 1, 1],
    ["lit", 0, 1, [1]],
    ["lit", 0, 1, {"$bytes": "AA=="}],
    ["lit", 0, 1, {"$int": "1_0"}],
    ["lit", 0, 1, {"$int": "--1"}],
    ["lit", 0, 1, {"$int": ""}],
    ["lit", 0, 1, {"$float": "1.0"}],
    ["lit", 0, 1, {"$int": "1", "more": 1}],
    ["lit", 0, 1, "\ud800"],
    ["lit", 0, 1, 1 << 20001],
    ["lambda", 0, 1, ONE],
    ["await", 0, 1, ONE],
    ["exec", 0, 1, "1"],
    ["__class__", 0, 1, ONE],
    [["lit"], 0, 1, 1],
    ["name", 0, 1, "__import__"],
    ["name", 0, 1, "_"],
    ["name", 0, 1, "a b"],
    ["name", 0, 1, "x; y"],
    ["name", 0, 1, ""],
    ["name", 0, 1, 1],
    ["local", 0, 1, "x"],
    ["list", 0, 1, ONE],
    ["list", 0, 1, [["star", 0, 1]]],
    ["dict", 0, 1, [[ONE]]],
    ["dict", 0, 1, [[ONE, ONE, ONE]]],
    ["dict", 0, 1, {"a": 1}],
    ["+", 0, 1, ONE],
    ["@", 0, 1, ONE, ONE],
    ["+=", 0, 1, X, ONE],
    ["compare", 0, 1, ONE, []],
    ["compare", 0, 1, ONE, [["=", ONE]]],
    ["compare", 0, 1, X, [["is", ONE]]],
    ["compare", 0, 1, X, [["is", X]]],
    ["and", 0, 1, []],
    ["and", 0, 1, [ONE]],
    ["if", 0, 1, ONE, ONE],
    ["slice", 0, 1, X, None, None],
    ["attr", 0, 1, X, "__class__"],
    ["attr", 0, 1, X, "_private"],
    ["attr", 0, 1, X, "gi_frame"],
    ["attr", 0, 1, X, "f_globals"],
    ["attr", 0, 1, X, "format"],
    ["attr", 0, 1, X, "mro"],
    ["attr", 0, 1, X, "a.b"],
    ["attr", 0, 1, X, 1],
    ["call", 0, 1, "eval", [ONE], []],
    ["call", 0, 1, "__import__", [ONE], []],
    ["call", 0, 1, "getattr", [X, ONE], []],
    ["call", 0, 1, "call_len", [X], []],
    ["call", 0, 1, X, [ONE], []],
    ["call", 0, 1, "len", [], []],
    ["call", 0, 1, "len", [X, X], []],
    ["call", 0, 1, "len", [X], [["obj", X]]],
    ["call", 0, 1, "len", X, []],
    ["call", 0, 1, "sorted", [X], [["key", ["function", 0, 1, "repr"]]]],
    ["call", 0, 1, "sorted", [X], [["key", X]]],
    ["call", 0, 1, "sorted", [X], [["reverse", ONE], ["reverse", ONE]]],
    ["call", 0, 1, "round", [ONE], [["number", ONE]]],
    ["call", 0, 1, "dict", [], [["a b", ONE]]],
    ["call", 0, 1, "isinstance", [X, ["function", 0, 1, "type"]], []],
    ["call", 0, 1, "isinstance", [X, X], []],
    ["function", 0, 1, "len"],
    ["method", 0, 1, X, "append", [ONE], []],
    ["method", 0, 1, X, "format", [], []],
    ["method", 0, 1, X, "__class__", [], []],
    ["method", 0, 1, X, "upper", [ONE], []],
    ["method", 0, 1, X, "split", [], [["nope", ONE]]],
    ["comp", 0, 1, "list", ONE, []],
    ["comp", 0, 1, "tuple", ONE, [["y", X, []]]],
    ["comp", 0, 1, "list", ONE, [["__y", X, []]]],
    ["comp", 0, 1, "list", ONE, [[["*", "a"], X, []], 1]],
    ["comp", 0, 1, "list", ONE, [[[["*", "a"], ["*", "b"]], X, []]]],
    ["comp", 0, 1, "list", ONE, [[["index", 0, 1, X, ONE], X, []]]],
    ["comp", 0, 1, "list", ["local", 0, 1, "z"], [["y", X, []]]],
    ["comp", 0, 1, "list", ["local", 0, 1, "z"], [["y", ["local", 0, 1, "z"], []], ["z", X, []]]],
    ["comp", 0, 1, "dict", ONE, [["y", X, []]]],
    ["comp", 0, 1, "list", ["call", 0, 1, "len", [X], []], [["len", X, []]]],
    ["fstring", 0, 1, [["value", 0, 1, ONE, "x", None]]],
    ["fstring", 0, 1, [["other", 0, 1, ONE, None, None]]],
    ["fstring", 0, 1, [1]],
    ["fstring", 0, 1, "text"],
]


class RefusedTrees(unittest.TestCase):
    def test_every_bad_node(self):
        for root in BAD_ROOTS:
            for tree in ({"v": 1, "root": root}, {"v": 1, "root": ["list", 0, 9, [root]]}):
                with self.subTest(root=root), self.assertRaises(TreeError) as caught:
                    compile_tree(tree)
                self.assertEqual("BadTree", caught.exception.kind)

    def test_the_frame(self):
        for tree in (None, [], {}, {"v": 2, "root": ONE}, {"v": 1}, "1", {"v": "1", "root": ONE}):
            with self.assertRaises(TreeError):
                compile_tree(tree)

    def test_the_place(self):
        with self.assertRaises(TreeError) as caught:
            compile_tree({"v": 1, "root": ["+", 0, 9, ONE, ["attr", 4, 9, X, "__dict__"]]})
        self.assertEqual((4, 9), (caught.exception.start, caught.exception.end))

    def test_size(self):
        deep = ONE
        for _ in range(400):
            deep = ["list", 0, 1, [deep]]
        with self.assertRaises(TreeError):
            compile_tree({"v": 1, "root": deep})
        with self.assertRaises(TreeError):
            compile_tree({"v": 1, "root": ["list", 0, 1, [ONE] * 500]})
        compile_tree({"v": 1, "root": ["list", 0, 1, [ONE] * 499]})
        for _ in range(100000):
            deep = [deep]
        with self.assertRaises(TreeError):
            compile_tree({"v": 1, "root": ["not", 0, 1, deep]})
        while len(deep) == 1:  # so that Python does not take it apart recursively
            deep = deep.pop()

    def test_a_long_chain(self):
        self.assertEqual(250, compile_tree(tree_of("+".join(["1"] * 250)))())
        self.assertEqual(1, compile_tree(tree_of(" and ".join(["x"] * 400)))(1))
        self.assertEqual(0.5, compile_tree(tree_of("x" + " * 2 / 2" * 100))(0.5))
        self.assertEqual("a" * 240, compile_tree(tree_of("+".join(["s"] * 240)))("a"))

    def test_mutated_trees_never_break_out(self):
        sources = [
            'cost > 100 and params[0]["user"].startswith("x")',
            "[a + 1 for a, *b in xs if a if not b]",
            'f"{x!r:>{n}}" + "%s" % (x,)',
            "sorted({k: v for k, v in d.items()}, key=len, reverse=True)[1:2]",
            "any(max(g) for g in [(y * 2 for y in xs)])",
        ]
        choice = random.Random(7)
        values = [None, 1, "x", "__class__", "len", "eval", [], {}, ["lit", 0, 1, 1], ["name", 0, 1, "x"], "gen"]
        values += [True, -1]
        compiled = refused = 0
        for _ in range(4000):
            tree = copy.deepcopy(tree_of(choice.choice(sources)))
            for _ in range(choice.choice((1, 1, 2))):
                part = tree["root"]
                while True:
                    at = choice.randrange(len(part)) if part else 0
                    if part and type(part[at]) is list and choice.random() < 0.8:
                        part = part[at]
                        continue
                    if part:
                        part[at] = choice.choice(values)
                    break
            try:
                guard = compile_tree(tree)
                compiled += 1
            except TreeError:
                refused += 1
                continue
            try:
                guard(*[[[1, 2], {"a": 1}] for _ in guard.names])
            except ExpressionError as error:
                self.assertNotIn(error.kind, ("SystemError", "AssertionError", "UnboundLocalError"), tree)
        self.assertGreater(refused, 1000)
        self.assertGreater(compiled, 100)


class Names(unittest.TestCase):
    def test_a_field_without_a_place_has_its_values(self):
        field = ["value", ["name", 3, 4, "x"], "r", [">5"]]
        guard = compile_tree({"v": 1, "root": ["fstring", 0, 9, ["<", field, ">"]]})
        self.assertEqual("<  'a'>", guard("a"))
        for part in (["value", 1, None, None], ["value", [], None, None], ["value", ["name"], None, None]):
            with self.assertRaises(TreeError):
                compile_tree({"v": 1, "root": ["fstring", 0, 9, [part]]})

    def test_order_of_first_use(self):
        guard = compile_tree(tree_of("b > a and [c for c in b if c in d] or a"))
        self.assertEqual(("b", "a", "d"), guard.names)
        self.assertEqual([1], guard([1], [0], [1]))

    def test_names_are_not_identifiers_of_the_code(self):
        names = ("type", "int", "_r_add", "None_", "guard", "Exception", "É", "class_")
        for name in names[:2] + names[3:]:
            guard = compile_tree({"v": 1, "root": ["+", 0, 1, ["name", 0, 1, name], ONE]})
            self.assertEqual(3, guard(2))
            self.assertNotIn(name, guard.__code__.co_varnames)

    def test_known_types(self):
        known = {"cost": float, "args": tuple, "nope": Limits}
        guard = compile_tree(tree_of("cost > 100 and len(args) > 1"), known=known)
        self.assertIs(True, guard(120.5, (1, 2)))

    def test_condition(self):
        self.assertIs(True, compile_tree(tree_of("x and y"), condition=True)(1, "a"))
        self.assertIs(False, compile_tree(tree_of("x and y"), condition=True)(1, ""))
        self.assertIs(True, compile_tree(tree_of("x"), condition=True)(object()))


if __name__ == "__main__":
    unittest.main()
