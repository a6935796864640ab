"""Capture: what every kind of value becomes, and that nothing of the target's is run."""

import collections
import dataclasses
import datetime
import decimal
import enum
import pathlib
import time
import types
import unittest
import uuid

from . import bundle  # noqa: F401 - puts the agent on the path

from sonde_agent import capture as capturing
from sonde_agent.capture import capture
from sonde_agent.jsontext import decode, encode


class Color(enum.Enum):
    RED = 1


class Level(enum.IntEnum):
    LOW = 1


class Text(str):
    def __str__(self):
        raise RuntimeError("str")

    __repr__ = __len__ = __iter__ = __getitem__ = __str__


class Number(int):
    def __repr__(self):
        raise RuntimeError("repr")

    __index__ = __int__ = __neg__ = __pos__ = __repr__


class Items(list):
    def __iter__(self):
        raise RuntimeError("iter")

    __len__ = __getitem__ = __iter__


class Mapping(dict):
    def __iter__(self):
        raise RuntimeError("iter")

    items = keys = __len__ = __getitem__ = __missing__ = __iter__


Point = collections.namedtuple("Point", "x y")


@dataclasses.dataclass
class Line:
    product: str
    price: float
    tags: list


class Slotted:
    __slots__ = ("x", "unset")

    def __init__(self):
        self.x = 1


class Plain:
    kind = "class data"

    def __init__(self):
        self.total = 3
        self._hidden = 4

    @property
    def computed(self):
        raise RuntimeError("a property ran")

    def __getattr__(self, name):
        raise RuntimeError("__getattr__ ran")

    def __repr__(self):
        raise RuntimeError("__repr__ ran")

    def __eq__(self, other):
        raise RuntimeError("__eq__ ran")

    __hash__ = None


class Liar:
    """Claims to be something else, and has a property where its dict should be."""

    @property
    def __class__(self):
        raise RuntimeError("__class__ ran")

    @property
    def __dict__(self):
        raise RuntimeError("__dict__ ran")

    def __getattribute__(self, name):
        raise RuntimeError("__getattribute__ ran")


class Meta(type):
    def __getattribute__(cls, name):
        raise RuntimeError("the metaclass ran")

    def __instancecheck__(cls, other):
        raise RuntimeError("the metaclass ran")

    __subclasscheck__ = __hash__ = __eq__ = __instancecheck__

    def __repr__(cls):
        raise RuntimeError("the metaclass ran")


Odd = Meta("Odd", (), {"__module__": "shop"})


class Failure(Exception):
    def __str__(self):
        raise RuntimeError("__str__ ran")

    __repr__ = __str__


def cyclic():
    items = [1]
    items.append(items)
    return items


CASES = [
    (None, None),
    (True, True),
    (5, 5),
    (2**63, {"$int": "9223372036854775808"}),
    (-(2**63), -(2**63)),
    (1.5, 1.5),
    (float("nan"), {"$float": "nan"}),
    (float("inf"), {"$float": "inf"}),
    (float("-inf"), {"$float": "-inf"}),
    ("é😀", "é😀"),
    ("", ""),
    (b"abc", {"$bytes": "YWJj"}),
    (bytearray(b"abc"), {"$bytes": "YWJj"}),
    ([1, [2]], [1, {"$repr": "[…]", "$type": "list", "$cut": 1}]),
    ([[], {}, ()], [[], {}, {"$tuple": []}]),
    ((1, 2), {"$tuple": [1, 2]}),
    ({1}, {"$set": [1]}),
    (frozenset([1]), {"$set": [1]}),
    ({"a": 1}, {"a": 1}),
    ({1: 2}, {"$dict": [[1, 2]]}),
    ({"$x": 1}, {"$dict": [["$x", 1]]}),
    ({"a": {"b": 1}}, {"a": {"$repr": "{…}", "$type": "dict", "$cut": 1}}),
    (collections.OrderedDict(a=1), {"a": 1}),
    (collections.defaultdict(list, a=1), {"a": 1}),
    (Text("abc"), "abc"),
    (Number(7), 7),
    (Items([1, 2]), [1, 2]),
    (Mapping(a=1), {"a": 1}),
    (Point(1, "z"), {"$repr": "Point(x=1, y='z')", "$type": "Point", "$attrs": {"x": 1, "y": "z"}}),
    (Color.RED, {"$repr": "<Color.RED: 1>", "$type": "Color", "$attrs": {"name": "RED", "value": 1}}),
    (Level.LOW, {"$repr": "<Level.LOW: 1>", "$type": "Level", "$attrs": {"name": "LOW", "value": 1}}),
    (Line("tea", 2.5, []), {"$repr": "Line(product='tea', price=2.5, tags=<list of 0>)", "$type": "Line", "$attrs": {"product": "tea", "price": 2.5, "tags": []}}),
    (Slotted(), {"$type": "Slotted", "$attrs": {"x": 1}}),
    (Plain(), {"$type": "Plain", "$attrs": {"total": 3, "_hidden": 4}}),
    (Liar(), {"$type": "Liar"}),
    (Odd(), {"$type": "shop.Odd"}),
    (Odd, {"$repr": "<class 'shop.Odd'>"}),
    (Failure("x", 2), {"$repr": "Failure('x', 2)", "$type": "Failure"}),
    (KeyError("k"), {"$repr": "KeyError('k')", "$type": "KeyError"}),
    (datetime.datetime(2020, 1, 2), {"$repr": "datetime.datetime(2020, 1, 2, 0, 0)", "$type": "datetime.datetime"}),
    (datetime.timedelta(1), {"$repr": "datetime.timedelta(days=1)", "$type": "datetime.timedelta"}),
    (decimal.Decimal("1.50"), {"$repr": "Decimal('1.50')", "$type": "decimal.Decimal"}),
    (uuid.UUID(int=5), {"$repr": "UUID('00000000-0000-0000-0000-000000000005')", "$type": "uuid.UUID"}),
    (pathlib.PurePosixPath("/a/b"), {"$repr": "PurePosixPath('/a/b')"}),
    (range(3), {"$repr": "range(0, 3)", "$type": "range"}),
    (1j, {"$repr": "1j", "$type": "complex"}),
    (len, {"$repr": "<built-in len>"}),
    (capture, {"$repr": "<function sonde_agent.capture.capture>"}),
    (types, {"$repr": "<module 'types'>"}),
    (object(), {"$type": "object"}),
    (cyclic(), [1, {"$repr": "[…]", "$type": "list", "$cut": 2}]),
]


class CaptureTests(unittest.TestCase):
    maxDiff = None

    def test_every_kind(self):
        for index, (value, expected) in enumerate(CASES):
            with self.subTest(index=index, expected=expected):
                seen = capture(value, 1)
                self.assertEqual(decode(encode(seen)), seen)
                if type(seen) is dict and "$type" in seen:
                    seen["$type"] = seen["$type"].replace(__name__ + ".", "")
                    for key, part in expected.items():
                        self.assertEqual(seen[key], part)
                else:
                    self.assertEqual(seen, expected)

    def test_deep_and_cyclic_data_end(self):
        items = cyclic()
        self.assertIn("$cut", encode(capture(items, 10)).decode())
        deep = []
        for _ in range(100000):
            deep = [deep]
        self.assertLess(len(encode(capture(deep, 1000))), 2000)
        while deep:
            deep = deep[0]
        wide = [[[["x" * 100] * 100] * 100] * 100] * 100
        self.assertLess(len(encode(capture(wide, 9))), 3 * capturing.BYTES)

    def test_large_values_are_cut_at_once(self):
        cases = [
            ("x" * 10_000_000, "$repr"),
            (list(range(1_000_000)), None),
            (dict.fromkeys(map(str, range(200_000))), "$dict"),
            (set(range(200_000)), "$set"),
            (b"x" * 10_000_000, "$repr"),
            (10**100_000, "$repr"),
            ([b"x" * 4000] * 1000, None),
        ]
        for value, key in cases:
            before = time.perf_counter()
            text = encode(capture(value, 2))
            self.assertLess(time.perf_counter() - before, 0.05)
            self.assertLess(len(text), 2 * capturing.BYTES)
            self.assertIn(b'"$cut":', text)
            if key is not None:
                self.assertIn(key.encode(), text)

    def test_what_is_cut_is_counted(self):
        self.assertEqual(capture(list(range(103)), 1)[-1], {"$cut": 3})
        cut = capture("x" * 5000, 1)
        self.assertEqual((len(cut["$repr"]), cut["$cut"], cut["$type"]), (4096, 904, "str"))
        self.assertEqual(capture({1: [1, 2]}, 1), {"$dict": [[1, {"$repr": "[…]", "$type": "list", "$cut": 2}]]})
        self.assertEqual(capture(Plain(), 0)["$cut"], 2)

    def test_lone_surrogates_are_marked(self):
        for value in ["a\ud800b", {"\ud800": 1}, ValueError("\ud800"), type("T", (), {"__module__": "m"})()]:
            text = encode(capture(value, 3)).decode()
            self.assertNotIn("\\ud8", text.replace("\\\\ud8", ""), value)

    def test_a_container_that_changes_meanwhile_raises_nothing(self):
        import threading

        shared = {"n": {}, "s": set(), "l": []}
        stop = []

        def change():
            count = 0
            while not stop:
                count += 1
                shared["n"][count % 500] = count
                shared["n"].pop((count * 7) % 500, None)
                shared["s"].add(count % 300)
                shared["s"].discard((count * 3) % 300)
                shared["l"].append(count)
                if count % 400 == 0:
                    shared["l"].clear()

        thread = threading.Thread(target=change)
        thread.start()
        try:
            ends = time.monotonic() + 0.4
            while time.monotonic() < ends:
                encode(capture(shared, 3))
        finally:
            stop.append(True)
            thread.join()


if __name__ == "__main__":
    unittest.main()
