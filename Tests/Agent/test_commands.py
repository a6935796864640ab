"""The commands that answer once: thread, sc, sm, eval, exec."""

import time
import unittest

from .client import AgentFailure, wait_for
from .target import Target
from .trees import tree_of

SHOP = """
import functools, queue, select, socket, sys, threading, time

class Cart:
    size = 3
    def __init__(self, total=0):
        self.total = total
        self.items = [1, 2]
    def add(self, n, *, gift=False):
        return n
    @classmethod
    def make(cls):
        return cls()
    @staticmethod
    def double(n):
        return n
    @property
    def doubled(self):
        return self.total * 2
    class Line:
        def price(self):
            return 1

class Big(Cart):
    def __getattr__(self, name):
        raise RuntimeError("ran")

def checkout(cart, user="bob", *items, gift=False, **more):
    return cart

async def fetch(url): pass
def numbers(n): yield n

@functools.lru_cache(maxsize=None)
def cached(n):
    return n

CART = Cart(5)
BIG = Big()
SETTINGS = {"a": {"b": [1, 2, 3]}}
"""

WAITING = """
def waiters():
    lock = threading.Lock(); lock.acquire()
    server = socket.socket(); server.bind(("127.0.0.1", 0)); server.listen(1)
    left, right = socket.socketpair()
    jobs = {
        "lock": lock.acquire,
        "sleep": lambda: time.sleep(60),
        "queue": queue.Queue().get,
        "event": threading.Event().wait,
        "condition": lambda: wait_on(threading.Condition()),
        "connection": server.accept,
        "data from a socket": lambda: left.recv(1),
        "events": lambda: select.select([left], [], [], 60),
    }
    def wait_on(condition):
        with condition:
            condition.wait()
    for name, job in jobs.items():
        threading.Thread(target=job, name=name, daemon=True).start()
    return lock, server, left, right

KEPT = waiters()
"""


class ThreadTests(unittest.TestCase):
    def test_threads_and_what_they_wait_for(self):
        with Target(SHOP + WAITING) as target:
            client = target.client()

            def rows():
                found = {row["name"]: row for row in client.request("thread")["rows"]}
                settled = all(row["waits_for"] is not None for row in found.values())
                return found if settled and len(found) == 9 else None

            found = wait_for(rows, "the threads to settle")
            for name, row in found.items():
                self.assertEqual(row["state"], "waiting", row)
                if name == "MainThread":
                    self.assertEqual((row["waits_for"], row["native_id"], row["daemon"]), ("input", target.process.pid, False))
                else:
                    self.assertEqual((row["waits_for"], row["daemon"]), (name, True), row)
                self.assertGreaterEqual(row["cpu_ms"], 0)
            self.assertEqual(found["MainThread"]["func"], "shop._drive")

    def test_the_busiest_by_a_measured_interval(self):
        with Target(SHOP + WAITING) as target:
            target.run(
                """
                def spin():
                    while True: sum(range(1000))
                def rest():
                    ends = time.thread_time() + 0.3
                    while time.thread_time() < ends: pass
                    RESTS.set()
                    threading.Event().wait()
                RESTS = threading.Event()
                rester = threading.Thread(target=rest, name="rested", daemon=True); rester.start()
                RESTS.wait()
                threading.Thread(target=spin, name="busy", daemon=True).start()
                """
            )
            client = target.client()
            rows = client.request("thread", {"seconds": 0.5, "limit": 3})["rows"]
            self.assertEqual(len(rows), 3)
            self.assertEqual(rows[0]["name"], "busy")
            self.assertGreater(rows[0]["cpu"], 10)
            rows = {row["name"]: row for row in client.request("thread", {"seconds": 0.1})["rows"]}
            self.assertLess(rows["rested"]["cpu"], 10)
            self.assertGreater(rows["rested"]["cpu_ms"], 250)
            self.assertEqual({row["cpu"] for row in client.request("thread")["rows"]}, {None})
            for wrong in ({"seconds": -1}, {"seconds": 1e9}, {"limit": "x"}, {"id": "x"}):
                with self.assertRaises(AgentFailure) as caught:
                    client.request("thread", wrong)
                self.assertEqual(caught.exception.kind, "BadRequest")
            request_id = client.send("thread", {"seconds": 60})
            self.assertEqual(client.request("cancel", {"id": request_id}), {"cancelled": True})
            self.assertEqual(client.reply(request_id)["kind"], "Cancelled")

    def test_a_busy_thread_runs_and_comes_first(self):
        with Target(SHOP) as target:
            target.run(
                """
                def spin():
                    while not STOP: pass
                STOP = False
                threading.Thread(target=spin, name="spinner", daemon=True).start()
                """
            )
            client = target.client()

            def first():
                row = client.request("thread")["rows"][0]
                return row if row["name"] == "spinner" and row["state"] == "running" else None

            row = wait_for(first, "the spinner to be first")
            self.assertEqual((row["func"].rpartition(".")[2], row["waits_for"]), ("spin", None))
            one = client.request("thread", {"id": row["native_id"] or row["id"], "stack": True})["rows"]
            self.assertEqual(len(one), 1)
            self.assertEqual(one[0]["stack"][0]["func"].rpartition(".")[2], "spin")
            self.assertEqual({"file", "line", "func", "code"}, set(one[0]["stack"][0]))
            with self.assertRaises(AgentFailure):
                client.request("thread", {"id": 12345})
            target.run("STOP = True")


class SearchTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.target = Target(SHOP)
        cls.addClassCleanup(cls.target.stop)
        cls.client = cls.target.client()

    def names(self, command, pattern, key):
        return [row[key] for row in self.client.request(command, {"pattern": pattern})["rows"]]

    def test_classes(self):
        cases = [
            ("shop.Cart", ["shop.Cart"]),
            ("shop:Cart", ["shop.Cart"]),
            ("Cart", ["shop.Cart"]),
            ("shop", ["shop.Cart", "shop.Cart.Line", "shop.Big"]),
            ("shop.*", ["shop.Cart", "shop.Cart.Line", "shop.Big"]),
            ("s*Lin?", ["shop.Cart.Line"]),
            ("shop.B*", ["shop.Big"]),
            ("nowhere*", []),
        ]
        for pattern, expected in cases:
            self.assertEqual(self.names("sc", pattern, "class"), expected, pattern)
        row = self.client.request("sc", {"pattern": "shop.Big"})["rows"][0]
        self.assertEqual((row["module"], row["bases"], row["methods"]), ("shop", ["shop.Cart"], 1))
        self.assertEqual(row["file"], self.target.script)
        everything = self.client.request("sc", {"pattern": "*", "limit": 5})
        self.assertEqual(len(everything["rows"]), 5)
        self.assertTrue(everything["more"])
        self.assertFalse(self.client.request("sc", {"pattern": "shop.*", "limit": 3})["more"])

    def test_functions(self):
        rows = self.client.request("sm", {"pattern": "shop"})["rows"]
        seen = {row["func"]: (row["kind"], row["signature"]) for row in rows}
        expected = {
            "shop.Cart.__init__": ("method", "(self, total=0)"),
            "shop.Cart.add": ("method", "(self, n, *, gift=False)"),
            "shop.Cart.make": ("classmethod", "(cls)"),
            "shop.Cart.double": ("staticmethod", "(n)"),
            "shop.Cart.doubled": ("property", "(self)"),
            "shop.Cart.Line.price": ("method", "(self)"),
            "shop.Big.__getattr__": ("method", "(self, name)"),
            "shop.checkout": ("function", "(cart, user='bob', *items, gift=False, **more)"),
            "shop.fetch": ("coroutine", "(url)"),
            "shop.numbers": ("generator", "(n)"),
            "shop.cached": ("function", "(n)"),
            "shop._drive": ("function", "()"),
        }
        self.assertEqual(seen, expected)
        self.assertEqual(self.names("sm", "shop.Cart", "func"), [name for name in expected if name.startswith("shop.Cart.") and "Line" not in name])
        self.assertEqual(self.names("sm", "checkout", "func"), ["shop.checkout"])
        self.assertEqual(self.names("sm", "shop.Cart.d*", "func"), ["shop.Cart.double", "shop.Cart.doubled"])
        self.assertEqual(rows[0]["file"], self.target.script)

    def test_a_search_sees_what_has_changed_since_the_last_one(self):
        self.target.run("class Late: pass")
        self.assertEqual(self.names("sc", "shop.Late*", "class"), ["shop.Late"])
        self.target.run("class Inner: pass\nInner.__qualname__ = 'Late.Inner'; Late.Inner = Inner; del Inner")
        self.assertEqual(self.names("sc", "shop.Late*", "class"), ["shop.Late", "shop.Late.Inner"])
        self.target.run("del Late.Inner; Late.one = lambda self: 1")
        row = self.client.request("sc", {"pattern": "shop.Late"})["rows"][0]
        self.assertEqual((row["class"], row["methods"]), ("shop.Late", 1))
        self.target.run("del Late")
        self.assertEqual(self.names("sc", "shop.Late*", "class"), [])

    def test_details_of_a_class(self):
        row = self.client.request("sc", {"pattern": "shop.Cart", "detail": True, "instances": True})["rows"][0]
        self.assertEqual(row["mro"], ["shop.Cart", "object"])
        self.assertEqual((row["metaclass"], row["subclasses"], row["instances"]), ("type", ["shop.Big"], 1))
        self.assertEqual((row["fields"], row["doc"]), (["size"], None))

    def test_details_of_a_function(self):
        rows = self.client.request("sm", {"pattern": "shop.c*", "detail": True})["rows"]
        details = {row["func"]: (row["qualname"], row["wraps"], row["captures"]) for row in rows}
        self.assertEqual(details, {name: (name, None, []) for name in ("shop.checkout", "shop.cached")})

    def test_what_is_not_there(self):
        for command, pattern, hint in [("sc", "shop.Crat", "shop.Cart"), ("sm", "shop.chekout", "shop.checkout")]:
            with self.assertRaises(AgentFailure) as caught:
                self.client.request(command, {"pattern": pattern})
            self.assertEqual(caught.exception.kind, "TargetNotFound")
            self.assertIn(hint, caught.exception.reply["hint"])
        for pattern in ("", None, 5, "a b", "[x]"):
            with self.assertRaises(AgentFailure) as caught:
                self.client.request("sc", {"pattern": pattern})
            self.assertEqual(caught.exception.kind, "BadPattern")


class EvalTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.target = Target(SHOP)
        cls.addClassCleanup(cls.target.stop)
        cls.client = cls.target.client()

    def value(self, source, **params):
        return self.client.request("eval", dict(params, tree=tree_of(source)))["value"]

    def test_values(self):
        cases = [
            ("1 + 2", 3),
            ("shop.CART.total", 5),
            ("shop.CART.size + 1", 4),
            ("len(shop.CART.items)", 2),
            ("shop.SETTINGS['a']['b'][1]", 2),
            ("shop.Cart.size", 3),
            ("'a' in shop.SETTINGS", True),
            ("sys.maxsize > 0", True),
        ]
        for source, expected in cases:
            self.assertEqual(self.value(source), expected, source)
        self.assertEqual(self.value("shop.SETTINGS")["a"]["$cut"], 1)
        self.assertEqual(self.value("shop.SETTINGS", expand=3), {"a": {"b": [1, 2, 3]}})
        reply = self.client.request("eval", {"tree": tree_of("shop.CART")})
        self.assertEqual((reply["type"], reply["value"]["$attrs"]["total"]), ("shop.Cart", 5))

    def test_user_code_runs_only_when_allowed(self):
        for source in ("shop.CART.doubled", "shop.BIG.nothing"):
            with self.assertRaises(AgentFailure, msg=source) as caught:
                self.value(source)
            self.assertEqual(caught.exception.kind, "Rejected")
            self.assertIn("--allow eval", caught.exception.reply["hint"])
        self.assertEqual(self.value("shop.CART.doubled", allow="eval"), 10)

    def test_errors(self):
        cases = [
            ("shp.CART", "UnknownName", 0, 3),
            ("1 + nowhere", "UnknownName", 4, 11),
            ("shop.CART.missing", "AttributeError", 0, 17),
            ("1 / 0", "ZeroDivisionError", 0, 5),
            ("shop.SETTINGS['z']", "KeyError", 0, 18),
        ]
        for source, kind, start, end in cases:
            with self.assertRaises(AgentFailure, msg=source) as caught:
                self.value(source)
            reply = caught.exception.reply
            self.assertEqual((reply["kind"], reply["start"], reply["end"]), (kind, start, end), source)
        for tree in (None, {}, {"v": 1, "root": ["name", 0, 1, "__import__"]}):
            with self.assertRaises(AgentFailure) as caught:
                self.client.request("eval", {"tree": tree})
            self.assertEqual(caught.exception.kind, "BadTree")

    def test_names_are_not_imported(self):
        with self.assertRaises(AgentFailure):
            self.value("this.s")
        self.assertFalse(self.target.eval("'this' in __import__('sys').modules"))


class ExecTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.target = Target(SHOP)
        cls.addClassCleanup(cls.target.stop)

    def setUp(self):
        self.client = self.target.client()

    def run_code(self, source, **more):
        return self.client.request("exec", dict(more, source=source, allow="exec"))

    def test_it_needs_permission(self):
        for params in ({}, {"allow": "eval"}, {"allow": "read"}, {"allow": True}):
            with self.assertRaises(AgentFailure) as caught:
                self.client.request("exec", dict(params, source="shop.CART.total = 9"))
            self.assertEqual(caught.exception.kind, "NotPermitted")
        self.assertEqual(self.target.eval("CART.total"), 5)

    def test_values_names_and_output(self):
        self.assertEqual(self.run_code("1 + 1")["value"], 2)
        self.assertEqual(self.run_code("x = 5")["value"], None)
        self.assertEqual(self.run_code("def f(a):\n    return a + x\nf(1)")["value"], 6)
        self.assertEqual(self.run_code("checkout(7)")["value"], 7)
        self.assertEqual(self.run_code("shop.CART.total")["value"], 5)
        self.assertEqual(self.run_code("[n * x for n in range(3)]")["value"], [0, 5, 10])
        reply = self.run_code("import sys\nprint('out')\nprint('err', file=sys.stderr)\nsys.stdout.write('more\\n')")
        self.assertEqual((reply["stdout"], reply["stderr"], reply["error"]), ("out\nmore\n", "err\n", None))
        self.assertFalse(self.target.eval("'x' in globals() or 'f' in globals()"))
        other = self.target.client()
        with self.assertRaises(AgentFailure) as caught:
            other.request("eval", {"tree": tree_of("x")})
        self.assertEqual(caught.exception.kind, "UnknownName")
        self.assertIn("NameError", other.request("exec", {"source": "x", "allow": "exec"})["error"])

    def test_errors_are_text_whose_last_line_says_what_it_was(self):
        cases = [
            ("1/0", "ZeroDivisionError: division by zero"),
            ("def (", "SyntaxError"),
            ("raise KeyError('k')", "KeyError: 'k'"),
            ("import sys; sys.exit(3)", "SystemExit: 3"),
            ("raise KeyboardInterrupt", "KeyboardInterrupt"),
            ("class E(Exception):\n  def __str__(self): 1/0\nraise E", "E: <its text cannot be had>"),
            ("\0", ""),
        ]
        for source, last in cases:
            error = self.run_code(source)["error"]
            self.assertTrue(error.split("\n")[-1].startswith(last), (source, error))
        self.assertIn('File "<sonde exec>", line 2', self.run_code("x = 1\n1/0")["error"])
        self.assertEqual(self.client.request("ping")["pid"], self.target.process.pid)

    def test_other_threads_print_as_before(self):
        self.target.run(
            """
            STOP = False
            def talk():
                while not STOP:
                    print("the program's own")
                    time.sleep(0.001)
            talker = threading.Thread(target=talk)
            talker.start()
            """
        )
        reply = self.run_code("import time\nprint('mine')\ntime.sleep(0.1)")
        self.target.run("STOP = True; talker.join()")
        self.assertEqual(reply["stdout"], "mine\n")
        self.assertGreater(self.target.output.count("the program's own\n"), 10)
        self.assertNotIn("mine", self.target.output)
        self.assertEqual(self.target.text("type(sys.stdout).__name__"), "'TextIOWrapper'")

    def test_it_leaves_no_thread_object_behind(self):
        reply = self.run_code("import threading\nthreading.current_thread().name.split('-')[0]")
        self.assertEqual(reply["value"], "Dummy")
        wait_for(lambda: self.target.text("[thread.name for thread in threading.enumerate()]") == "['MainThread']")

    def test_a_cancelled_one_is_interrupted(self):
        wait_for(lambda: self.target.text("len(sys._current_frames())") == "2", "what was run before to end")
        request_id = self.client.send("exec", {"source": "while True: pass", "allow": "exec"})
        wait_for(lambda: self.target.text("len(sys._current_frames())") == "3", "the code to run")
        self.assertEqual(self.client.request("cancel", {"id": request_id}), {"cancelled": True})
        self.assertEqual(self.client.reply(request_id)["kind"], "Cancelled")
        wait_for(lambda: self.target.text("len(sys._current_frames())") == "2", "the code to end")

    def test_the_deadline_interrupts(self):
        cases = [
            ("an endless loop", "while True: pass"),
            ("one that catches errors", "while True:\n  try: 1/0\n  except Exception: pass"),
            ("a sleep", "import time; time.sleep(1.2)"),
            ("a call in C that waits", "import threading; threading.Event().wait(1.2)"),
        ]
        threads = self.target.eval("len(__import__('sys')._current_frames())")
        for name, source in cases:
            began = time.monotonic()
            with self.assertRaises(AgentFailure, msg=name) as caught:
                self.run_code(source, timeout_ms=200)
            self.assertEqual(caught.exception.kind, "Timeout", name)
            self.assertLess(time.monotonic() - began, 1.0, name)
            # What waited in the kernel ends when it comes back.
            wait_for(lambda: self.target.eval("len(__import__('sys')._current_frames())") == threads, name)
        self.assertEqual(self.run_code("1 + 1")["value"], 2)

    def test_what_it_calls_is_observed_like_any_call(self):
        self.client.request("watch", {"pattern": "shop.checkout", "times": 1})
        self.run_code("checkout(8)")
        self.assertEqual(self.client.next("observation")["args"], [8, "bob"])


if __name__ == "__main__":
    unittest.main()
