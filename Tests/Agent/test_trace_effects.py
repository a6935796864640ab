"""What a traced program may notice: nothing. Threads, other tools, removal in the middle, forks."""

import gc
import random
import sys
import threading
import unittest

from .inprocess import FakeAgent, Watching, module
from .shop import outcome, shop
from .target import Target
from .test_calls import CALLS, snapshot
from .test_trace import HAS_MONITORING, SOURCE, is_clean, shape


class TransparencyTests(unittest.TestCase):
    def test_calls_do_the_same(self):
        for pattern, code, _ in CALLS:
            for guard in (None, "cost >= 0", "func == 'x'"):
                with self.subTest(pattern=pattern, code=code, guard=guard):
                    untouched = outcome(shop(), code)
                    space = shop()
                    before = snapshot(space)
                    if pattern == "shop.asyncgen":
                        continue
                    with Watching(pattern, guard, command="trace") as watching:
                        self.assertEqual(outcome(space, code), untouched)
                    self.assertEqual(snapshot(space), before)
                    if guard != "func == 'x'" and code != "setattr(CART, 'doubled', 2)":
                        self.assertNotEqual(watching.observations, [])
        self.assertTrue(is_clean())

    def test_an_async_generator_is_refused(self):
        from sonde_agent.errors import AgentError

        shop()
        with self.assertRaises(AgentError):
            Watching("shop.asyncgen", command="trace").start()
        self.assertTrue(is_clean())

    def test_removed_in_the_middle_of_a_call(self):
        for again in (False, True):
            space = module(SOURCE)
            agent = FakeAgent()
            first = Watching("shop.root", agent=agent, command="trace").start()
            later = []

            def middle():
                space.helper(1)
                first.stop()
                if again:
                    later.append(Watching("shop.root", agent=agent, command="trace").start())
                space.ten()
                return space.helper(2)

            self.assertEqual(space.root(middle), 2)
            self.assertEqual(first.observations, [])
            space.root(space.ten)
            for watching in later:
                self.assertEqual(shape(watching.observations[-1]), ["root", 1, ["ten", 1, ["helper", 10]]])
                watching.stop()
            self.assertTrue(is_clean())

    def test_an_interrupt_passes(self):
        space = module(SOURCE)

        def interrupted():
            raise KeyboardInterrupt

        with Watching("shop.root", command="trace") as watching:
            with self.assertRaises(KeyboardInterrupt):
                space.root(interrupted)
        self.assertEqual(len(watching.observations), 1)

    def test_an_endless_recursion_still_ends(self):
        space = module("def down(n):\n    return down(n + 1)\ndef root():\n    return down(0)\n")
        for pattern in ("shop.down", "shop.root"):
            with Watching(pattern, command="trace"):
                with self.assertRaises(RecursionError):
                    space.root()
            self.assertTrue(is_clean())

    def test_objects_live_no_longer(self):
        space = module("class Odd:\n    def __del__(self):\n        ENDED.append(1)\nENDED = []\ndef root():\n    make()\n    return list(ENDED)\ndef make():\n    Odd()\n")
        with Watching("shop.root", command="trace"):
            self.assertEqual(space.root(), [1])

    def test_threads(self):
        space = module(SOURCE)
        interval = sys.getswitchinterval()
        self.addCleanup(sys.setswitchinterval, interval)
        sys.setswitchinterval(1e-5)
        errors = []
        stop = threading.Event()
        functions = [space.ten, space.catches, space.nested, space.sorts, space.throws, space.closes, lambda: space.deep(5)]
        expected = [repr(function()) for function in functions[:4]]

        def work(seed):
            source = random.Random(seed)
            try:
                while not stop.is_set():
                    number = source.randrange(len(functions))
                    found = space.root(functions[number]) if source.random() < 0.7 else functions[number]()
                    if number < 4 and repr(found) != expected[number]:
                        errors.append((number, found))
            except BaseException as error:
                errors.append(error)

        threads = [threading.Thread(target=work, args=(seed,)) for seed in range(4)]
        for thread in threads:
            thread.start()
        agent = FakeAgent()
        taken = 0
        try:
            for _ in range(10):
                with Watching("shop.root", agent=agent, command="trace") as watching:
                    with Watching("shop.*", agent=agent, command="trace", depth=2):
                        for _ in range(40):
                            space.root(space.nested)
                taken += len(watching.observations)
                gc.collect()
        finally:
            stop.set()
            for thread in threads:
                thread.join()
        self.assertEqual(errors, [])
        self.assertGreater(taken, 100)
        self.assertTrue(is_clean())


class OtherToolsTests(unittest.TestCase):
    def test_a_profiler_of_the_programs_own_stays(self):
        space = module(SOURCE)
        seen = []

        def profiler(frame, event, argument):
            if event == "call" and frame.f_code is space.helper.__code__:
                seen.append(event)

        sys.setprofile(profiler)
        try:
            with Watching("shop.root", command="trace") as watching:
                space.root(space.ten)
                self.assertIs(sys.getprofile(), profiler)
        finally:
            sys.setprofile(None)
        self.assertEqual(len(seen), 10)
        if HAS_MONITORING:
            self.assertEqual(shape(watching.observations[0]), ["root", 1, ["ten", 1, ["helper", 10]]])
        else:
            self.assertEqual(watching.observations, [])
            self.assertIn("profiler of its own", watching.events[0]["message"])

    def test_a_profiler_that_is_set_inside_stays(self):
        space = module(SOURCE)

        def profiler(frame, event, argument):
            pass

        with Watching("shop.root", command="trace"):
            space.root(lambda: sys.setprofile(profiler))
            self.assertIs(sys.getprofile(), profiler)
            sys.setprofile(None)

    @unittest.skipUnless(HAS_MONITORING, "sys.monitoring")
    def test_other_monitoring_tools_go_on(self):
        space = module(SOURCE)
        monitoring = sys.monitoring
        seen = []

        def started(code, offset):
            if code is space.helper.__code__:
                seen.append(code)

        monitoring.use_tool_id(monitoring.COVERAGE_ID, "coverage")
        try:
            monitoring.register_callback(monitoring.COVERAGE_ID, monitoring.events.PY_START, started)
            monitoring.set_events(monitoring.COVERAGE_ID, monitoring.events.PY_START)
            space.ten()
            with Watching("shop.root", command="trace") as watching:
                space.root(space.ten)
            space.ten()
        finally:
            monitoring.set_events(monitoring.COVERAGE_ID, 0)
            monitoring.free_tool_id(monitoring.COVERAGE_ID)
        self.assertEqual(len(seen), 30)
        self.assertEqual(len(watching.observations), 1)

    @unittest.skipUnless(HAS_MONITORING, "sys.monitoring")
    def test_when_all_tools_are_taken_it_is_refused(self):
        from sonde_agent.errors import AgentError

        space = module(SOURCE)
        original = space.root.__code__
        taken = [number for number in range(6) if sys.monitoring.get_tool(number) is None]
        for number in taken:
            sys.monitoring.use_tool_id(number, "other")
        try:
            with self.assertRaises(AgentError) as caught:
                Watching("shop.root", command="trace").start()
            self.assertEqual(caught.exception.kind, "Busy")
            self.assertIs(space.root.__code__, original)
        finally:
            for number in taken:
                sys.monitoring.free_tool_id(number)

    @unittest.skipUnless(HAS_MONITORING, "sys.monitoring")
    def test_what_is_not_called_inside_has_no_events(self):
        space = module(SOURCE)
        with Watching("shop.root", command="trace") as watching:
            space.root(space.ten)
            tool = watching.probe.tracer._tool
            self.assertNotEqual(sys.monitoring.get_local_events(tool, space.helper.__code__), 0)
            self.assertEqual(sys.monitoring.get_local_events(tool, space.odd.__code__), 0)
        sys.monitoring.use_tool_id(tool, "after")
        try:
            self.assertEqual(sys.monitoring.get_local_events(tool, space.helper.__code__), 0)
        finally:
            sys.monitoring.free_tool_id(tool)


class ForkTests(unittest.TestCase):
    def test_a_child_has_no_trace(self):
        with Target(SOURCE + "\nimport os, sys\n") as target:
            client = target.client()
            client.request("trace", {"pattern": "shop.root", "times": 10})
            target.run("""
                def forks():
                    helper(1)
                    pid = os.fork()
                    if pid == 0:
                        try:
                            ten()
                            tools = [sys.monitoring.get_tool(n) for n in range(6)] if hasattr(sys, "monitoring") else []
                            clean = "sonde" not in tools
                        except BaseException:
                            clean = False
                        os._exit(0 if clean else 1)
                    return os.waitpid(pid, 0)[1]
                STATUS = root(forks)
            """)
            self.assertEqual(target.eval("STATUS"), 0)
            observation = client.next("observation")
            self.assertEqual(shape(observation)[2][0], "forks")


if __name__ == "__main__":
    unittest.main()
