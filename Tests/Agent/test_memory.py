"""Memory: totals, objects by type, growth, tracing of allocations, garbage, holders, instances."""

import gc
import os
import unittest

from .client import AgentFailure, wait_for
from .target import Target
from .trees import tree_of

SHOP = """
import gc, os, sys, threading, time

ran = []

class Cart:
    def __init__(self, total=0):
        self.total = total
    def __sizeof__(self):
        ran.append("sizeof")
        return 1
    @property
    def doubled(self):
        ran.append("property")
    def __eq__(self, other):
        ran.append("eq")
        return True
    def __hash__(self):
        ran.append("hash")
        return 1
    def __repr__(self):
        ran.append("repr")
        return "x"
    def __getattr__(self, name):
        ran.append(name)
        raise AttributeError(name)

class Gift(Cart): pass

class Meta(type):
    def __hash__(self):
        ran.append("meta hash"); return 1
    def __eq__(self, other):
        ran.append("meta eq"); return True
    def __instancecheck__(self, other):
        ran.append("instancecheck"); return True
    def __subclasscheck__(self, other):
        ran.append("subclasscheck"); return True

class Odd(metaclass=Meta): pass

class Long(list):
    def __sizeof__(self):
        ran.append("sizeof"); return 1

class Slotted:
    __slots__ = ("held",)

CARTS = [Cart(n) for n in range(10)] + [Gift(3)]
ODD = Odd()
LONG = Long(range(1000))
SLOTTED = Slotted()
SLOTTED.held = ["held by a slot"]
"""


class Case(unittest.TestCase):
    def setUp(self):
        self.target = Target(SHOP)
        self.addCleanup(self.target.stop)
        self.client = self.target.client()

    def failure(self, command, params=None):
        with self.assertRaises(AgentFailure) as caught:
            self.client.request(command, params)
        return caught.exception

    def assertNothingRan(self):
        self.assertEqual(self.target.eval("ran"), [])


class MemoryTests(Case):
    def rows(self, **params):
        reply = self.client.request("memory", params)
        return {row["type"]: row for row in reply["rows"]}

    def test_totals(self):
        reply = self.client.request("memory", {"totals": True})
        self.assertEqual(list(reply), ["totals"])
        totals = reply["totals"]
        page = os.sysconf("SC_PAGE_SIZE")
        with open("/proc/{}/statm".format(self.target.process.pid)) as file:
            resident = int(file.read().split()[1]) * page
        self.assertAlmostEqual(totals["rss"], resident, delta=4 << 20)
        self.assertGreaterEqual(totals["peak"], totals["rss"] - (1 << 20))
        self.assertTrue(totals["pss"] is None or 0 < totals["pss"] <= totals["rss"] + (1 << 20))
        self.assertGreater(totals["blocks"], 1000)
        self.assertEqual((totals["gc_enabled"], totals["garbage"], totals["traced"]), (True, 0, None))

    def test_objects_by_type(self):
        reply = self.client.request("memory")
        rows = {row["type"]: row for row in reply["rows"]}
        self.assertEqual((rows["shop.Cart"]["count"], rows["shop.Gift"]["count"], rows["shop.Odd"]["count"]), (10, 1, 1))
        self.assertGreater(rows["shop.Long"]["size"], 8000)
        self.assertGreater(rows["dict"]["count"], 10)
        self.assertGreater(reply["seen"], 1000)
        self.assertEqual((reply["left"], reply["types"]), (0, len(rows)))
        self.assertFalse([name for name in rows if name.startswith("_sonde")])
        sizes = [row["size"] for row in reply["rows"]]
        self.assertEqual(sizes, sorted(sizes, reverse=True))
        counts = [row["count"] for row in self.client.request("memory", {"by": "count", "limit": 5})["rows"]]
        self.assertEqual((counts, len(counts)), (sorted(counts, reverse=True), 5))
        self.assertNothingRan()

    def test_growth_since_a_mark(self):
        first = self.client.request("memory", {"since": "start"})
        self.assertEqual(first["marked"], "start")
        self.target.run("CARTS.extend([Cart() for _ in range(500)])")
        reply = self.client.request("memory", {"since": "start"})
        self.assertIsNone(reply["marked"])
        self.assertGreater(reply["seconds"], 0)
        rows = {row["type"]: row for row in reply["rows"]}
        self.assertEqual((rows["shop.Cart"]["more"], rows["shop.Cart"]["count"]), (500, 510))
        self.assertGreater(rows["shop.Cart"]["grown"], 0)
        self.assertNotIn("shop.Gift", rows)
        self.target.run("del CARTS[0:5]")
        self.assertEqual(self.rows(since="start")["shop.Cart"]["more"], 495)
        self.client.request("memory", {"mark": "later"})
        self.assertNotIn("shop.Cart", self.rows(since="later"))
        other = self.target.client()
        self.assertEqual(other.request("memory", {"since": "start"})["marked"], "start", "marks are a session's")

    def test_a_pause_that_is_not_allowed_is_refused(self):
        for command, params in [
            ("memory", {}),
            ("instances", {"class": "shop.Cart"}),
            ("referrers", {"tree": tree_of("shop.CARTS")}),
        ]:
            error = self.failure(command, dict(params, pause_ms=0))
            self.assertEqual((error.kind, "--pause" in error.reply["hint"]), ("TooLarge", True), command)
        self.assertIn("totals", self.client.request("memory", {"totals": True, "pause_ms": 0}))

    def test_a_walk_that_has_no_more_time_is_cut_and_says_so(self):
        class Request:
            params = {"pause_ms": 60000}
            timeout = 0.0
            check = staticmethod(lambda: None)

        from sonde_agent.heap.walk import Walk

        gc.disable()
        self.addCleanup(gc.enable)
        kept = [[number] for number in range(30000)]
        for prepare in (lambda: None, gc.collect):  # all of them young, then all of them old
            prepare()
            walk = Walk(Request)
            walk.run(lambda objects: None)
            self.assertGreaterEqual(walk.counts()["left"], len(kept))

    def test_the_program_runs_while_the_heap_is_walked(self):
        self.target.run(
            """
            MANY = [[n] for n in range(400000)]
            gc.collect()
            LAST = [0]
            def beat():
                while LAST[0] >= 0:
                    LAST[0] += 1
                    time.sleep(0.001)
            threading.Thread(target=beat, daemon=True).start()
            """
        )
        before = self.target.eval("LAST[0]")
        self.client.request("memory", {"pause_ms": 60000})
        self.assertGreater(self.target.eval("LAST[0]"), before + 5)
        self.target.run("LAST[0] = -10")

    def test_bad_parameters(self):
        for params in ({"by": "name"}, {"limit": -1}, {"mark": 5}, {"since": []}, {"pause_ms": "x"}):
            self.assertEqual(self.failure("memory", params).kind, "BadRequest", params)

    def test_garbage(self):
        self.assertEqual(self.client.request("garbage")["rows"], [])
        self.target.run("gc.garbage.extend([CARTS[0], [1, 2]])")
        reply = self.client.request("garbage")
        self.assertEqual([row["type"] for row in reply["rows"]], ["shop.Cart", "list"])
        self.assertEqual((reply["total"], reply["enabled"], len(reply["threshold"])), (2, True, 3))
        self.target.run("gc.garbage.clear()")
        self.assertNothingRan()


class TracingTests(Case):
    def tracing(self):
        return self.target.eval("__import__('_tracemalloc').is_tracing()")

    def start(self, client=None, **more):
        return (client or self.client).request("tracemalloc", dict(more, action="start", allow="exec"))

    def test_places_and_growth(self):
        self.assertEqual(self.failure("tracemalloc", {"action": "start"}).kind, "NotPermitted")
        self.assertEqual(self.failure("tracemalloc", {"action": "top"}).kind, "BadRequest")
        self.assertFalse(self.tracing())
        self.start()
        self.target.run("BLOBS = [bytes(1000) for _ in range(1000)]")
        row = self.client.request("tracemalloc", {"action": "top"})["rows"][0]
        self.assertEqual((row["file"], row["line"], row["grown"]), ("<string>", 1, None))
        self.assertGreater(row["size"], 1000000)
        self.target.run("BLOBS += [bytes(1000) for _ in range(1000)]")
        reply = self.client.request("tracemalloc", {"action": "top", "limit": 1})
        self.assertGreater(reply["rows"][0]["grown"], 900000)
        self.assertGreater(reply["traced"], 2000000)
        self.assertFalse([row for row in reply["rows"] if row["file"].startswith("<sonde")])
        by_file = self.client.request("tracemalloc", {"action": "top", "by": "file"})["rows"]
        self.assertEqual((by_file[0]["line"], by_file[0]["grown"]), (None, None))
        error = self.failure("tracemalloc", {"action": "top", "pause_ms": 0})
        self.assertEqual(error.kind, "TooLarge")
        self.assertFalse(self.client.request("tracemalloc", {"action": "stop"})["tracing"])
        self.assertFalse(self.tracing())
        loaded = "[name for name in ('tracemalloc', 'pickle', 'linecache') if name in sys.modules]"
        self.assertEqual(self.target.eval(loaded), [])

    def test_it_ends_with_the_last_session_that_wanted_it(self):
        other = self.target.client()
        self.start()
        self.start(other)
        self.client.close()
        self.assertTrue(self.tracing())
        other.close()
        wait_for(lambda: not self.tracing(), "the end of tracing")

    def test_it_ends_with_detach_and_in_a_forked_child(self):
        self.start()
        status = """(lambda pid: os.waitpid(pid, 0)[1] if pid else
            os._exit(int(__import__('_tracemalloc').is_tracing())))(os.fork())"""
        self.assertEqual(self.target.eval(" ".join(status.split())), 0)
        self.assertTrue(self.tracing())
        self.client.request("detach")
        wait_for(lambda: not self.tracing(), "the end of tracing")

    def test_what_the_program_traces_is_its_own(self):
        self.target.run("import tracemalloc; tracemalloc.start(); X = [bytes(1000) for _ in range(100)]")
        self.assertIn("the program itself", str(self.failure("tracemalloc", {"action": "start", "allow": "exec"})))
        self.assertIn("the program itself", str(self.failure("tracemalloc", {"action": "stop"})))
        self.assertTrue(self.client.request("tracemalloc", {"action": "top"})["rows"])
        self.client.close()
        self.target.client().request("detach")
        self.assertTrue(self.tracing())


class ReferrersTests(Case):
    def ways(self, source, **params):
        reply = self.client.request("referrers", dict(params, tree=tree_of(source)))
        return {(row["level"], row["way"], row["holder"].partition(" at 0x")[0]) for row in reply["rows"]}

    def test_holders(self):
        self.target.run(
            """
            import collections
            Point = collections.namedtuple("Point", "x y")
            ONE = []; IN_DICT = {"k": ONE}
            def outer():
                kept = [1]
                def inner(): return kept
                return inner, kept
            INNER, KEPT = outer()
            POINT = Point([5], 2); X = POINT.x
            class Node: pass
            NODE = Node(); NODE.child = Node(); CHILD = NODE.child
            ITEMS = {"a": [NODE]}
            """
        )
        cases = [
            ("shop.ONE", {(1, "key 'ONE'", "module shop"), (1, "key 'k'", "dict of 1")}),
            ("shop.SLOTTED.held", {(1, "attribute 'held'", "<shop.Slotted object")}),
            ("shop.KEPT", {(1, "key 'KEPT'", "module shop"), (1, "content", "a closure's cell")}),
            ("shop.X", {(1, "key 'X'", "module shop"), (1, "field 'x'", "Point(x=<list of 1>, y=2)")}),
            ("shop.CHILD", {(1, "key 'CHILD'", "module shop"), (1, "attribute 'child'", "<shop.Node object")}),
        ]
        for source, expected in cases:
            self.assertEqual(self.ways(source), expected, source)
        self.assertLessEqual(
            {
                (1, "item 0", "list of 1"),
                (2, "key 'a'", "dict of 1"),
                (3, "key 'ITEMS'", "module shop"),
            },
            self.ways("shop.NODE", depth=3),
        )
        self.assertNothingRan()

    def test_it_is_bounded(self):
        self.target.run("HUB = [0]; HOLDERS = [[HUB] for _ in range(300)]")
        reply = self.client.request("referrers", {"tree": tree_of("shop.HUB"), "limit": 20, "depth": 3})
        self.assertEqual((len(reply["rows"]), reply["cut"]), (20, True))
        for depth in (0, 11, "x"):
            error = self.failure("referrers", {"tree": tree_of("shop.HUB"), "depth": depth})
            self.assertEqual(error.kind, "BadRequest")

    def test_nothing_of_the_agent_is_shown(self):
        rows = self.client.request("referrers", {"tree": tree_of("sys"), "depth": 1, "limit": 1000})["rows"]
        self.assertFalse([row for row in rows if "sonde" in row["holder"]])
        self.assertTrue([row for row in rows if row["holder"] == "module shop"])


class InstancesTests(Case):
    def request(self, name, where=None, **params):
        if where is not None:
            params["tree"] = tree_of(where)
        return self.client.request("instances", dict(params, **{"class": name}))

    def test_instances(self):
        reply = self.request("shop.Cart")
        self.assertEqual((reply["total"], reply["matched"], len(reply["rows"])), (10, 10, 10))
        self.assertEqual({row["value"]["$attrs"]["total"] for row in reply["rows"]}, set(range(10)))
        self.assertEqual(self.request("shop.Cart", subclasses=True)["total"], 11)
        self.assertEqual(self.request("shop:Gift")["rows"][0]["type"], "shop.Gift")
        self.assertEqual(self.request("shop.Odd", subclasses=True)["total"], 1)
        reply = self.request("shop.Cart", limit=3)
        self.assertEqual((len(reply["rows"]), reply["matched"]), (3, 10))
        self.assertNothingRan()

    def test_those_for_which_an_expression_is_true(self):
        cases = [("total > 7", 2), ("self.total == 3", 1), ("self.total == 1 or total == 2", 2), ("False", 0)]
        for where, count in cases:
            self.assertEqual(self.request("shop.Cart", where)["matched"], count, where)
        reply = self.request("shop.Cart", "doubled == 4")
        self.assertEqual((reply["matched"], reply["errors"], reply["error"]["kind"]), (0, 10, "Rejected"))
        self.target.run("CARTS[0].extra = 1")
        reply = self.request("shop.Cart", "extra == 1")
        self.assertEqual((reply["matched"], reply["errors"]), (1, 9))
        self.assertNothingRan()

    def test_what_is_no_class(self):
        cases = [
            ("shop.Nothing", "TargetNotFound"),
            ("shop.CARTS", "BadPattern"),
            ("shop.*", "BadPattern"),
            ("Cart", "TargetNotFound"),
            (None, "TargetNotFound"),
        ]
        for name, kind in cases:
            self.assertEqual(self.failure("instances", {"class": name}).kind, kind, name)
        error = self.failure("instances", {"class": "shop.Cart", "tree": {"v": 1, "root": ["nonsense", 0, 1]}})
        self.assertEqual(error.kind, "BadTree")

    def test_none_is_kept(self):
        self.target.run("import weakref; SEEN = weakref.ref(CARTS[5])")
        self.request("shop.Cart", "total >= 0")
        self.target.run("del CARTS[:]")
        self.assertTrue(self.target.eval("SEEN() is None"))


if __name__ == "__main__":
    unittest.main()
