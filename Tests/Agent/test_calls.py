"""What a watched function may notice: nothing. Functions of every kind, compared with and without a probe."""

import inspect
import pickle
import unittest

from .inprocess import Watching
from .shop import outcome, shop

from sonde_agent import reading

# pattern, code to run, observations as (func, args, result), or None where they are not compared
CALLS = [
    ("shop.plain", "plain(1)", [("shop.plain", [1, 2], 3)]),
    ("shop:plain", "plain(b=5, a=1)", [("shop.plain", [1, 5], 6)]),
    ("shop.plain", "handler(1, 1)", [("shop.plain", [1, 1], 2)]),
    ("shop.plain", "list(map(plain, [1, 2], [3, 4]))", [("shop.plain", [1, 3], 4), ("shop.plain", [2, 4], 6)]),
    ("shop.plain", "sorted([3, 1], key=plain)", [("shop.plain", [3, 2], 5), ("shop.plain", [1, 2], 3)]),
    ("shop.annotated", "annotated(2, b='z')", [("shop.annotated", [2], "zz")]),
    ("shop.everything", "everything(1, c=3)", [("shop.everything", [1, 2], None)]),
    ("shop.everything", "everything(1, 2, 3, 4, c=5, z=6)", [("shop.everything", [1, 2, 3, 4], None)]),
    ("shop.positional", "positional(1, a=5, b=6, d=7)", [("shop.positional", [1, 2, 3], None)]),
    ("shop.nothing", "nothing()", [("shop.nothing", [], None)]),
    ("shop.local_names", "local_names(1)", [("shop.local_names", [1], None)]),
    ("shop.step", "[step(), step(5), step.__closure__[0].cell_contents]", None),
    ("shop.recursive", "recursive(5)", [("shop.recursive", [n], None) for n in range(6)]),
    ("shop.generator", "list(generator(3))", [("shop.generator", [3], [None, None, None])]),
    ("shop.delegating", "drive(delegating(2), 'a', 'b')", [("shop.delegating", [2], ["a", "b"])]),
    ("shop.generator", "drive(delegating(2), 'a', 'b')", [("shop.generator", [2], ["a", "b"])]),
    ("shop.catching", "thrown(catching())", None),
    ("shop.coroutine", "run(coroutine(4))", [("shop.coroutine", [4], 8)]),
    ("shop.pause", "run(coroutine(4))", [("shop.pause", [], None)]),
    ("shop.asyncgen", "run(collect(asyncgen(3)))", [("shop.asyncgen", [3], None)]),
    ("shop.asyncgen", "run(sending(asyncgen(3)))", None),
    ("shop.asyncgen", "run(breaking(asyncgen(3)))", None),
    ("shop.decorated", "decorated('bob', amount=3)", [("shop.decorated", ["bob"], None)]),
    ("shop.cached", "[cached(1), cached(1), cached(2), cached.cache_info().hits]", None),
    ("shop.part", "part(b=4)", [("shop.part", [1, 4], 5)]),
    ("shop.Cart.add", "Cart(1).add(2)", [("shop.Cart.add", [2], 3)]),
    ("shop.Cart.add", "bound(0)", [("shop.Cart.add", [0], 10)]),
    ("shop.Cart.greet", "Cart().greet()", [("shop.Cart.greet", [], "base+cart")]),
    ("shop.Base.greet", "Cart().greet()", [("shop.Base.greet", [], "base")]),
    ("shop.Wide.add", "Wide(1).add(2)", [("shop.Wide.add", [2], 3)]),
    ("shop.Base.named", "[Cart.named(), Wide().named(), Base.named()]", None),
    ("shop.Cart.make", "[type(Wide.make(3)).__name__, Cart.make(4).total]", None),
    ("shop.Cart.double", "[Cart.double(2), Cart().double(3)]", [("shop.Cart.double", [2], 4), ("shop.Cart.double", [3], 6)]),
    ("shop.Cart.doubled", "Cart(4).doubled", [("shop.Cart.doubled", [], 8)]),
    ("shop.Cart.doubled", "setattr(CART, 'doubled', 2)", []),
    ("shop.Cart.__init__", "Cart(7).total", [("shop.Cart.__init__", [7], None)]),
    ("shop.Cart.__call__", "Cart(1)(2)", [("shop.Cart.__call__", [2], 3)]),
    ("shop.CART", "CART(2)", None),
    ("shop.CART.add", "CART.add(0)", None),
    ("shop.bound", "bound(0)", [("shop.bound", [0], 10)]),
    ("shop.Cart.slow", "Cart(1).slow(2)", [("shop.Cart.slow", [2], 2)]),
    ("shop.Cart.wrapped_method", "Cart(1).wrapped_method(2)", [("shop.Cart.wrapped_method", [2], 7)]),
    ("shop.Cart._Cart__private", "Cart().open()", [("shop.Cart._Cart__private", [], "private")]),
    ("shop.Slotted.get", "Slotted(5).get()", [("shop.Slotted.get", [], 5)]),
    ("shop.Abstract.run", "Concrete().run()", [("shop.Abstract.run", [], "abstract")]),
    ("shop.Concrete.run", "Concrete().run()", [("shop.Concrete.run", [], "abstract!")]),
]


def snapshot(space):
    """Everything of the module that a probe might leave changed."""
    seen = []

    def add(path, value):
        # Nothing is asked of the values themselves: the module may hold odd ones.
        if type(value) in (staticmethod, classmethod):
            seen.append((path, type(value).__name__, id(value)))
            value = value.__func__
        if type(value) is type(snapshot):
            seen.append((path, id(value), id(value.__code__), value.__defaults__, value.__kwdefaults__, value.__doc__))
            seen.append((path, value.__name__, value.__qualname__, value.__module__, sorted(value.__dict__), value.__closure__))
        elif reading.is_class(value) and reading.class_dict(value).get("__module__") == "shop":
            for name, member in sorted(reading.class_dict(value).items()):
                add(path + "." + name, member)
        else:
            seen.append((path, id(value)))

    for name, value in sorted(vars(space).items()):
        add(name, value)
    return seen


class CallTests(unittest.TestCase):
    maxDiff = None

    def test_calls_do_the_same_and_are_seen(self):
        for pattern, code, expected in CALLS:
            for guard in (None, "cost >= 0", "thread != ''"):
                with self.subTest(pattern=pattern, code=code, guard=guard):
                    untouched = outcome(shop(), code)
                    space = shop()
                    before = snapshot(space)
                    with Watching(pattern, guard, expand=3) as watching:
                        self.assertEqual(outcome(space, code), untouched)
                    self.assertEqual(snapshot(space), before)
                    self.assertEqual(len(watching.agent.hooks), 0)
                    seen = [(item["func_name"], item["args"]) for item in watching.observations]
                    if expected is None:
                        self.assertNotEqual(seen, [])
                        continue
                    self.assertEqual(sorted(seen, key=repr), sorted([item[:2] for item in expected], key=repr))
                    for item, (_, _, result) in zip(watching.observations, expected):
                        if result is not None:
                            self.assertEqual(item["result"], result)
                        self.assertIsNone(item["error"])
                        self.assertGreaterEqual(item["duration_ms"], 0)

    def test_a_false_guard_shows_nothing_and_changes_nothing(self):
        for pattern, code, _ in CALLS:
            for guard in ("cost > 1e9", "func == 'x'"):
                with self.subTest(pattern=pattern, code=code, guard=guard):
                    untouched = outcome(shop(), code)
                    space = shop()
                    before = snapshot(space)
                    with Watching(pattern, guard) as watching:
                        self.assertEqual(outcome(space, code), untouched)
                    self.assertEqual(snapshot(space), before)
                    self.assertEqual(watching.observations, [])

    def test_a_monitored_call_does_the_same_and_is_counted(self):
        for pattern, code, expected in CALLS:
            for guard in (None, "cost >= 0", "thread != ''", "cost > 1e9"):
                with self.subTest(pattern=pattern, code=code, guard=guard):
                    untouched = outcome(shop(), code)
                    space = shop()
                    before = snapshot(space)
                    with Watching(pattern, guard, command="monitor") as watching:
                        self.assertEqual(outcome(space, code), untouched)
                    self.assertEqual(snapshot(space), before)
                    calls = sum(item["calls"] for item in watching.observations)
                    if guard == "cost > 1e9":
                        self.assertEqual(calls, 0)
                    elif expected is not None:
                        self.assertEqual(calls, len(expected))
                    else:
                        self.assertGreater(calls, 0)

    def test_what_the_function_looks_like(self):
        for pattern, function in [
            ("shop.plain", lambda space: space.plain),
            ("shop.annotated", lambda space: space.annotated),
            ("shop.everything", lambda space: space.everything),
            ("shop.positional", lambda space: space.positional),
            ("shop.step", lambda space: space.step),
            ("shop.generator", lambda space: space.generator),
            ("shop.coroutine", lambda space: space.coroutine),
            ("shop.asyncgen", lambda space: space.asyncgen),
            ("shop.pause", lambda space: space.pause),
            ("shop.Cart.greet", lambda space: space.Cart.greet),
        ]:
            with self.subTest(pattern=pattern):
                space = shop()

                def look():
                    value = function(space)
                    code = value.__code__
                    return [
                        id(value),
                        str(inspect.signature(value)),
                        inspect.getdoc(value),
                        inspect.iscoroutinefunction(value),
                        inspect.isgeneratorfunction(value),
                        inspect.isasyncgenfunction(value),
                        inspect.isawaitable(value),
                        code.co_name,
                        code.co_filename,
                        code.co_firstlineno,
                        code.co_argcount,
                        code.co_posonlyargcount,
                        code.co_kwonlyargcount,
                        code.co_freevars,
                        code.co_flags & 0x3FF & ~0x40,
                        code.co_varnames[: len(inspect.signature(value).parameters)],
                        getattr(code, "co_qualname", None),
                        value.__closure__ and [cell.cell_contents for cell in value.__closure__],
                    ]

                before = look()
                with Watching(pattern) as _:
                    self.assertEqual(look(), before)

    def test_parameters_behind_a_decorator_are_shown_by_name(self):
        cases = [
            ("decorated('bob')", "shop.decorated", {"user": "bob", "amount": 1}),
            ("decorated(amount=4, user='bob')", "shop.decorated", {"user": "bob", "amount": 4}),
            ("Cart(1).wrapped_method(2, unit='usd')", "shop.Cart.wrapped_method", {"n": 2, "scale": 3, "unit": "usd"}),
        ]
        for code, pattern, expected in cases:
            space = shop()
            with Watching(pattern) as watching:
                outcome(space, code)
            named = watching.observations[0]["arg"]
            self.assertEqual({name: named.get(name) for name in expected}, expected)
            self.assertEqual(set(expected) - set(watching.data["params"]), set())

    def test_a_function_is_pickled_by_name(self):
        space = shop()
        with Watching("shop.plain"):
            self.assertIs(pickle.loads(pickle.dumps(space.plain)), space.plain)

    def test_a_wrong_call_gives_the_same_error(self):
        for code in ["plain()", "plain(1, 2, 3)", "plain(x=1)", "everything(1)", "positional(a=1)", "Cart().add()"]:
            pattern = "shop." + code.partition("(")[0].replace("()", "") if "." not in code else "shop.Cart.add"
            with self.subTest(code=code):
                untouched = outcome(shop(), code)
                space = shop()
                with Watching(pattern) as watching:
                    self.assertEqual(outcome(space, code), untouched)
                self.assertEqual(watching.observations, [])


if __name__ == "__main__":
    unittest.main()
