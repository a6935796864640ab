"""`tasks`: every loop's tasks as a tree, and what each waits for."""

import importlib.util
import sys
import unittest

from .client import wait_for
from .target import Target

PROGRAM = """
import asyncio, queue, sys, threading, time

LOOPS = {}
QUICK = [0]

def serve(name, main):
    def work():
        loop = asyncio.new_event_loop()
        LOOPS[name] = loop
        asyncio.set_event_loop(loop)
        loop.run_until_complete(main())
    thread = threading.Thread(target=work, name=name, daemon=True)
    thread.start()

def named(coroutine, name):
    task = asyncio.ensure_future(coroutine)
    task.set_name(name)
    return task

async def sleeper(): await asyncio.sleep(1000)
async def outer(): await middle()
async def middle(): await sleeper()
"""

WAITS = """
async def main():
    lock = asyncio.Lock(); await lock.acquire()
    left, right = __import__("socket").socketpair()
    reader, writer = await asyncio.open_connection(sock=left)
    loop = asyncio.get_event_loop()
    process = await asyncio.create_subprocess_exec("sleep", "100")
    KEPT.append((left, right, process, writer))
    async def with_lock():
        async with lock: pass
    async def with_semaphore():
        async with asyncio.Semaphore(0): pass
    async def on_event(): await asyncio.Event().wait()
    async def on_condition():
        condition = asyncio.Condition()
        async with condition:
            await condition.wait()
    async def on_queue(): await asyncio.Queue().get()
    async def on_room():
        full = asyncio.Queue(1)
        await full.put(1); await full.put(2)
    async def on_socket(): await reader.read(1)
    async def on_future(): await loop.create_future()
    async def on_thread(): await loop.run_in_executor(None, STOP.wait)
    async def on_child(): await process.wait()
    async def on_agen():
        async for _ in endless(): pass
    async def endless():
        while True:
            await asyncio.sleep(1000)
            yield 1
    jobs = [with_lock, with_semaphore, on_event, on_condition, on_queue, on_room, on_socket, on_future, on_thread, on_child, on_agen, outer]
    await asyncio.wait([named(job(), job.__name__) for job in jobs])

KEPT = []
STOP = threading.Event()
"""

EXPECTED = {
    "with_lock": "lock",
    "with_semaphore": "semaphore",
    "on_event": "event",
    "on_condition": "condition",
    "on_queue": "queue",
    "on_room": "room in a queue",
    "on_socket": "data from a socket",
    "on_future": "future",
    "on_thread": "thread",
    "on_child": "child process",
    "on_agen": "sleep",
    "outer": "sleep",
}

TREE = """
async def direct(): await named(sleeper(), "awaited")
async def gathered(): await asyncio.gather(named(sleeper(), "g1"), named(sleeper(), "g2"))
async def nested(): await asyncio.gather(asyncio.gather(named(sleeper(), "n1")), named(sleeper(), "n2"))
async def timed(): await asyncio.wait_for(named(sleeper(), "timed child"), 1000)
async def waited(): await asyncio.wait([named(sleeper(), "w1")])
async def shielded(): await asyncio.shield(named(sleeper(), "shielded child"))
async def deep(): await named(direct(), "deep child")
async def main():
    asyncio.current_task().set_name("main") if hasattr(asyncio, "current_task") else None
    await asyncio.gather(*[named(job(), job.__name__) for job in JOBS])
JOBS = [direct, gathered, nested, timed, waited, shielded]
if sys.version_info >= (3, 11):
    exec('''async def group():
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(sleeper(), name="t1")
        tasks.create_task(sleeper(), name="t2")
JOBS.append(group)''')
"""

EDGES = {
    "direct": "main",
    "awaited": "direct",
    "g1": "gathered",
    "g2": "gathered",
    "n1": "nested",
    "n2": "nested",
    "timed child": "timed",
    "w1": "waited",
    "shielded child": "shielded",
}


class TaskTests(unittest.TestCase):
    def rows(self, client, count, **params):
        """The rows, once there are as many as that and none is about to move."""

        def settled():
            rows = client.request("tasks", params)["rows"]
            return rows if len(rows) == count and all(row["state"] == "waiting" for row in rows) else None

        try:
            return wait_for(settled, "the tasks")
        except AssertionError:
            self.fail("\n".join(map(str, client.request("tasks", params)["rows"])))

    def test_what_tasks_wait_for(self):
        with Target(PROGRAM + WAITS) as target:
            # Child processes are watched from the main thread until 3.11.
            target.start("asyncio.run(main())")
            client = target.client()
            rows = self.rows(client, len(EXPECTED) + 1)
            self.assertEqual({row["name"]: row["waits_for"] for row in rows if row["name"] in EXPECTED}, EXPECTED)
            self.assertEqual((rows[0]["waits_for"], rows[0]["level"], rows[0]["coro"]), ("tasks", 0, "shop.main"))
            row = next(row for row in rows if row["name"] == "outer")
            self.assertEqual((row["coro"], row["func"].rpartition(".")[2]), ("shop.outer", "sleeper"))
            self.assertEqual((row["file"], row["awaits"]), (target.script, ["outer", "middle", "sleeper", "sleep"]))
            self.assertEqual((row["task"], row["level"], row["thread"]), ("  outer", 1, "MainThread"))
            self.assertEqual(row["parent"], rows[0]["id"])
            target.process.kill()
            target.process.wait()

    def test_the_tree(self):
        with Target(PROGRAM + TREE) as target:
            target.run("serve('worker', main)")
            client = target.client()
            edges = dict(EDGES)
            if sys.version_info >= (3, 11):
                edges.update({"t1": "group", "t2": "group", "group": "main"})
            rows = self.rows(client, len(edges) + 6)
            names = {row["id"]: row["name"] for row in rows}
            self.assertEqual({row["name"]: names.get(row["parent"]) for row in rows if row["name"] in edges}, edges)
            levels = {row["name"]: row["level"] for row in rows}
            self.assertEqual((levels["main"], levels["direct"], levels["awaited"]), (0, 1, 2))
            order = [row["name"] for row in rows]
            self.assertEqual(order[0], "main")
            self.assertEqual(order.index("awaited"), order.index("direct") + 1)
            self.assertEqual({row["thread"] for row in rows}, {"worker"})
            few = client.request("tasks", {"limit": 3})
            self.assertEqual((len(few["rows"]), few["total"]), (3, len(rows)))

    def test_several_loops_and_a_running_task(self):
        with Target(PROGRAM) as target:
            target.run(
                """
                async def idle(): await sleeper()
                async def busy():
                    while True: spin()
                def spin(): return sum(range(2000))
                serve("one", idle); serve("two", idle); serve("three", busy)
                """
            )
            client = target.client()

            def there():
                rows = {row["thread"]: row for row in client.request("tasks")["rows"]}
                return rows if len(rows) == 3 and rows["three"]["func"] == "shop.spin" else None

            rows = wait_for(there, "three loops")
            self.assertEqual([rows[name]["state"] for name in ("one", "two", "three")], ["waiting", "waiting", "running"])
            self.assertIsNone(rows["three"]["waits_for"])

    def test_while_tasks_come_and_go(self):
        with Target(PROGRAM) as target:
            target.run(
                """
                async def brief():
                    await asyncio.sleep(0)
                    QUICK[0] += 1
                async def churn():
                    while True:
                        await asyncio.gather(*[brief() for _ in range(50)])
                serve("churn", churn)
                """
            )
            client = target.client()
            wait_for(lambda: target.eval("QUICK[0]") > 1000, "some tasks")
            before = target.eval("QUICK[0]")
            for _ in range(200):
                reply = client.request("tasks", {"limit": 1000})
                self.assertGreaterEqual(len(reply["rows"]), 1)
                for row in reply["rows"]:
                    self.assertIn(row["state"], ("waiting", "ready", "running"))
            self.assertGreater(target.eval("QUICK[0]"), before)
            self.assertEqual(target.errors(), "")

    def test_tasks_in_python_subclasses_and_odd_ones(self):
        with Target(PROGRAM) as target:
            target.run(
                """
                ODD = {"_coro", "get_coro", "_fut_waiter", "_state"} | ({"done"} if sys.version_info < (3, 14) else set())
                class Odd(asyncio.Task):
                    def __repr__(self): raise SystemError("repr")
                    def get_name(self): raise SystemError("name")
                    def __getattribute__(self, name):
                        if name in ODD and threading.current_thread().name != "odd":
                            raise SystemError(name)
                        return super().__getattribute__(name)
                async def main():
                    loop = asyncio.get_event_loop()
                    first = Odd(sleeper(), loop=loop)
                    second = asyncio.tasks._PyTask(sleeper(), loop=loop, name="in Python")
                    await asyncio.gather(first, second)
                serve("odd", main)
                """
            )
            rows = self.rows(target.client(), 3)
            self.assertIn("in Python", [row["name"] for row in rows])
            self.assertEqual([row["level"] for row in rows], [0, 1, 1])

    def test_asyncio_is_not_imported(self):
        with Target("import sys") as target:
            reply = target.client().request("tasks")
            self.assertEqual((reply["rows"], reply["loaded"]), ([], False))
            self.assertFalse(target.eval("'asyncio' in sys.modules"))

    @unittest.skipUnless(importlib.util.find_spec("gevent"), "gevent is not installed for this interpreter")
    def test_greenlets(self):
        for patched in ("", "from gevent import monkey; monkey.patch_all()"):
            with self.subTest(patched), Target(patched + GREENLETS) as target:
                client = target.client()
                rows = [row for row in client.request("tasks")["rows"] if row["kind"] == "greenlet"]
                jobs = [row for row in rows if row["coro"] == "shop.job"]
                self.assertEqual(sorted(row["name"] for row in jobs), ["Greenlet", "first"])
                for row in jobs:
                    self.assertEqual((row["func"], row["state"], row["file"]), ("shop.inner", "waiting", target.script))
                    self.assertEqual(row["awaits"], ["shop.job", "shop.inner"])
                self.assertNotIn("shop.brief", [row["coro"] for row in rows])
                target.run("EVENT.set(); gevent.joinall(JOBS)")
                self.assertEqual(target.eval("[job.value for job in JOBS]"), [0, 1])


GREENLETS = """
import gevent, gevent.event
EVENT = gevent.event.Event()
def job(n):
    inner()
    return n
def inner(): EVENT.wait()
def brief(): pass
JOBS = [gevent.spawn(job, n) for n in range(2)]
JOBS[0].name = "first"
gevent.spawn(brief)
gevent.sleep(0.05)
"""


if __name__ == "__main__":
    unittest.main()
