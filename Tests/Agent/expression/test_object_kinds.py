"""Target objects of every kind in guards: dataclasses, enums, descriptors, metaclasses, subclasses that override."""

import dataclasses
import enum
import functools
import unittest

from Tests.Agent import bundle  # noqa: F401 - finds the package
from Tests.Agent.expression.reading import ReadsObjects, result

from sonde_agent.expression import ExpressionError


class Shade(enum.Enum):
    DARK = "dark"


@dataclasses.dataclass(frozen=True)
class Order:
    total: float
    lines: tuple = ()

    def __post_init__(self):
        object.__setattr__(self, "tax", self.total / 5)


# What `@dataclass(slots=True)` makes, on versions that do not have it.
@dataclasses.dataclass
class Slotted:
    __slots__ = ("name", "price")
    name: str
    price: float


class Computed:
    """A descriptor that only reads."""

    def __get__(self, instance, owner):
        raise AssertionError("a descriptor ran")


class Guarded(Computed):
    """A descriptor that a value in the instance does not hide."""

    def __set__(self, instance, value):
        raise AssertionError("a descriptor ran")


class Described:
    only_read, guarded = Computed(), Guarded()

    def __init__(self):
        self.__dict__.update(only_read=1, guarded=2)


class Misbehaving(type):
    """A metaclass that answers nothing without an error."""

    def fail(cls, *arguments):
        raise AssertionError("the metaclass ran")

    __getattribute__ = __getattr__ = __eq__ = __ne__ = __hash__ = __instancecheck__ = __subclasscheck__ = fail
    __len__ = __bool__ = __iter__ = __contains__ = __getitem__ = __lt__ = __gt__ = __repr__ = __call__ = fail


def misbehaving(base, value):
    """An instance of a class whose metaclass fails at everything."""
    kind = type.__call__(Misbehaving, "Odd", (base,), {"shown": 5})
    made = base.__new__(kind, *value)
    base.__init__(made, *value if base in (list, dict, set) else ())
    return made


def overriding(base, *special):
    """A subclass of a built-in type that overrides only the methods named `special`."""

    def fail(self, *arguments):
        raise AssertionError("an overridden method ran")

    return type("Own", (base,), dict.fromkeys(special, fail))


class Kinds(ReadsObjects, unittest.TestCase):
    def test_dataclasses(self):
        order = Order(9.5, (1, 2))
        self.assertTrue(self.read("v.total > 9 and v.lines[1] == 2 and v.tax < 2", order))
        self.assertTrue(self.read('v.name == "pen" and v.price * 2 == 3.0', Slotted("pen", 1.5)))
        self.assertTrue(self.read("any(o.total > 9 for o in v)", [Order(1.0), order]))
        self.assertEqual(10.5, self.read("sum([o.total for o in v])", [Order(1.0), order]))
        for source in ("v == w", "v < w", "v in [w]", "v in {1: 2}", "str(v)", 'f"{v}"'):  # all generated methods
            with self.assertRaises(ExpressionError) as caught:
                self.read(source, order, w=Order(9.5, (1, 2)))
            self.assertEqual("Rejected", caught.exception.kind, source)

    def test_enums(self):
        self.assertTrue(self.read("v == v and v is not None", Shade.DARK))
        for source in ("v.value", "v.name"):  # descriptors in Python
            with self.assertRaises(ExpressionError) as caught:
                self.read(source, Shade.DARK)
            self.assertEqual("Rejected", caught.exception.kind)

    def test_descriptors(self):
        described = Described()
        self.assertEqual(1, self.read("v.only_read", described))  # the instance's own value comes first
        self.refused("v.guarded", described, "Guarded")
        del described.__dict__["only_read"]
        self.refused("v.only_read", described, "Computed")
        self.refused("v.only_read", Described, "Computed")

    def test_a_cached_property(self):
        class Page:
            @functools.cached_property
            def words(self):
                return [1, 2, 3]

        page = Page()
        self.refused("v.words", page, "words")
        self.assertNotIn("words", vars(page))
        page.words
        self.assertEqual(3, self.read("len(v.words)", page))

    def test_a_metaclass_that_misbehaves(self):
        plain = misbehaving(object, ())
        self.assertEqual(5, self.read("v.shown", plain))
        self.assertTrue(self.read("v == v and v != 1 and v is not None", plain))
        self.refused("v.shown", type(plain), "runs code")
        self.assertEqual(3, self.read("v[0] + v[1]", misbehaving(list, ([1, 2],))))
        self.assertTrue(self.read('v["a"] == 1 and "a" in v', misbehaving(dict, ({"a": 1},))))
        self.assertTrue(self.read("v > 6 and v % 7 == 0", misbehaving(int, (7,))))
        self.assertTrue(self.read('v.startswith("t")', misbehaving(str, ("text",))))
        for source in ("v > 1", "v[0]", "len(v)", "[x for x in v]", "v + 1", "1 in v", "isinstance(v, int) and v > 1"):
            try:
                self.read(source, plain)
            except ExpressionError as error:
                self.assertIn(error.kind, ("Rejected", "TypeError"), source)
        self.assertEqual(1, self.read("sum([1 for x in v if x == 1])", [plain, 1]))

    def test_subclasses_that_override_one_method(self):
        cases = [
            (dict, ({"a": 1},), "__getitem__", 'v["a"]'),
            (dict, ({"a": 1},), "__contains__", '"a" in v'),
            (dict, ({"a": 1},), "__len__", "len(v)"),
            (dict, ({"a": 1},), "__iter__", "[k for k in v]"),
            (dict, ({"a": 1},), "get", 'v.get("a")'),
            (dict, ({"a": 1},), "__bool__", "1 if v else 2"),
            (list, ([1, 2],), "__getitem__", "v[0]"),
            (list, ([1, 2],), "__iter__", "any(x > 1 for x in v)"),
            (list, ([1, 2],), "__iter__", "sum([x * 2 for x in v])"),
            (list, ([1, 2],), "__len__", "len(v) > 1"),
            (list, ([1, 2],), "__eq__", "v == [1, 2]"),
            (list, ([1, 2],), "__contains__", "1 in v"),
            (str, ("text",), "__eq__", 'v == "text"'),
            (str, ("text",), "startswith", 'v.startswith("t")'),
            (str, ("text",), "__getitem__", 'v[0:2] == "te"'),
            (str, ("text",), "__contains__", '"t" in v'),
            (str, ("text",), "__str__", 'f"{v}"'),
            (str, ("text",), "__format__", 'f"{v:>9}"'),
            (str, ("text",), "__hash__", "v in {1: 2}"),
            (int, (7,), "__gt__", "v > 5"),
            (int, (7,), "__gt__", "5 < v"),
            (int, (7,), "__mod__", "v % 7 == 0"),
            (int, (7,), "__bool__", "not v"),
            (int, (7,), "__index__", "[1, 2][v]"),
            (float, (1.5,), "__lt__", "0 < v < 2"),
            (float, (1.5,), "__add__", "v + 1"),
            (float, (1.5,), "__format__", 'f"{v:.2f}"'),
        ]
        for base, value, special, source in cases:
            own = overriding(base, special)(*value)
            for condition in (False, True):
                with self.assertRaises(ExpressionError, msg=(base, special)) as caught:
                    result(source, condition=condition, v=own)
                self.assertEqual("Rejected", caught.exception.kind, (base, special))

    def test_missing_keys_of_a_dict_subclass(self):
        made = overriding(dict, "__missing__")(a=1)
        self.assertEqual(1, self.read('v["a"]', made))
        for source in ('v["b"]', "v[1]", 'v["b"] == 1 or True'):
            with self.assertRaises(ExpressionError) as caught:
                self.read(source, made)
            self.assertEqual("KeyError", caught.exception.kind)
        self.assertIsNone(self.read('v.get("b")', made))

    def test_a_class_that_lies(self):
        class Liar:
            __class__ = property(lambda self: float)

            def __gt__(self, other):
                raise AssertionError("an operator ran")

        self.refused("v > 1", Liar(), "Liar")
        self.assertFalse(self.read("isinstance(v, float)", Liar()))


if __name__ == "__main__":
    unittest.main()
