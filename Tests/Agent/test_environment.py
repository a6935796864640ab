"""`modules`, `env`, `gc` and what `status` tells of limits."""

import sys
import unittest

from .client import AgentFailure
from .target import Target

PROGRAM = """
import gc, os, sys, types

class Odd(types.ModuleType):
    def __getattribute__(self, name): raise SystemError("ran " + name)
    def __len__(self): raise SystemError("ran len")

class Version:
    def __str__(self): raise SystemError("ran str")

def put(name, **names):
    module = types.ModuleType(name)
    module.__dict__.update(names)
    sys.modules[name] = module

put("pack", __version__="1.2.3", __file__="/nowhere/pack/__init__.py")
put("pack.part", __version__=Version())
put("packet", __version__=5)
sys.modules["odd"] = Odd("odd")
sys.modules["nothing"] = None
__version__ = "7"

def add(a): return a
FREED = []
class Ring:
    def __del__(self): FREED.append(1)
def litter():
    ring = Ring(); ring.ring = ring
"""

ENVIRONMENT = {
    "SHOP_MODE": "test",
    "SHOP_API_KEY": "k1",
    "Db_Password": "p1",
    "SHOP_DSN": "d1",
    "DB_PASS": "p2",
    "AUTH_HEADER": "a1",
    "DATABASE_URL": "postgres://ann:s3cret@db:5432/shop?x=1",
    "URLS": "redis://:s3cret@one,http://two/a@b:c amqp://u:s3:cr@et@three",
    "SHOP_GONE": "old",
    "SHOP_CHANGED": "before",
    "SHOP_EMPTY": "",
    "SHOP_TOKEN": "s3cret-before",
}


class EnvironmentTests(unittest.TestCase):
    def setUp(self):
        self.target = Target(PROGRAM, environment=ENVIRONMENT)
        self.addCleanup(self.target.stop)
        self.client = self.target.client()

    def test_modules(self):
        def rows(pattern=None, **more):
            return self.client.request("modules", dict(more, pattern=pattern))["rows"]

        found = {row["module"]: row for row in rows()}
        self.assertEqual((found["pack"]["version"], found["pack"]["file"]), ("1.2.3", "/nowhere/pack/__init__.py"))
        self.assertEqual((found["pack.part"]["version"], found["packet"]["version"]), (None, None))
        self.assertEqual((found["shop"]["version"], found["shop"]["file"]), ("7", self.target.script))
        self.assertEqual(found["shop"]["names"], self.target.eval("len(globals())"))
        self.assertGreater(found["sys"]["names"], 50)
        self.assertIn("odd", found)
        for hidden in ("__main__", "_sonde_agent", "nothing"):
            self.assertNotIn(hidden, found)
        cases = [("pack", ["pack", "pack.part"]), ("pack*", ["pack", "pack.part", "packet"]), ("p?ck", ["pack"]), ("zz*", [])]
        for pattern, expected in cases:
            self.assertEqual([row["module"] for row in rows(pattern)], expected, pattern)
        self.assertEqual(len(rows(limit=3)), 3)
        with self.assertRaises(AgentFailure) as caught:
            rows("pakc")
        self.assertEqual(caught.exception.kind, "TargetNotFound")

    def test_env(self):
        self.target.run(
            """
            del os.environ["SHOP_GONE"]
            os.environ["SHOP_CHANGED"] = "after"
            os.environ["SHOP_ADDED"] = "new"
            os.environ["SHOP_TOKEN"] = "s3cret-after"
            os.environ["SHOP_BYTES"] = b"\\xff\\xfe".decode("utf-8", "surrogateescape")
            """
        )
        reply = self.client.request("env")
        self.assertNotIn("s3cret", str(reply))
        rows = {row["name"]: tuple(row[key] for key in ("value", "state", "at_start", "masked")) for row in reply["rows"]}
        expected = {
            "SHOP_MODE": ("test", "same", None, False),
            "SHOP_EMPTY": ("", "same", None, False),
            "SHOP_API_KEY": ("***", "same", None, True),
            "Db_Password": ("***", "same", None, True),
            "SHOP_DSN": ("***", "same", None, True),
            "DB_PASS": ("***", "same", None, True),
            "AUTH_HEADER": ("***", "same", None, True),
            "DATABASE_URL": ("postgres://ann:***@db:5432/shop?x=1", "same", None, True),
            "URLS": ("redis://:***@one,http://two/a@b:c amqp://u:***@three", "same", None, True),
            "SHOP_GONE": (None, "removed", "old", False),
            "SHOP_CHANGED": ("after", "changed", "before", False),
            "SHOP_ADDED": ("new", "added", None, False),
            "SHOP_TOKEN": ("***", "changed", "***", True),
            "SHOP_BYTES": ("\\xff\\xfe", "added", None, False),
        }
        self.assertEqual({name: rows.get(name) for name in expected}, expected)
        shown = {row["name"]: row for row in self.client.request("env", {"pattern": "SHOP_T*", "unmask": True})["rows"]}
        self.assertEqual(list(shown), ["SHOP_TOKEN"])
        self.assertEqual((shown["SHOP_TOKEN"]["value"], shown["SHOP_TOKEN"]["at_start"]), ("s3cret-after", "s3cret-before"))
        self.assertEqual(self.client.request("env", {"pattern": "NOWHERE"})["rows"], [])
        self.target.run("os.environ = dict(os.environ)")
        self.assertEqual(self.client.request("env", {"pattern": "SHOP_ADDED"})["rows"][0]["value"], "new")
        self.target.run("os.environ = 5")
        with self.assertRaises(AgentFailure):
            self.client.request("env")

    def test_gc(self):
        reply = self.client.request("gc")
        self.assertEqual((reply["enabled"], reply["frozen"]), (True, self.target.eval("gc.get_freeze_count()")))
        self.assertEqual([row["generation"] for row in reply["rows"]], list(range(len(reply["rows"]))))
        self.assertEqual([row["threshold"] for row in reply["rows"]], self.target.eval("list(gc.get_threshold())")[: len(reply["rows"])])
        self.target.run("gc.disable(); gc.collect(); litter()")
        for params in ({"collect": True}, {"collect": True, "allow": "eval"}):
            with self.assertRaises(AgentFailure) as caught:
                self.client.request("gc", params)
            self.assertEqual(caught.exception.kind, "NotPermitted")
        self.assertEqual(self.target.eval("FREED"), [])
        before = self.client.request("gc")["rows"][-1]["collections"]
        reply = self.client.request("gc", {"collect": True, "allow": "exec"})
        self.assertGreaterEqual(reply["freed"], 1)
        self.assertGreater(reply["took_ms"], 0)
        self.assertEqual((reply["enabled"], reply["rows"][-1]["collections"]), (False, before + 1))
        self.assertEqual(self.target.eval("FREED"), [1])

    def test_status_tells_of_limits(self):
        self.client.request("watch", {"pattern": "shop.add", "seconds": 60})
        row = self.client.request("status")["probes"][0]
        self.assertEqual(row["functions"], 1)
        self.assertTrue(0 < row["ends_in"] <= 60)
        self.client.request("reset")
        self.client.request("watch", {"pattern": "shop.add"})
        self.assertIsNone(self.client.request("status")["probes"][0]["ends_in"])


if __name__ == "__main__":
    unittest.main()
