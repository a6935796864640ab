"""`thread --locks`: who holds what, who waits for what, and which threads wait for each other in a circle."""

import os
import textwrap
import unittest

from .client import wait_for
from .target import Target

PROGRAM = """
import queue, sys, threading, time
from concurrent.futures import Future

class Bank:
    def __init__(self, lock):
        self.lock = lock
        self.locks = {"a": lock}

BANKS = []
STARTED = threading.Semaphore(0)
STOP = threading.Event()

def start(name, job):
    thread = threading.Thread(target=job, name=name, daemon=True)
    thread.start()
    return thread

def hold_and_take(first, second, meet):
    with first.lock:
        meet.wait()
        with second.lock:
            pass

def circle(make, count):
    meet = threading.Barrier(count)
    banks = [Bank(make()) for _ in range(count)]
    BANKS.extend(banks)
    for number in range(count):
        following = banks[(number + 1) % count]
        start("t{}".format(number), lambda a=banks[number], b=following: hold_and_take(a, b, meet))
"""

# What the program does; then (name, relation, kind, lock, owner, basis) of the rows wanted, and the names in each circle.
CASES = [
    ("nothing", "", [], []),
    (
        "two RLocks",
        "circle(threading.RLock, 2)",
        [
            ("t0", "waits", "RLock", "second.lock", "t1", "known"),
            ("t1", "waits", "RLock", "second.lock", "t0", "known"),
            ("t0", "holds", "RLock", "first.lock", "t0", "known"),
            ("t1", "holds", "RLock", "first.lock", "t1", "known"),
        ],
        [["t0", "t1"]],
    ),
    ("three RLocks", "circle(threading.RLock, 3)", [("t2", "waits", "RLock", "second.lock", "t0", "known")], [["t0", "t1", "t2"]]),
    ("RLocks in Python", "circle(threading._PyRLock, 2)", [("t0", "waits", "RLock", None, "t1", "known")], [["t0", "t1"]]),
    (
        "two locks in with blocks",
        "circle(threading.Lock, 2)",
        [
            ("t0", "waits", "Lock", "second.lock", "t1", "inferred"),
            ("t0", "holds", "Lock", "first.lock", "t0", "inferred"),
        ],
        [["t0", "t1"]],
    ),
    ("three locks", "circle(threading.Lock, 3)", [("t0", "waits", "Lock", "second.lock", "t1", "inferred")], [["t0", "t1", "t2"]]),
    ("conditions' locks", "circle(threading.Condition, 2)", [("t0", "waits", "Condition", "second.lock", "t1", "known")], [["t0", "t1"]]),
    (
        "acquire and release, closures and globals",
        """
        A = threading.Lock()
        def make():
            inner = threading.Lock()
            meet = threading.Barrier(2)
            def one():
                inner.acquire()
                try:
                    meet.wait()
                    A.acquire(True, 100)
                finally:
                    inner.release()
            def two():
                with A:
                    meet.wait()
                    with inner:
                        pass
            start("one", one); start("two", two)
        make()
        """,
        [
            ("one", "waits", "Lock", "shop.A", "two", "inferred"),
            ("two", "waits", "Lock", "inner", "one", "inferred"),
            ("one", "holds", "Lock", "inner", "one", "inferred"),
            ("two", "holds", "Lock", "shop.A", "two", "inferred"),
        ],
        [["one", "two"]],
    ),
    (
        "a lock taken twice",
        """
        class Twice:
            def __init__(self):
                self._lock = threading.Lock()
            def run(self):
                with self._lock:
                    self.again()
            def again(self):
                with self._lock:
                    pass
        start("twice", Twice().run)
        """,
        [("twice", "waits", "Lock", "shop.Twice._lock", "twice", "inferred")],
        [["twice"]],
    ),
    (
        "a thread that is joined and waits back",
        """
        def parent():
            lock = threading.RLock()
            with lock:
                child = start("child", lambda: take(lock))
                child.join()
        def take(it):
            with it:
                pass
        start("parent", parent)
        """,
        [
            ("parent", "waits", "Thread", "child", "child", "known"),
            ("child", "waits", "RLock", "it", "parent", "known"),
        ],
        [["child", "parent"]],
    ),
    (
        "waiting for what nobody owns",
        """
        jobs = queue.Queue()
        def take(): jobs.get()
        ready = threading.Condition()
        def wait_ready():
            with ready:
                ready.wait()
        event = threading.Event()
        gate = threading.Semaphore(0)
        future = Future()
        simple = queue.SimpleQueue()
        start("queue", take); start("condition", wait_ready); start("event", lambda: event.wait())
        start("semaphore", lambda: gate.acquire()); start("future", lambda: future.result())
        start("simple", lambda: simple.get())
        """,
        [
            ("queue", "waits", "Queue", "shop.jobs", None, None),
            ("condition", "waits", "Condition", "shop.ready", None, None),
            ("event", "waits", "Event", "shop.event", None, None),
            ("semaphore", "waits", "Semaphore", "shop.gate", None, "unknown"),
            ("future", "waits", "Future", "shop.future", None, None),
            ("simple", "waits", "SimpleQueue", "shop.simple", None, None),
        ],
        [],
    ),
    (
        "a lock that nobody's frames show",
        """
        hidden = threading.Lock()
        hidden.acquire()
        keys = {"a": hidden}
        def take(name):
            with keys[name]:
                pass
        start("taker", lambda: take("a"))
        """,
        [("taker", "waits", "Lock", "shop.keys[name]", None, "unknown")],
        [],
    ),
    (
        "one works while others wait",
        """
        slow = threading.Lock()
        inside = threading.Event()
        def work():
            with slow:
                inside.set()
                STOP.wait()
        def queue_up():
            with slow:
                pass
        start("worker", work); inside.wait()
        start("first", queue_up); start("second", queue_up)
        """,
        [
            ("worker", "holds", "Lock", "shop.slow", "worker", "inferred"),
            ("worker", "waits", "Event", "shop.STOP", None, None),
            ("first", "waits", "Lock", "shop.slow", "worker", "inferred"),
            ("second", "waits", "Lock", "shop.slow", "worker", "inferred"),
        ],
        [],
    ),
    (
        "back from a condition's wait",
        """
        turn = threading.Condition()
        def wait_turn():
            with turn:
                turn.wait()
        def keep():
            while not turn._waiters:
                time.sleep(0.001)
            with turn:
                turn.notify_all()
                STOP.wait()
        start("woken", wait_turn); start("keeper", keep)
        """,
        [("woken", "waits", "Condition", "shop.turn", "keeper", "known")],
        [],
    ),
]


class LockTests(unittest.TestCase):
    def test_locks(self):
        for name, program, wanted, circles in CASES:
            with self.subTest(name), Target(PROGRAM) as target:
                target.run(textwrap.dedent(program))
                client = target.client()
                last = {}

                def is_there():
                    last.update(client.request("thread", {"locks": True}))
                    found = [
                        tuple(row[key] for key in ("name", "relation", "kind", "lock", "owner", "basis"))
                        for row in last["rows"]
                    ]
                    rest = [row for row in wanted if row not in found and row[3] is not None]
                    blank = [row for row in wanted if row[3] is None and row[:3] + row[4:] not in [r[:3] + r[4:] for r in found]]
                    names = sorted(sorted(row["name"] for row in circle) for circle in last["deadlocks"])
                    last["missing"] = (rest, blank, names)
                    return not rest and not blank and names == circles

                try:
                    wait_for(is_there, name)
                except AssertionError:
                    self.fail("{}: {}\n{}".format(name, last["missing"], "\n".join(map(str, last["rows"]))))
                marked = {row["name"] for row in last["rows"] if row["deadlock"] is not None}
                self.assertEqual(marked, {name for circle in circles for name in circle})
                if not circles:
                    self.assertEqual([row for row in last["rows"] if row["deadlock"]], [])

    def test_the_main_thread_among_them(self):
        with Target(PROGRAM) as target:
            client = target.client()
            target.start("circle(threading.RLock, 2) or time.sleep(0.2) or hold_and_take(BANKS[0], BANKS[1], STOP)")
            circle = wait_for(lambda: client.request("thread", {"locks": True})["deadlocks"], "the deadlock")[0]
            self.assertEqual(sorted(row["name"] for row in circle), ["t0", "t1"])

            def main():
                rows = client.request("thread", {"locks": True})["rows"]
                return [row for row in rows if row["name"] == "MainThread" and row["relation"] == "waits"]

            row = wait_for(main, "the main thread to wait")[0]
            self.assertIn(row["owner"], ("t0", "t1"))
            self.assertEqual((row["func"], row["deadlock"]), ("shop.hold_and_take", None))
        with Target(PROGRAM) as target:
            client = target.client()
            target.start(
                "meet = threading.Barrier(2); a = Bank(threading.Lock()); b = Bank(threading.Lock())\n"
                "start('other', lambda: hold_and_take(a, b, meet))\n"
                "hold_and_take(b, a, meet)"
            )
            circle = wait_for(lambda: client.request("thread", {"locks": True})["deadlocks"], "the deadlock")[0]
            self.assertEqual(sorted(row["name"] for row in circle), ["MainThread", "other"])

    def test_imports_among_them(self):
        with Target(PROGRAM) as target:
            with open(os.path.join(target.folder, "slow.py"), "w") as file:
                file.write("import shop_state\nshop_state.importing.set()\nwith shop_state.lock: pass\n")
            with open(os.path.join(target.folder, "shop_state.py"), "w") as file:
                file.write("import threading\nlock, importing = threading.Lock(), threading.Event()\n")
            target.run(
                """
                import shop_state
                def one():
                    with shop_state.lock:
                        start("two", two)
                        shop_state.importing.wait()
                        import slow
                def two():
                    import slow
                start("one", one)
                """
            )
            client = target.client()
            circle = wait_for(lambda: client.request("thread", {"locks": True})["deadlocks"], "the deadlock")[0]
            found = {row["name"]: (row["kind"], row["lock"], row["owner"], row["basis"], row["func"]) for row in circle}
            expected = {
                "one": ("import lock", "slow", "two", "known", "shop.one"),
                "two": ("Lock", "shop_state.lock", "one", "inferred", "slow.<module>"),
            }
            self.assertEqual(found, expected)

    def test_five_hundred_threads(self):
        with Target(PROGRAM) as target:
            target.run("circle(threading.Lock, 500)")
            client = target.client()
            reply = wait_for(lambda: (lambda r: r["deadlocks"] and r)(client.request("thread", {"locks": True})), "all", 60)
            self.assertEqual(len(reply["deadlocks"][0]), 500)
            self.assertEqual(len(client.request("thread", {"limit": 7})["rows"]), 7)

    def test_nothing_of_the_program_runs(self):
        with Target(PROGRAM) as target:
            target.run(
                """
                class Trap:
                    def __getattribute__(self, name): raise SystemError("ran " + name)
                    def __eq__(self, other): raise SystemError("compared")
                    __hash__ = None
                class Holder:
                    lock = property(lambda self: 1 / 0)
                    def run(self):
                        held = threading.Lock()
                        with held:
                            STOP.wait()
                def take(self, trap):
                    trap_again = Trap()
                    with held:
                        with self.lock:
                            pass
                held = threading.Lock(); held.acquire()
                start("taker", lambda: take(Holder(), Trap())); start("holder", Holder().run)
                """
            )
            client = target.client()

            def there():
                rows = client.request("thread", {"locks": True})["rows"]
                return {row["name"] for row in rows} >= {"taker", "holder"} and rows

            rows = wait_for(there, "both")
            self.assertIn(("taker", "shop.held"), [(row["name"], row["lock"]) for row in rows])
            self.assertEqual(target.errors(), "")


if __name__ == "__main__":
    unittest.main()
