"""`trace`: trees of calls."""

import asyncio
import sys
import traceback
import unittest

from .inprocess import FakeAgent, Watching, module
from .shop import outcome

HAS_MONITORING = sys.version_info >= (3, 12)

SOURCE = """
import asyncio, functools, threading

class Cart:
    def __init__(self, n):
        self.n = n
    @property
    def total(self):
        return helper(self.n)
    def __add__(self, other):
        return Cart(self.n + other.n)
    def plain(self):
        return helper(self.n)
    @staticmethod
    def still():
        return helper(0)
    @classmethod
    def made(cls):
        return helper(1)
    def __call__(self):
        return helper(2)

@functools.lru_cache(maxsize=None)
def cached(n):
    return helper(n)

part = functools.partial(Cart.plain, Cart(1))

def helper(n):
    return n

def fails():
    raise ValueError("x")

def gen(n):
    for i in range(n):
        yield helper(i)

def root(what):
    return what()

def ten():
    for i in range(10):
        helper(i)

def catches():
    try:
        fails()
    except ValueError:
        return helper(1)

def nested():
    return [helper(i) for i in range(2)] + list(map(lambda n: helper(n), [1]))

def sorts():
    return sorted([3, 1, 2], key=lambda n: helper(n))

def rec(n):
    return 1 if n == 0 else rec(n - 1)

def deep(n):
    return helper(n) if n == 0 else deep(n - 1)

def leaves_open():
    generator = gen(3)
    next(generator)
    return generator

def throws():
    generator = gen(3)
    next(generator)
    try:
        generator.throw(KeyError("k"))
    except KeyError:
        pass
    helper(1)

def closes():
    generator = gen(3)
    next(generator)
    generator.close()
    helper(1)

async def inner(n):
    await asyncio.sleep(0)
    return helper(n)

async def coroutine(n):
    await asyncio.sleep(0.02)
    await inner(n)
    return n

async def failing():
    await asyncio.sleep(0)
    raise KeyError("lost")

async def many(n):
    return await asyncio.gather(*[coroutine(i) for i in range(n)])

def odd(n):
    return helper(n)
"""


def run(coroutine):
    loop = asyncio.new_event_loop()
    try:
        return loop.run_until_complete(coroutine)
    finally:
        loop.close()


def shape(observation):
    """The tree as nested lists: [function, calls, children...]."""
    rows = []
    path = []
    for row in observation["tree"]:
        entry = [row["func"].rpartition(".")[2], row["calls"]]
        del path[row["depth"] :]
        (path[-1] if path else rows).append(entry)
        path.append(entry)
    return rows[0]


class TreeTests(unittest.TestCase):
    maxDiff = None

    def test_trees(self):
        help1 = ["helper", 1]
        cases = [
            ("root(ten)", [["ten", 1, ["helper", 10]]]),
            ("root(Cart(1).plain)", [["plain", 1, help1]]),
            ("root(Cart.still)", [["still", 1, help1]]),
            ("root(Cart.made)", [["made", 1, help1]]),
            ("root(Cart(1))", [["__call__", 1, help1]]),
            ("root(part)", [["plain", 1, help1]]),
            ("[cached.cache_clear(), root(lambda: cached(1))]", None),
            ("root(lambda: Cart(1) + Cart(2))", [["<lambda>", 1, ["__init__", 2], ["__add__", 1, ["__init__", 1]]]]),
            ("root(lambda: Cart(1).total)", [["<lambda>", 1, ["__init__", 1], ["total", 1, help1]]]),
            ("root(catches)", [["catches", 1, ["fails", 1], help1]]),
            ("root(sorts)", [["sorts", 1, ["<lambda>", 3, ["helper", 3]]]]),
            ("root(lambda: rec(3))", [["<lambda>", 1, ["rec", 1, ["rec", 1, ["rec", 1, ["rec", 1]]]]]]),
            ("root(lambda: list(gen(3)))", [["<lambda>", 1, ["gen", 1, ["helper", 3]]]]),
            ("root(lambda: sum(gen(3)))", [["<lambda>", 1, ["gen", 1, ["helper", 3]]]]),
            ("root(leaves_open)", [["leaves_open", 1, ["gen", 1, help1]]]),
            ("root(throws)", [["throws", 1, ["gen", 1, help1], help1]]),
            ("root(closes)", [["closes", 1, ["gen", 1, help1], help1]]),
        ]
        for code, expected in cases:
            for again in range(2):
                with self.subTest(code=code, again=again):
                    space = module(SOURCE)
                    with Watching("shop.root", command="trace") as watching:
                        outcome(space, code)
                    observation, = watching.observations
                    self.assertIsNone(observation["error"])
                    if expected is not None:
                        self.assertEqual(shape(observation), ["root", 1] + expected)
                    self.assertEqual(observation["left_out"], 0)

    def test_times_add_up(self):
        space = module(SOURCE + "\nimport time\ndef rests():\n    time.sleep(0.02)\n    naps()\ndef naps():\n    time.sleep(0.03)\n")
        with Watching("shop.rests", command="trace") as watching:
            space.rests()
        observation, = watching.observations
        rests, naps = observation["tree"]
        self.assertGreaterEqual(rests["ms"], 50)
        self.assertGreaterEqual(rests["own_ms"], 20)
        self.assertGreaterEqual(naps["ms"], 30)
        self.assertAlmostEqual(rests["own_ms"] + naps["ms"], rests["ms"], places=6)
        self.assertEqual(rests["share"], 100)
        self.assertAlmostEqual(naps["share"], 100 * naps["ms"] / rests["ms"], delta=0.1)
        self.assertAlmostEqual(observation["duration_ms"], rests["ms"], delta=5)

    def test_errors(self):
        space = module(SOURCE)
        with Watching("shop.root", command="trace") as watching:
            try:
                space.root(space.fails)
            except ValueError as error:
                names = [entry.name for entry in traceback.extract_tb(error.__traceback__)]
        observation, = watching.observations
        self.assertEqual(observation["error"]["$type"], "ValueError")
        self.assertEqual(shape(observation), ["root", 1, ["fails", 1]])
        self.assertEqual(names[-2:], ["root", "fails"])
        if HAS_MONITORING:
            self.assertEqual([row["errors"] for row in observation["tree"]], [0, 1])

    def test_depth_min_and_guard(self):
        space = module(SOURCE)
        with Watching("shop.root", command="trace", depth=1) as watching:
            space.root(space.ten)
        self.assertEqual(shape(watching.observations[0]), ["root", 1, ["ten", 1]])
        for guard, least, count in [
            (None, 1000, 0), ("cost > 1000", 0, 0), ("cost >= 0", 0, 1), ("func == 'x'", 0, 0), ("func != 'x'", 0, 1),
            ("error is None", 0, 1), ("result == 1", 0, 0), ("result.nothing", 0, 0),
        ]:
            with Watching("shop.root", guard, command="trace", min=least) as watching:
                space.root(space.ten)
            self.assertEqual(len(watching.observations), count, guard)

    def test_the_number_of_nodes_is_bounded(self):
        lines = ["def f%d(n):\n    return n" % n for n in range(700)]
        lines.append("def root():\n    return " + "+".join("f%d(1)" % n for n in range(700)))
        space = module("\n".join(lines))
        with Watching("shop.root", command="trace") as watching:
            self.assertEqual(space.root(), 700)
        observation, = watching.observations
        self.assertEqual(len(observation["tree"]), 500)
        self.assertEqual(observation["left_out"], 201)

    def test_the_standard_library_is_left_out_on_demand(self):
        space = module("import json\ndef root(n):\n    return json.dumps({'a': helper(n)}, default=helper)\ndef helper(n):\n    return 1\n")
        for skip in (False, True):
            with Watching("shop.root", command="trace", skip_stdlib=skip) as watching:
                space.root(1)
            names = {row["func"] for row in watching.observations[0]["tree"]}
            self.assertEqual("json.dumps" in names, not skip)
            self.assertIn("shop.helper", names)

    def test_recursion_of_the_traced_function(self):
        space = module(SOURCE)
        with Watching("shop.rec", command="trace") as watching:
            space.rec(3)
        self.assertEqual(len(watching.observations), 1)
        self.assertEqual(shape(watching.observations[0]), ["rec", 1, ["rec", 1, ["rec", 1, ["rec", 1]]]])

    def test_two_traces_at_once_and_probes_inside(self):
        space = module(SOURCE)
        agent = FakeAgent()
        with Watching("shop.root", agent=agent, command="trace") as outer:
            with Watching("shop.ten", agent=agent, command="trace") as inner:
                with Watching("shop.helper", agent=agent) as watched, Watching("shop.root", agent=agent) as also:
                    space.root(space.ten)
        for watching in (inner, outer):
            # The tests' own session, which is no part of the agent.
            tree = watching.observations[0]["tree"]
            tree[:] = [row for row in tree if row["func"].rpartition(".")[2] != "push_observation"]
        self.assertEqual(shape(inner.observations[0]), ["ten", 1, ["helper", 10]])
        self.assertEqual(shape(outer.observations[0]), ["root", 1, ["ten", 1, ["helper", 10]]])
        self.assertEqual((len(watched.observations), len(also.observations)), (10, 1))
        self.assertTrue(is_clean())


def is_clean():
    """Whether the interpreter's events and profilers are as they were."""
    if HAS_MONITORING:
        return not any(sys.monitoring.get_tool(number) == "sonde" for number in range(6))
    return sys.getprofile() is None


class CoroutineTests(unittest.TestCase):
    def test_a_coroutine(self):
        space = module(SOURCE)
        with Watching("shop.coroutine", command="trace", skip_stdlib=True) as watching:
            self.assertEqual(run(space.coroutine(5)), 5)
        observation, = watching.observations
        self.assertEqual(shape(observation), ["coroutine", 1, ["inner", 1, ["helper", 1]]])
        self.assertGreaterEqual(observation["duration_ms"], 20)
        self.assertLess(observation["running_ms"], 15)

    def test_coroutines_that_take_turns_have_trees_of_their_own(self):
        space = module(SOURCE)
        with Watching("shop.coroutine", command="trace", skip_stdlib=True) as watching:
            self.assertEqual(run(space.many(20)), list(range(20)))
        self.assertEqual(len(watching.observations), 20)
        for observation in watching.observations:
            self.assertEqual(shape(observation), ["coroutine", 1, ["inner", 1, ["helper", 1]]])

    def test_an_error_keeps_its_traceback(self):
        space = module(SOURCE)

        def names():
            try:
                run(space.failing())
            except KeyError as error:
                return [entry.name for entry in traceback.extract_tb(error.__traceback__)][-2:]

        plain = names()
        with Watching("shop.failing", command="trace") as watching:
            seen = names()
        self.assertEqual(seen if HAS_MONITORING or sys.version_info >= (3, 11) else seen[-1:], plain if sys.version_info >= (3, 11) else plain[-1:])
        self.assertNotIn("send", seen)
        self.assertEqual(watching.observations[0]["error"]["$type"], "KeyError")


if __name__ == "__main__":
    unittest.main()
