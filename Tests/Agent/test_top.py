"""`top`: where the threads spend their time."""

import threading
import unittest

from .client import AgentFailure, wait_for
from .inprocess import module
from .target import Target

from sonde_agent import sampling
from sonde_agent.originals import get_ident

SOURCE = """
import threading, time, zlib

stop = threading.Event()
DATA = b"x" * 20000000

def inner(n):
    total = 0
    for i in range(n):
        total += i * i
    return total

def outer():
    while not stop.is_set():
        inner(2000)

def waits():
    stop.wait()

def compresses():
    while not stop.is_set():
        zlib.crc32(DATA)

def recurse(n):
    return inner(20000) if n == 0 else recurse(n - 1)

def recursing():
    while not stop.is_set():
        recurse(300)

class Odd:
    def __del__(self):
        ENDED.append(threading.get_ident())

ENDED = []

def makes():
    while not stop.is_set():
        held = Odd()
        inner(200)
        del held

THREADS = []

def start(*names):
    for name in names:
        thread = threading.Thread(target=globals()[name], name="t-" + name, daemon=True)
        THREADS.append(thread)
        thread.start()

def end():
    stop.set()
    for thread in THREADS:
        thread.join()
    del THREADS[:]
    stop.clear()
"""


_ENOUGH = 40


class SamplerTests(unittest.TestCase):
    """The sampler beside threads of this very process."""

    def profile(self, *names, **more):
        space = module(SOURCE)
        space.start(*names)
        self.addCleanup(space.end)
        wanted = more.pop("wanted", lambda ident: True)
        # On a busy machine a sample costs more, and fewer are taken: a share needs enough of them.
        for seconds in (0.4, 0.8, 1.6, 3.2):
            sampler = sampling.Sampler({get_ident()}, wanted, **more)
            sampler.run(seconds, 200, lambda: None)
            if sampler.samples >= _ENOUGH:
                break
        space.end()
        self.space = space
        rows = sampling.functions(sampler)
        return sampler, {row["func"]: row for row in rows}

    def test_own_and_total(self):
        sampler, rows = self.profile("outer")
        self.assertGreater(rows["shop.inner"]["own"], 80)
        self.assertGreater(rows["shop.outer"]["total"], 95)
        self.assertLess(rows["shop.outer"]["own"], 20)
        self.assertAlmostEqual(sum(row["own"] for row in rows.values()), 100, delta=0.1)
        self.assertEqual(rows["shop.inner"]["file"], "/nowhere/shop.py")
        self.assertGreater(sampler.samples, 10)
        self.assertLessEqual(rows["shop.outer"]["total_ms"], sampler.seconds * 1000 * 1.5)

    def test_a_recursive_function_counts_once(self):
        sampler, rows = self.profile("recursing")
        self.assertLessEqual(rows["shop.recurse"]["total"], 100)
        self.assertGreater(rows["shop.recurse"]["total"], 90)
        self.assertLessEqual(max(map(len, sampler.stacks)), sampling._DEPTH)

    def test_waiting_threads_count_with_idle_only(self):
        _, rows = self.profile("waits", "outer")
        self.assertLess(rows.get("shop.waits", {"total": 0})["total"], 10)
        sampler, rows = self.profile("waits", "waits", idle=True)
        self.assertGreater(rows["shop.waits"]["total"], 90)
        self.assertAlmostEqual(rows["shop.waits"]["total_ms"], 2000 * sampler.seconds, delta=300)

    def test_gil_leaves_out_threads_that_run_without_it(self):
        _, rows = self.profile("compresses", "outer")
        self.assertGreater(rows["shop.compresses"]["own_ms"], 20)
        _, rows = self.profile("compresses", "outer", gil=True)
        self.assertGreater(rows["shop.inner"]["own"], rows.get("shop.compresses", {"own": 0})["own"])

    def test_no_frame_is_kept(self):
        self.profile("makes")
        self.assertNotIn(get_ident(), self.space.ENDED)
        self.assertGreater(len(self.space.ENDED), 10)

    def test_what_is_kept_is_bounded(self):
        self.addCleanup(setattr, sampling, "_STACKS", sampling._STACKS)
        self.addCleanup(setattr, sampling, "_CODES", sampling._CODES)
        sampling._STACKS = 1
        sampler, rows = self.profile("outer", "recursing")
        self.assertLessEqual(len(sampler.stacks), 2)
        sampling._CODES = 0
        sampler, rows = self.profile("outer")
        self.assertEqual(list(rows), ["(too many to keep)"])

    def test_threads_that_come_and_go(self):
        space = module("import threading\ndef short():\n    sum(range(20000))\ndef many():\n    for _ in range(400):\n"
                       "        thread = threading.Thread(target=short)\n        thread.start()\n        thread.join()\n")
        thread = threading.Thread(target=space.many)
        thread.start()
        sampler = sampling.Sampler({get_ident()}, lambda ident: True)
        while thread.is_alive():
            sampler.run(0.05, 1000, lambda: None)
        self.assertGreater(sampler.samples, 1)

    def test_it_takes_no_more_than_its_share(self):
        space = module(SOURCE)
        space.start(*["waits"] * 50)
        self.addCleanup(space.end)
        sampler = sampling.Sampler({get_ident()}, lambda ident: True)
        sampler.run(1.0, 100, lambda: None)
        self.assertEqual(sampler.threads, 50)
        self.assertLess(sampler.cost, 0.015 * sampler.seconds)


class TopTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.target = Target(SOURCE)
        cls.addClassCleanup(cls.target.stop)

    def test_rows_and_stacks(self):
        self.target.run("start('outer', 'waits')")
        client = self.target.client()
        data = client.request("top", {"seconds": 0.4, "stacks": True, "limit": 1})
        rows = client.request("top", {"seconds": 0.2, "thread": "t-waits", "idle": True})["rows"]
        self.target.run("end()")
        self.assertEqual([row["func"] for row in data["rows"]], ["shop.inner"])
        self.assertGreater(data["functions"], 1)
        self.assertEqual(data["threads"], 3)
        self.assertLess(data["cost_ms"], 400 * 0.05)
        names = {data["frames"][number][0] for stack, weight in data["stacks"] for number in stack}
        self.assertTrue({"shop.inner", "shop.outer"} <= names)
        self.assertTrue(any(row["func"] == "shop.waits" for row in rows))
        self.assertFalse(any(row["func"] == "shop.outer" for row in rows))

    def test_a_cancelled_one_ends(self):
        client = self.target.client()
        request = client.send("top", {"seconds": 600}, timeout_ms=700000)
        client.request("cancel", {"id": request})
        self.assertEqual(client.reply(request)["kind"], "Cancelled")
        wait_for(lambda: self.target.eval("len(__import__('sys')._current_frames())") == 2, "the sampler's thread to end")

    def test_bad_parameters_are_refused(self):
        client = self.target.client()
        for params in [{"seconds": 0}, {"seconds": 4000}, {"hz": 0}, {"hz": 2000}, {"hz": "x"}, {"thread": 3}]:
            with self.assertRaises(AgentFailure, msg=params) as caught:
                client.request("top", params)
            self.assertEqual(caught.exception.kind, "BadRequest")


if __name__ == "__main__":
    unittest.main()
