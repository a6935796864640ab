"""Guards: the names they may use, what is refused, and what happens when they fail."""

import unittest

from .inprocess import Watching, module
from .shop import outcome, shop


class GuardTests(unittest.TestCase):
    def seen(self, pattern, guard, code, **params):
        space = shop()
        with Watching(pattern, guard, **params) as watching:
            outcome(space, code)
        return len(watching.observations)

    def test_names(self):
        cases = [
            ("shop.plain", "a == 1", "plain(1)", 1),
            ("shop.plain", "a == 2", "plain(1)", 0),
            ("shop.plain", "args[0] == 1 and params[1] == 2", "plain(1)", 1),
            ("shop.plain", "len(args) == 2", "plain(1)", 1),
            ("shop.plain", "arg.a == 1 and arg.b == 2", "plain(1)", 1),
            ("shop.plain", "result == 3", "plain(1)", 1),
            ("shop.plain", "result == 3 and a == 1 and cost < 1000", "plain(1)", 1),
            ("shop.plain", "error is None", "plain(1)", 1),
            ("shop.plain", "error is None", "plain(1, 'x')", 0),
            ("shop.plain", "error is not None", "plain(1, 'x')", 1),
            ("shop.plain", "thread == 'MainThread'", "plain(1)", 1),
            ("shop.plain", "func == 'shop.plain'", "plain(1)", 1),
            ("shop.plain", "ts > 1e9", "plain(1)", 1),
            ("shop.everything", "c == 3 and d == 4", "everything(1, c=3)", 1),
            ("shop.everything", "kwargs['c'] == 3 and kwargs['z'] == 9", "everything(1, c=3, z=9)", 1),
            ("shop.everything", "len(rest) == 2 and rest[1] == 4", "everything(1, 2, 3, 4, c=3)", 1),
            ("shop.everything", "len(args) == 4", "everything(1, 2, 3, 4, c=3)", 1),
            ("shop.everything", "more['z'] == 1", "everything(1, c=2, z=1)", 1),
            ("shop.Cart.add", "self.total == 5", "Cart(5).add(1)", 1),
            ("shop.Cart.add", "self.rate == 2", "Cart(5).add(1)", 1),
            ("shop.Cart.add", "n == 1 and args[0] == 1", "Cart(5).add(1)", 1),
            ("shop.Cart.double", "n == 1 and args[0] == 1", "Cart(5).double(1)", 1),
            ("shop.decorated", "user == 'bob' and amount == 1", "decorated('bob')", 1),
            ("shop.decorated", "user == 'bob' and amount == 3", "decorated('bob', 3)", 1),
            ("shop.decorated", "user == 'bob' and amount == 3", "decorated(amount=3, user='bob')", 1),
            ("shop.Cart.wrapped_method", "n == 2 and self.total == 1 and args[0] == 2 and scale == 3", "Cart(1).wrapped_method(2)", 1),
            ("shop.Cart.wrapped_method", "unit == 'usd' and arg.n == 2", "Cart(1).wrapped_method(n=2, unit='usd')", 1),
            ("shop.coroutine", "n == 4 and result == 8", "run(coroutine(4))", 1),
            ("shop.generator", "n == 3", "list(generator(3))", 1),
            ("shop.asyncgen", "n == 3 and cost >= 0", "run(collect(asyncgen(3)))", 1),
            ("shop.Cart.*", "n == 1", "[Cart(5).add(1), Cart.double(1), Cart(1).greet()]", 2),
        ]
        for pattern, guard, code, count in cases:
            with self.subTest(pattern=pattern, guard=guard, code=code):
                self.assertEqual(self.seen(pattern, guard, code), count)

    def test_reserved_names_are_parameters_by_arg(self):
        space = module("def pay(cost, func, result):\n    return cost\n", "till")
        with Watching("till.pay", "arg.cost == 5 and arg.func == 'f' and cost < 1000 and arg.result == 9") as watching:
            space.pay(5, "f", 9)
            space.pay(6, "f", 9)
        self.assertEqual([item["arg"]["cost"] for item in watching.observations], [5])

    def test_an_unknown_name_is_refused_with_its_place(self):
        from sonde_agent.errors import AgentError

        shop()
        cases = [
            ("shop.plain", "cost > 1 and parms[0] == 1", 13, 18, "params"),
            ("shop.plain", "self.x == 1", 0, 4, "methods"),
            ("shop.plain", "arg.z == 1", 0, 5, None),
        ]
        for pattern, guard, start, end, hint in cases:
            with self.assertRaises(AgentError, msg=guard) as caught:
                Watching(pattern, guard).start()
            error = caught.exception
            self.assertEqual((error.kind, error.start, error.end), ("UnknownName", start, end), guard)
            if hint is not None:
                self.assertIn(hint, error.hint)

    def test_a_guard_that_is_no_tree_is_refused(self):
        from sonde_agent.errors import AgentError

        shop()
        for tree in [{}, [], "cost > 1", {"v": 1, "root": ["name", 0, 1, "__class__"]}, {"v": 1, "root": ["exec", 0, 1]}]:
            watching = Watching("shop.plain")
            watching.request.params["condition"] = tree
            with self.assertRaises(AgentError, msg=tree) as caught:
                watching.start()
            self.assertEqual(caught.exception.kind, "BadTree", tree)

    def test_a_guard_changes_nothing(self):
        space = module("import collections\ndef take(d):\n    return len(d)\nD = collections.defaultdict(list)\n")
        with Watching("shop.take", "d['missing'] == 1") as watching:
            self.assertEqual(space.take(space.D), 0)
        self.assertEqual(watching.probe.guard_errors.value, 1)
        self.assertEqual(dict(space.D), {})


if __name__ == "__main__":
    unittest.main()
