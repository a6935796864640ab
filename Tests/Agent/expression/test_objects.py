"""Live objects of the target in guards: read as data, and no code of theirs ever runs."""

import collections
import dataclasses
import datetime
import enum
import http
import sys
import types
import unittest

from Tests.Agent import bundle  # noqa: F401 - finds the package
from Tests.Agent.expression import spies
from Tests.Agent.expression.reading import ReadsObjects, result
from Tests.Agent.expression.tree_from_source import tree_of

from sonde_agent.expression import Cut, ExpressionError, Reader, Record, compile_tree

TEMPLATES = """
not X;X and 1;X or 1;1 if X else 2;X == X;X == 1;1 == X;X == "a";"a" == X;X == None;X != 1;X < 1;1 < X;X <= X;X > "a"
1 < X < 2;X in [1, 2];X in (X,);X in {1: 2};X in {1, 2};X in "abc";X in range(9);1 in X;"a" in X;X in X;1 not in X
[X] == [1];[1] == [X];[[X]] == [[1]];(X, 1) == (1, 1);{1: X} == {1: 1};{"a": [X]} == {"a": [1]};[X] < [1]
(1, X) < (1, 2)
[X, 1].count(1);[1, X].index(1);[1, X].index(X);(X, 1).count(X);X is None
X + 1;1 + X;X - 1;1 - X;X * 2;2 * X;X / 2;2 / X;X // 2;X % 2;2 % X;X ** 2;2 ** X;X << 1;1 << X;X >> 1;X & 1;1 & X
X | 1;1 | X
X ^ 1;-X;+X;~X;X + X;[1] + X;X + [1];"a" + X;X + "a";"%s" % X;"%d" % X;"%(a)s" % X;"%s" % (X,);"%s" % [X];X % X
{} | X;X | {}
{1} & X;X & {1};{1}.union(X);{1}.union([X]);{1}.isdisjoint([X]);{1}.issubset(X);{1: 2}.keys() & [X];{1: 2}.keys() & X
X[0];X["a"];X[X];[1, 2][X];(1, 2)[X];"ab"[X];{1: 2}[X];range(5)[X];X[1:2];[1, 2][X:];"abc"[:X]
len(X);abs(X);min(X);max(X);min(X, 1);max(1, X);min([X, 1]);max([1, X]);sum(X);sum([X]);sum([1], X);any(X);all(X)
any([X]);all([X])
sorted(X);sorted([X, 1]);sorted([1], reverse=X);sorted([X, 1], key=len);sorted([X, 1], key=str);round(X)
round(1.5, X);int(X);int("1", X)
float(X);str(X);bool(X);list(X);tuple(X);dict(X);dict([X]);dict([(X, 1)]);set(X);set([X]);range(X);enumerate(X)
list(enumerate([1], X))
list(zip(X));list(zip(X, [1]));zip([1], strict=X);reversed(X);repr(X);isinstance(X, int);isinstance(X, (str, list))
divmod(X, 2)
divmod(2, X);pow(X, 2);pow(2, X);pow(2, 3, X);ord(X);chr(X);hex(X);bin(X);oct(X);str([X]);repr({"a": X});repr((X, X))
f"{X}";f"{X!r}";f"{X!s:>9}";f"{X:>9}";f"{[X]}";f"{1:{X}}";f"{X}{X}"
[v for v in X];{v for v in X};{v: 1 for v in X};[v for v in [1] if X];[1 for v in [X] if v];[a for a, b in [X]]
[a for a, *b in [X]]
{X};{X: 1};{1: X, X: 2};[*X];{**X};(*X, 1);{v for v in [X]};{v: 1 for v in [X]};any(v for v in X);list(v for v in X)
any(v == 1 for v in [X]);sum(v for v in [X]);max(v for v in [X]);[v + 1 for v in [X]];[v > 1 for v in [X]]
sum([v * 2 for v in [X]])
X.startswith("a");X.upper();"a".startswith(X);"a".join(X);"a".join([X]);"a".replace(X, "b");"a".find("a", X)
"a".center(X);"a".split(X)
"a".count(X);"ab".strip(X);"a".startswith((X, "b"));X.get("a");X.keys();X.items();X.values();X.copy();X.index(1)
X.count(1)
{1: 2}.get(X);{"a": 1}.get("b", X);[1, 2].index(1, X);X.union([1]);X.computed;X.missing;X.computed.more;[1, X][0] == 1
""".replace("\n", ";").split(";")


class Point:
    __slots__ = ("x", "y", "__dict__")
    kind = "class data"

    def __init__(self):
        self.x = 1
        self.extra = "instance"

    def method(self):
        raise AssertionError

    @property
    def computed(self):
        raise AssertionError

    @staticmethod
    def static():
        raise AssertionError


class Dynamic:
    shown = 1

    def __getattr__(self, name):
        raise AssertionError


class Watched:
    shown = 1

    def __getattribute__(self, name):
        raise AssertionError


@dataclasses.dataclass
class User:
    name: str
    tier: str = "gold"


Pair = collections.namedtuple("Pair", "left right")


class Color(enum.IntEnum):
    RED = 3


class NothingRuns(unittest.TestCase):
    def test_no_special_method_ever_runs(self):
        values = spies.spies()
        self.assertTrue(values["o"] == 1 or "__eq__" in spies.RAN)  # the spies do work
        del spies.RAN[:]
        tried = refused = 0
        for template in filter(None, map(str.strip, TEMPLATES)):
            for condition in (False, True):
                guard = compile_tree(tree_of(template), condition=condition)
                for name, value in values.items():
                    tried += 1
                    try:
                        guard(*[value for _ in guard.names])
                    except ExpressionError as error:
                        refused += 1
                        self.assertNotEqual("SystemError", error.kind)
                    self.assertEqual([], spies.RAN, "%s where X is %r of the spies" % (template, name))
        self.assertGreater(tried, 2000)
        self.assertGreater(refused, 1000)

    def test_containers_that_hold_spies(self):
        one, other = spies.spying_class(object)(), spies.spying_class(str)("a")
        table = {"a": 1}
        table[one] = table[other] = 2
        values = {"X": [one, 1], "T": (one, 1), "D": {"k": one}, "K": table, "S": {one, 1}, "N": [[one]]}
        del spies.RAN[:]
        sources = """
        1 in X;[1] == X;X == T;X < X;X.count(1);X.index(1);sorted(X);min(X);sum(X);set(X);str(X);f"{X}";X == X;N == N
        N in N
        D == {"k": 1};D.values() == 1;1 in D.values();("k", 1) in D.items();D.items() == D.items();str(D);repr(D)
        {**D} == {"k": 1}
        K["a"];K["b"];"a" in K;K.get("a");1 in K;K.keys() & ["a"];"a" in K.keys();K == {"a": 1};list(K) == ["a"]
        dict(K);{**K};set(K)
        1 in S;S == {1};S & {1};{1} & S;S.union([1]);S.issubset({1});{1} <= S;S - {1};len(S) == 2 and 1 in S
        [k for k in K if k == 1]
        {k: v for k, v in K.items()};{k for k in K};any(k == "a" for k in K);K | {"a": 1};{"a": 1} | K;X + X == X
        [X] * 2 == [X]
        tuple(X) in {(1, 2)};{tuple(X): 1};{(1, T): 1};{1: 2}.get(T);max(T);T < (1,);T > T;T == (1, 1);",".join(X)
        dict([T]);sum([v * 2 for v in X]);sum(v + 1 for v in T);sum([1 for v in X if v > 0]);any(v > 1 for v in X)
        all(v for v in X);any(v == 1 for v in X);X[0:2] == [1, 2];X[:2] != [1];X[-2:] == ["a", 1];T[0:1] == "a"
        f"{X[0]}";[f"{v}{v:.2f}" for v in X];any(v["a"] == 1 for v in [K, K]);[v["k"] for v in [D]];K["a"]["b"]
        "%s %s" % T;"%(k)s" % D;X[0] == X[1];[a == b for a, b in [X]];sorted([T, T]);max([T, T]);X in [X];T in [T]
        T in (T,);T in {1: 2}
        """
        for source in filter(None, map(str.strip, sources.replace("\n", ";").split(";"))):
            for known in (None, {name: type(value) for name, value in values.items()}):
                guard = compile_tree(tree_of(source), known=known, condition=known is not None)
                try:
                    guard(*[values[name] for name in guard.names])
                except ExpressionError:
                    pass
                self.assertEqual([], spies.RAN, source)

    def test_a_key_with_the_same_hash(self):
        class Key:
            def __hash__(self):
                return hash("user")

            def __eq__(self, other):
                raise AssertionError("a key's __eq__ ran")

        table = {Key(): 1}
        for source in ('t["user"]', '"user" in t', 't.get("user")', 't["user"] == 1', 'len(t) == 1 and t["user"]'):
            with self.assertRaises(ExpressionError) as caught:
                result(source, t=table)
            self.assertEqual("Rejected", caught.exception.kind, source)
        self.assertEqual(1, result("len(t)", t=table))

    def test_a_guard_changes_nothing(self):
        made = collections.defaultdict(list)
        with self.assertRaises(ExpressionError) as caught:
            result('d["missing"]', d=made)
        self.assertEqual("KeyError", caught.exception.kind)
        self.assertEqual({}, dict(made))
        stream = iter([1, 2, 3])
        sources = "1 in g;list(g);any(x for x in g);sum(g);[x for x in g];list(zip(g));[*g];max(g)".split(";")
        for source in sources:
            for value in (stream, (x for x in [1]), map(str, [1]), zip([1])):
                with self.assertRaises(ExpressionError) as caught:
                    result(source, g=value)
                self.assertEqual("Rejected", caught.exception.kind, source)
        self.assertEqual([1, 2, 3], list(stream))


class Reading(ReadsObjects, unittest.TestCase):
    def test_plain_data(self):
        point = Point()
        self.assertEqual(1, self.read("v.x", point))
        self.assertEqual("instance", self.read("v.extra", point))
        self.assertEqual("class data", self.read("v.kind", point))
        self.assertTrue(self.read('v.tier == "gold" and v.name.startswith("a")', User("ann")))
        self.assertEqual(5, self.read("v.left + v.right", Pair(2, 3)))
        self.assertEqual(5, self.read("v[0] + v[1]", Pair(2, 3)))
        self.assertEqual("boom", self.read("v.args[0]", ValueError("boom")))
        self.assertEqual(2020, self.read("v.year", datetime.date(2020, 1, 2)))
        self.assertEqual(3, self.read("v.a", types.SimpleNamespace(a=3)))
        self.assertEqual(sys.maxsize, self.read("v.maxsize", sys))
        self.assertEqual("class data", self.read("v.kind", Point))

    def test_an_exceptions_text(self):
        missing = FileNotFoundError(2, "No such file", "/nowhere")
        inherited = type("Own", (ValueError,), {})(1, 2)
        for error in (ValueError("timeout"), KeyError("a"), missing, inherited, ValueError()):
            self.assertEqual(str(error), self.read("str(v)", error))
            self.assertEqual(str(error), self.read('f"{v}"', error))
        own = type("Own", (ValueError,), {"__str__": lambda self: 1 / 0})
        missing.filename = Dynamic()
        for error in (own("a"), ValueError(Point()), ValueError([Dynamic()]), missing):
            self.refused("str(v)", error, "text")

    def test_what_is_not_there(self):
        absent = [(Point(), "v.nope"), (Point(), "v.y"), (sys, "v.nope"), (Point, "v.nope")]
        for value, source in absent:
            with self.assertRaises(ExpressionError) as caught:
                self.read(source, value)
            self.assertEqual("AttributeError", caught.exception.kind)

    def test_plain_values_have_no_fields(self):
        for value in (1, 1.5, True, "a", [1], (1,), {"real": 1}, {1}, None):
            self.refused("v.real", value, "has no field 'real'")

    def test_code_is_refused_in_words(self):
        self.refused("v.computed", Point(), "property", "--allow eval")
        self.refused("v.method", Point(), "method")
        self.refused("v.static", Point(), "runs code")
        self.refused("v.anything", Dynamic(), "__getattr__")
        self.refused("v.shown", Watched(), "__getattribute__")
        self.assertEqual(1, self.read("v.shown", Dynamic()))

    def test_subclasses_that_override_nothing_are_read(self):
        self.assertTrue(self.read("v == 3 and v < 4 and v + 1 == 4", Color.RED))
        self.assertTrue(self.read("v == 404", http.HTTPStatus.NOT_FOUND))
        self.assertEqual([1], self.read('v["a"]', collections.defaultdict(list, a=[1])))
        self.assertEqual(1, self.read('v["a"]', collections.Counter("a")))
        self.assertTrue(self.read('"a" in v and len(v) == 1', collections.defaultdict(list, a=[1])))
        self.assertEqual("A", self.read("v.upper()", type("Text", (str,), {})("a")))

    def test_equality_of_objects_is_identity(self):
        one = Point()
        self.assertTrue(self.read("v == v", one))
        self.assertFalse(self.read("v == w", one, w=Point()))
        self.assertFalse(self.read("v == None", one))
        self.assertTrue(self.read("v in [1, v]", one))
        self.assertTrue(self.read("not not v", one))

    def test_numpy_like_scalars_are_refused(self):
        class Scalar:
            __array_priority__ = 1000
            ran = []

            def __gt__(self, other):
                self.ran.append("__gt__")
                return True

            __lt__ = __gt__

        for source in ("v > 1", "1 > v", "v < v", "0 < v < 2", "max(v, 1)"):
            self.refused(source, Scalar(), "Scalar")
        self.assertEqual([], Scalar.ran)

    def test_records(self):
        arg = Record({"user": {"id": 7}, "cut": Cut()}, "arg")
        self.assertEqual(7, result('arg.user["id"]', arg=arg))
        for source, kind in (("arg.nope", "AttributeError"), ("arg.cut == 1", "Cut"), ("arg[0]", "Rejected")):
            with self.assertRaises(ExpressionError) as caught:
                result(source, arg=arg)
            self.assertEqual(kind, caught.exception.kind, source)
        with self.assertRaises(ExpressionError) as caught:
            result("x == 1", x=Cut())
        self.assertEqual("Cut", caught.exception.kind)


class AllowedToRun(unittest.TestCase):
    """`--allow eval`: operators and attributes are Python's own."""

    def test_user_code_runs(self):
        class Money:
            def __init__(self, value):
                self.value = value

            @property
            def twice(self):
                return self.value * 2

            def __gt__(self, other):
                return self.value > other

            def __eq__(self, other):
                return self.value == other

            __hash__ = None

            def __add__(self, other):
                return Money(self.value + other)

            def __getitem__(self, name):
                return name

            def __bool__(self):
                return self.value > 0

            def __len__(self):
                return 3

            def __str__(self):
                return "money"

        reader = Reader(user_code=True)
        expected = {
            "v.twice": 14,
            "v > 5": True,
            "(v + 1).value": 8,
            'v["x"]': "x",
            "not v": False,
            "len(v)": 3,
            "str(v)": "money",
            'f"{v}"': "money",
            "v in [7]": True,
            "v == 7": True,
            "1 if v else 2": 1,
        }
        for source, value in expected.items():
            self.assertEqual(value, result(source, reader=reader, v=Money(7)), source)


if __name__ == "__main__":
    unittest.main()
