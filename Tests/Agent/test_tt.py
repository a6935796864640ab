"""`tt`: recorded calls, looked at and made again."""

import gc
import unittest
import weakref

from .client import AgentFailure, wait_for
from .inprocess import FakeRequest, Watching, module
from .shop import outcome, shop
from .target import Target
from .test_calls import CALLS, snapshot

from sonde_agent.commands import tt_calls

SOURCE = """
import threading

class Cart:
    def __init__(self, items):
        self.items = items
    def __del__(self):
        ENDED.append(threading.current_thread().name)
    def add(self, item, *more, count=1, **rest):
        self.items.append(item)
        print("added", item)
        return len(self.items)

ENDED = []
CART = Cart([])

def take(cart):
    return 1

def fails(cart):
    raise ValueError("no")

async def later(n):
    return n

def slow():
    while True:
        pass
"""


class RecordTests(unittest.TestCase):
    def calls(self, watching, action, index=None, **params):
        params.update(action=action, index=index)
        return tt_calls.run(FakeRequest(watching.agent, watching.session, "tt_calls", params))

    def test_calls_do_the_same(self):
        for pattern, code, expected in CALLS:
            for guard in (None, "cost >= 0"):
                with self.subTest(pattern=pattern, code=code, guard=guard):
                    untouched = outcome(shop(), code)
                    space = shop()
                    before = snapshot(space)
                    with Watching(pattern, guard, command="tt") as watching:
                        self.assertEqual(outcome(space, code), untouched)
                    self.assertEqual(snapshot(space), before)
                    numbers = sorted(item["index"] for item in watching.observations)
                    self.assertEqual(numbers, list(range(1, len(numbers) + 1)))
                    if expected is not None:
                        self.assertEqual(len(numbers), len(expected))

    def test_listed_and_deleted(self):
        space = shop()
        with Watching("shop.plain", command="tt", keep=3) as watching:
            for n in range(5):
                space.plain(n)
        rows = self.calls(watching, "list")["rows"]
        self.assertEqual([(row["index"], row["args"][0], row["result"]) for row in rows], [(3, 2, 4), (4, 3, 5), (5, 4, 6)])
        self.assertEqual(self.calls(watching, "delete", 4), {"deleted": 1})
        self.assertEqual([row["index"] for row in self.calls(watching, "list")["rows"]], [3, 5])
        for action in ("look", "delete"):
            with self.assertRaises(Exception) as caught:
                self.calls(watching, action, 4)
            self.assertEqual(caught.exception.kind, "TargetNotFound")
        self.assertEqual(self.calls(watching, "delete"), {"deleted": 2})
        self.assertEqual(self.calls(watching, "list"), {"rows": []})

    def test_arguments_as_they_are_now(self):
        space = module(SOURCE)
        with Watching("shop.take", command="tt") as watching:
            space.take([1])
            held = [2]
            space.take(held)
        held.append(3)
        row, = self.calls(watching, "look", 2, expand=2)["rows"]
        self.assertEqual((row["arg"], row["now"]), ({"cart": [2]}, {"cart": [2, 3]}))

    def test_what_is_kept_alive_is_bounded(self):
        space = module(SOURCE)
        with Watching("shop.take", command="tt", keep=2) as watching:
            references = []
            for n in range(5):
                cart = space.Cart([n])
                references.append(weakref.ref(cart))
                space.take(cart)
            del cart
        gc.collect()
        self.assertEqual([reference() is not None for reference in references], [False] * 3 + [True] * 2)
        self.calls(watching, "delete")
        gc.collect()
        self.assertEqual([reference() for reference in references], [None] * 5)

    def test_errors_and_results_are_not_held(self):
        space = module("class Held:\n    pass\ndef make():\n    return Held()\ndef fails():\n    held = Held()\n    MADE.append(ref(held))\n    raise ValueError\nfrom weakref import ref\nMADE = []\n")
        with Watching("shop.*", command="tt") as watching:
            made = weakref.ref(space.make())
            outcome(space, "fails()")
        gc.collect()
        self.assertEqual(len(watching.observations), 2)
        self.assertIsNone(made())
        self.assertIsNone(space.MADE[0]())


class ReplayTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.target = Target(SOURCE)
        cls.addClassCleanup(cls.target.stop)

    def record(self, pattern, code, **params):
        client = self.target.client()
        request = client.send("tt", dict(params, pattern=pattern))
        client.reply(request)
        self.target.run(code)
        index = client.next("observation")["index"]
        client.request("cancel", {"id": request})
        client.stream()
        return client, index

    def test_a_call_is_made_again_with_the_same_objects(self):
        client, index = self.record("shop.Cart.add", "CART.items.clear(); CART.add('a', 'b', count=2, more_yet=3)")
        reply = client.request("tt_calls", {"action": "replay", "index": index, "allow": "exec"})
        self.assertEqual(reply, {"stdout": "added a\n", "stderr": "", "value": 2, "error": None})
        self.assertEqual(self.target.eval("CART.items"), ["a", "a"])

    def test_without_permission_it_is_not(self):
        client, index = self.record("shop.Cart.add", "CART.items.clear(); CART.add('a')")
        for allow in (None, "read", "eval"):
            with self.assertRaises(AgentFailure) as caught:
                client.request("tt_calls", {"action": "replay", "index": index, "allow": allow})
            self.assertEqual(caught.exception.kind, "NotPermitted")
        self.assertEqual(self.target.eval("CART.items"), ["a"])

    def test_an_error_is_told(self):
        client, index = self.record("shop.fails", "try: fails(1)\nexcept ValueError: pass")
        reply = client.request("tt_calls", {"action": "replay", "index": index, "allow": "exec"})
        self.assertTrue(reply["error"].endswith("ValueError: no"), reply)
        self.assertIn("in fails", reply["error"])
        self.assertEqual(reply["error"].count("File"), 1)

    def test_a_coroutine_is_refused(self):
        client, index = self.record("shop.later", "import asyncio; asyncio.new_event_loop().run_until_complete(later(1))")
        with self.assertRaises(AgentFailure) as caught:
            client.request("tt_calls", {"action": "replay", "index": index, "allow": "exec"})
        self.assertEqual(caught.exception.kind, "BadRequest")

    def test_a_session_that_ends_lets_go_on_a_thread_of_its_own(self):
        client, _ = self.record("shop.take", "ENDED.clear(); take(Cart([]))")
        self.assertEqual(self.target.eval("ENDED"), [])
        client.close()
        wait_for(lambda: self.target.eval("len(ENDED)"), "the object to be let go")
        self.assertNotEqual(self.target.eval("ENDED"), ["MainThread"])
        wait_for(
            lambda: not self.target.eval("[thread.name for thread in threading.enumerate() if 'Dummy' in thread.name]"),
            "the program's list of threads to be as before",
        )

    def test_a_forked_child_finalizes_nothing(self):
        client, _ = self.record("shop.take", "ENDED.clear(); take(Cart([]))")
        self.target.run("""
            import os
            pid = os.fork()
            if pid == 0:
                os._exit(len(ENDED))
            STATUS = os.waitpid(pid, 0)[1]
        """)
        self.assertEqual(self.target.eval("STATUS"), 0)
        self.assertEqual(self.target.eval("ENDED"), [])
        client.close()
        wait_for(lambda: self.target.eval("len(ENDED)"), "the object to be let go")

    def test_bad_requests(self):
        client = self.target.client()
        for params in [{}, {"action": "x"}, {"action": "look"}, {"action": "look", "index": "1"}]:
            with self.assertRaises(AgentFailure) as caught:
                client.request("tt_calls", params)
            self.assertEqual(caught.exception.kind, "BadRequest")
        self.assertEqual(client.request("tt_calls", {"action": "list"}), {"rows": []})
        with self.assertRaises(AgentFailure):
            client.request("tt", {"pattern": "shop.take", "keep": 100000})


if __name__ == "__main__":
    unittest.main()
