"""Hard cases for every kind of probe: what the program does is the same, and what was seen is bounded and quick."""

import sys
import time
import unittest

from .inprocess import FakeAgent, Watching, module
from .shop import outcome
from .target import Target
from .test_calls import snapshot

COMMANDS = [
    ("watch", {}), ("watch", {"expand": 5}), ("watch", {"on": ["enter", "return", "error"]}), ("stack", {}),
    ("monitor", {}), ("trace", {}), ("tt", {}),
]

SOURCE = """
import dataclasses, functools, pickle, time

class Raises:
    def __repr__(self):
        raise RuntimeError("no")
    __str__ = __hash__ = __eq__ = __len__ = __bool__ = __iter__ = __getattr__ = __repr__

class Blocks:
    def __repr__(self):
        time.sleep(60)
        return "late"
    __str__ = __repr__

class Recursive:
    def __init__(self):
        self.me = self
        self.list = [self]
        self.list.append(self.list)
    def __repr__(self):
        return repr(self)

class Lies:
    @property
    def __class__(self):
        raise RuntimeError("no class")
    @property
    def __dict__(self):
        raise RuntimeError("no dict")

class Meta(type):
    def __getattribute__(cls, name):
        raise RuntimeError("meta")
    def __instancecheck__(cls, other):
        raise RuntimeError("meta")
    def __subclasscheck__(cls, other):
        raise RuntimeError("meta")
    def __hash__(cls):
        raise RuntimeError("meta")
    def __eq__(cls, other):
        raise RuntimeError("meta")
    def __repr__(cls):
        raise RuntimeError("meta")

class Misbehaves(metaclass=Meta):
    def run(self, n=1):
        return n

@dataclasses.dataclass
class Item:
    name: str
    count: int = 1
    def total(self):
        return self.count

@dataclasses.dataclass(frozen=True)
class Frozen:
    name: str
    def shout(self):
        return self.name.upper()

class Slots:
    __slots__ = ("a",)
    def get(self):
        return self.a

def take(*args, **kwargs):
    return len(args), len(kwargs)

def give(value):
    return value

def grow(items):
    result = []
    give(result)
    return result

class Base:
    def hello(self):
        return ["base"]
class Left(Base):
    def hello(self):
        return ["left"] + super().hello()
class Right(Base):
    def hello(self):
        return ["right"] + super().hello()
class Both(Left, Right):
    def hello(self):
        return ["both"] + super().hello()

SLOTS = Slots()
SLOTS.a = 3
BOTH = Both()
HUGE = "x" * 100_000_000
MANY = {"name%d" % n: n for n in range(10000)}
CELL = [0]

def later(callback):
    return callback(2)

partial_of_partial = functools.partial(functools.partial(take, 1), 2, key=3)
"""

# pattern, code
CASES = [
    ("shop.give", "type(give(Raises())).__name__"),
    ("shop.give", "type(give(Blocks())).__name__"),
    ("shop.give", "type(give(Recursive())).__name__"),
    ("shop.give", "type(give(Lies())).__name__"),
    ("shop.give", "len(give(HUGE))"),
    ("shop.give", "len(give([HUGE] * 1000))"),
    ("shop.give", "give(Misbehaves) is Misbehaves"),
    ("shop.give", "len(give([Raises(), Lies(), Recursive()]))"),
    ("shop.give", "later(give)"),
    ("shop.give", "list(map(give, [1, 2]))"),
    ("shop.grow", "(lambda made: (made.append(1), made)[1])(grow([]))"),
    ("shop.take", "take(**MANY)"),
    ("shop.take", "take(*range(10000))"),
    ("shop.partial_of_partial", "partial_of_partial(4, other=5)"),
    ("shop.Item.total", "Item('a', 3).total()"),
    ("shop.Item.__init__", "Item('a', 3)"),
    ("shop.Item.__eq__", "Item('a') == Item('a')"),
    ("shop.Frozen.shout", "Frozen('a').shout()"),
    ("shop.Slots.get", "SLOTS.get()"),
    ("shop.Misbehaves.run", "object.__new__(Misbehaves).run(3)"),
    ("shop.*.hello", "BOTH.hello()"),
    ("shop.Base.hello", "BOTH.hello()"),
    ("shop.give", "pickle.loads(pickle.dumps(give))(4)"),
]


class HardCaseTests(unittest.TestCase):
    def test_the_program_sees_no_difference(self):
        untouched = module(SOURCE)
        for pattern, code in CASES:
            expected = outcome(untouched, code)
            for command, params in COMMANDS:
                with self.subTest(pattern=pattern, code=code, command=command, params=params):
                    space = sys.modules["shop"]
                    before = snapshot(space)
                    began = time.monotonic()
                    with Watching(pattern, command=command, **params) as watching:
                        found = outcome(space, code)
                    self.assertEqual(found, expected)
                    self.assertEqual(snapshot(space), before)
                    self.assertLess(time.monotonic() - began, 10)
                    self.assertNotEqual(watching.observations, [])
                    self.assertEqual(watching.probe.dropped, 0)
                    self.assertLess(max(len(repr(item)) for item in watching.observations), 1000000)

    def test_a_result_is_as_it_was_when_it_was_returned(self):
        space = module(SOURCE)
        with Watching("shop.grow") as watching:
            space.grow([]).append(1)
        self.assertEqual(watching.observations[0]["result"], [])

    def test_all_kinds_on_one_function_in_any_order(self):
        space = module(SOURCE)
        before = snapshot(space)
        for turn in range(len(COMMANDS)):
            agent = FakeAgent()
            order = COMMANDS[turn:] + COMMANDS[:turn]
            probes = [Watching("shop.Both.hello", agent=agent, command=name, **params).start() for name, params in order]
            self.assertEqual(space.BOTH.hello(), ["both", "left", "right", "base"])
            for probe in probes[1::2] + probes[::2]:
                probe.stop()
                self.assertEqual(space.BOTH.hello(), ["both", "left", "right", "base"])
            for probe in probes:
                self.assertNotEqual(probe.observations, [], probe.request.command)
            self.assertEqual(snapshot(space), before)


class ProcessTests(unittest.TestCase):
    def test_workers_and_threads_that_die(self):
        source = """
            import multiprocessing, threading, sys

            def give(n):
                return n

            def work(n):
                return give(n) + 1

            def pool(method):
                context = multiprocessing.get_context(method)
                with context.Pool(2) as workers:
                    return workers.map(work, [1, 2, 3])

            def dying():
                def end():
                    give(1)
                    raise SystemExit
                threads = [threading.Thread(target=end) for _ in range(50)]
                for thread in threads:
                    thread.start()
                for thread in threads:
                    thread.join()
        """
        for command in ("watch", "monitor", "trace", "tt"):
            with self.subTest(command=command), Target(source) as target:
                client = target.client()
                request = client.send(command, {"pattern": "shop.give", "every": 3600})
                client.reply(request)
                self.assertEqual(target.eval("pool('fork')"), [2, 3, 4])
                target.run("dying()")
                client.request("cancel", {"id": request})
                observations, stop = client.stream()
                calls = observations[0]["calls"] if command == "monitor" else len(observations)
                self.assertEqual(calls, 50)
                self.assertEqual(stop["dropped"], 0)
                self.assertEqual(target.errors(), "")


if __name__ == "__main__":
    unittest.main()
