"""An object's attributes, and the source that code was loaded from."""

import os
import unittest

from . import bundle  # noqa: F401 - puts the agent on the path
from .client import AgentFailure
from .target import Target
from .trees import tree_of

from sonde_agent import reading
from sonde_agent.heap.sizes import sizer_of
from sonde_agent.source_blocks import block_end

SHOP = '''
import functools, sys

ran = []

class Base:
    shared = [1]
    def inherited(self): pass

class Cart(Base):
    __slots__ = ("slotted", "unset")
    size = 3
    def __init__(self):
        self.slotted = {"a": 1}
        self.total = 5
    @property
    def doubled(self):
        ran.append("property")
    def method(self): pass
    def __getattr__(self, name):
        ran.append(name)
        raise AttributeError(name)
    def __repr__(self):
        ran.append("repr")
        return "x"

def deco(function):
    @functools.wraps(function)
    def wrapper(*args):
        return function(*args)
    return wrapper

@deco
@functools.lru_cache(
    maxsize=None,
)
def decorated(a, b="""
a string ) over lines
"""):
    # a comment
    if a:

        return (a,
b)
    # the last comment

after = 1
one = lambda x: (x +
    1)
CART = Cart()
MANY = {"key": 1, 2: [3], (1, 2): None}
MADE = {}
exec("def made(): pass", MADE)
made = MADE["made"]
made.__module__ = __name__
NUMBER = 7
class Empty: pass
'''


class InspectTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.target = Target(SHOP)
        cls.addClassCleanup(cls.target.stop)
        cls.client = cls.target.client()

    def inspect(self, source, **params):
        return self.client.request("inspect", dict(params, tree=tree_of(source)))

    def rows(self, source, **params):
        return [(row["name"], row["kind"], row["owner"], row["type"]) for row in self.inspect(source, **params)["rows"]]

    def test_an_object(self):
        expected = [
            ("slotted", "slot", None, "dict"),
            ("total", "attribute", None, "int"),
            ("size", "class attribute", "shop.Cart", "int"),
            ("doubled", "property", "shop.Cart", None),
            ("shared", "class attribute", "shop.Base", "list"),
        ]
        self.assertEqual(self.rows("shop.CART"), expected)
        members = self.rows("shop.CART", members=True)
        self.assertLessEqual(set(expected), set(members))
        self.assertIn(("method", "method", "shop.Cart", "function"), members)
        self.assertIn(("inherited", "method", "shop.Base", "function"), members)
        reply = self.inspect("shop.CART", expand=2, limit=2)
        self.assertEqual([row["value"] for row in reply["rows"]], [{"a": 1}, 5])
        self.assertEqual((reply["type"], reply["total"]), ("shop.Cart", 5))
        self.assertEqual(reply["mro"], ["shop.Cart", "shop.Base", "object"])
        self.assertEqual(reply["id"], self.target.eval("id(CART)"))
        self.assertEqual(self.target.eval("ran"), [])

    def test_what_is_no_ordinary_object(self):
        cases = [
            ("shop.MANY", [("key", "item"), ("[2]", "item"), ("[tuple of 2]", "item")]),
            ("shop.NUMBER", [(None, "value")]),
            ("shop.MANY[2]", [("0", "item")]),
            ("shop.Empty", []),
            ("shop.Base", [("shared", "class attribute")]),
        ]
        for source, expected in cases:
            self.assertEqual([row[:2] for row in self.rows(source)], expected, source)
        names = [row[0] for row in self.rows("shop")]
        self.assertIn("CART", names)
        self.assertNotIn("__name__", names)

    def test_errors(self):
        for source, kind in [("nowhere", "UnknownName"), ("shop.CART.doubled", "Rejected"), ("shop.no", "AttributeError")]:
            with self.assertRaises(AgentFailure) as caught:
                self.inspect(source)
            self.assertEqual(caught.exception.kind, kind)


class SourceTests(unittest.TestCase):
    def setUp(self):
        self.target = Target(SHOP, environment={"PYTHONDONTWRITEBYTECODE": ""})
        self.addCleanup(self.target.stop)
        self.client = self.target.client()
        with open(self.target.script) as file:
            self.lines = file.read().split("\n")

    def places(self, pattern, **params):
        return self.client.request("source", dict(params, pattern=pattern))["places"]

    def test_places(self):
        cases = [
            ("shop.Cart", "class Cart", 'return "x"'),
            ("shop.Cart.doubled", "@property", 'ran.append("property")'),
            ("shop.decorated", "@deco", "# the last comment"),
            ("shop.deco", "def deco", "return wrapper"),
            ("shop.one", "one = lambda", "1)"),
            ("shop.Base.inherited", "def inherited", "pass"),
        ]
        for pattern, first, last in cases:
            (place,) = self.places(pattern)
            text = [line.strip() for line in place["lines"]]
            last = "b)" if pattern == "shop.decorated" else last
            self.assertTrue(text[0].startswith(first), (pattern, text))
            self.assertTrue(text[-1].endswith(last), (pattern, text))
            self.assertEqual(place["lines"], self.lines[place["first"] - 1 : place["last"]], pattern)
            self.assertEqual((place["file"], place["note"]), (self.target.script, None), pattern)
        self.assertEqual(len(self.places("shop.Cart.*", limit=2)), 2)

    def test_what_has_no_file(self):
        (place,) = self.places("shop.made")
        self.assertEqual((place["lines"], place["file"]), ([], "<string>"))
        self.assertIn("text that nobody kept", place["note"])
        (place,) = self.places("shop.Empty")
        if place["first"] is None:  # before 3.13 nothing tells where a class without methods stands
            self.assertIn("not made from a Python file", place["note"])
        for pattern in ("shop.nowhere", "shop"):
            with self.assertRaises(AgentFailure):
                self.places(pattern)

    def test_code_that_the_program_has_noted(self):
        self.target.run(
            "import linecache; text = 'def noted():\\n    return 1\\n';"
            "linecache.cache['<cell 1>'] = (len(text), None, text.splitlines(True), '<cell 1>');"
            "exec(compile(text, '<cell 1>', 'exec'))"
        )
        (place,) = self.places("shop.noted")
        self.assertEqual(place["lines"], ["def noted():", "    return 1"])

    def test_a_file_that_has_changed(self):
        with open(self.target.script, "a") as file:
            file.write("\n# more\n")
        later = os.stat(self.target.script).st_mtime + 3600
        os.utime(self.target.script, (later, later))
        (place,) = self.places("shop.deco")
        self.assertIn("newer than the process", place["note"])
        with open(self.target.script, "w") as file:
            file.write("# another file\n" * 5 + "x = 1\n" * 60)
        (place,) = self.places("shop.deco")
        self.assertIn("something else", place["note"])
        self.assertEqual(place["lines"], [])
        os.remove(self.target.script)
        (place,) = self.places("shop.deco")
        self.assertIn("cannot be read", place["note"])

    def test_an_imported_module_that_has_changed(self):
        path = os.path.join(self.target.folder, "lib.py")
        with open(path, "w") as file:
            file.write("def f():\n    return 1\n")
        self.target.run("sys.path.insert(0, {!r}); import lib".format(self.target.folder))
        (place,) = self.places("lib.f")
        self.assertIsNone(place["note"])
        with open(path, "w") as file:
            file.write("def f():\n    return 22\n")
        (place,) = self.places("lib.f")
        self.assertEqual(place["note"], "the file has changed since it was loaded")


class UnreadyTests(unittest.TestCase):
    def test_a_class_that_has_no_bases_yet(self):
        seen = []

        class Meta(type):
            def mro(cls):
                if not seen:
                    size = sizer_of(cls)
                    seen.append((reading.class_mro(cls) == (cls,), reading.class_attribute(cls, "no"), size))
                return type.mro(cls)

        Meta("Made", (), {})
        self.assertEqual(seen, [(True, reading.MISSING, object.__sizeof__)])


class BlockTests(unittest.TestCase):
    def test_ends(self):
        cases = [
            ("def f(): pass\nx = 1", 1),
            ("def f():\n    pass\n\n\n# c\nx = 1", 2),
            ("def f():\n    pass\n    # c\n\n    x = 1\n\n", 5),
            ("def f(a,\n  b):\n  pass\ny", 3),
            ("def f():\n  '''\nx\n'''\n  y\nz", 5),
            ("def f():\n  x = 'a(' # )(\n  y = \"\\\"(\"\nz", 3),
            ("def f():\n  x = 1 + \\\n1\nz", 3),
            ("@a(\n  1\n)\n@b\nasync def f():\n\treturn (\n1)\nz", 7),
            ("class C:\n    x = 1\n\n    def f(self):\n        pass\nC()", 5),
            ("f = lambda: (\n1)\n  ", 2),
            ("def f():\n  x = '''unclosed\nz", 3),
            ("def f():\n  x = 'unclosed\nz", 2),
            ("def f(:\n  x", 2),
            ("def f():\r\n    pass\r\nx", 2),
        ]
        for text, last in cases:
            self.assertEqual(block_end(text.split("\n"), 1), last, text)


if __name__ == "__main__":
    unittest.main()
