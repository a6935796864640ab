"""Errors, events, stacks and several probes on one function."""

import itertools
import sys
import time
import traceback
import unittest

from .inprocess import FakeAgent, Watching, module
from .shop import drive_rest, outcome, shop


class ErrorTests(unittest.TestCase):
    def test_an_error_passes_and_is_seen(self):
        for guard in (None, "error is not None", "cost >= 0", "kind is not None"):
            space = shop()
            with Watching("shop.failing", guard) as watching:
                with self.assertRaises(KeyError) as caught:
                    space.failing(KeyError)
            self.assertEqual(caught.exception.args, ("no",))
            self.assertIsNone(caught.exception.__context__)
            self.assertEqual([item["error"]["$repr"] for item in watching.observations], ["KeyError('no')"])

    def test_tracebacks_name_the_same_functions(self):
        for guard in (None, "cost >= 0", "kind is None"):
            space = shop()

            def frames():
                try:
                    space.nested_failure(ValueError)
                except ValueError as error:
                    entries = traceback.extract_tb(error.__traceback__)[1:]
                    return [(entry.name, entry.lineno, entry.filename) for entry in entries]

            plain = frames()
            with Watching("shop.failing", guard):
                watched = frames()
            if sys.version_info >= (3, 11):
                self.assertEqual(watched, plain)
            else:
                # The replacement shows once, as the function's own first line.
                first = space.failing.__code__.co_firstlineno
                self.assertEqual(watched, [plain[0], ("failing", first, plain[0][2]), plain[1]])

    def test_causes_are_kept(self):
        space = shop()
        with Watching("shop.*"):
            with self.assertRaises(ValueError) as caught:
                space.chained()
        self.assertIs(type(caught.exception.__cause__), KeyError)

    def test_base_exceptions_pass(self):
        for kind in (KeyboardInterrupt, SystemExit, GeneratorExit):
            space = shop()
            with Watching("shop.failing") as watching:
                with self.assertRaises(kind):
                    space.failing(kind)
            self.assertEqual(len(watching.observations), 1)

    def test_a_guard_that_fails_drops_the_observation_and_is_told_once(self):
        for guard in ("a.nothing > 1", "result['x'] == 1"):
            space = shop()
            with Watching("shop.plain", guard) as watching:
                self.assertEqual([space.plain(1), space.plain(2)], [3, 4])
                self.assertEqual(watching.probe.guard_errors.value, 2)
            self.assertEqual(watching.observations, [])
            self.assertEqual([event["event"] for event in watching.events], ["guard_error", "watch_stopped"])
            self.assertEqual(watching.events[0]["func"], "shop.plain")
            self.assertEqual(watching.events[0]["start"], 0)
            self.assertEqual(watching.events[1]["guard_errors"], 2)

    def test_an_interrupt_in_the_middle_of_an_observation_is_the_programs(self):
        from sonde_agent.probes import point

        space = shop()
        original = point.Capture.value
        for kind in (KeyboardInterrupt, SystemExit):

            def interrupted(*_):
                raise kind

            with Watching("shop.plain") as watching:
                point.Capture.value = interrupted
                try:
                    with self.assertRaises(kind):
                        space.plain(1)
                finally:
                    point.Capture.value = original
            self.assertEqual(watching.observations, [])

    def test_a_failing_capture_is_a_dropped_observation(self):
        space = shop()
        capture = sys.modules["sonde_agent.capture"]
        broken_module = dict(capture._BY_TYPE)
        broken_module[id(list)] = eval("lambda *_: 1 // 0", {"__name__": "sonde_agent.capture"})
        before, capture._BY_TYPE = capture._BY_TYPE, broken_module
        try:
            with Watching("shop.plain") as watching:
                self.assertEqual(space.plain([1], [2]), [1, 2])
                self.assertEqual(watching.probe.dropped, 1)
        finally:
            capture._BY_TYPE = before
        self.assertEqual(watching.observations, [])


class EventTests(unittest.TestCase):
    def test_on(self):
        cases = [
            (["enter"], ["enter", "enter"]),
            (["return"], [None]),
            (["error"], [None]),
            (["return", "error"], [None, None]),
            (["enter", "return", "error"], ["enter", "return", "enter", "error"]),
        ]
        for on, expected in cases:
            for guard in (None, "a != 7"):
                space = shop()
                with Watching("shop.plain", guard, on=on) as watching:
                    space.plain(1)
                    outcome(space, "plain('x')")
                self.assertEqual([item.get("at") for item in watching.observations], expected, (on, guard))

    def test_arguments_are_those_of_the_entry(self):
        space = module("def grow(items):\n    items.append(2)\n    return items\n")
        with Watching("shop.grow") as watching:
            space.grow([1])
        self.assertEqual(watching.observations[0]["args"], [[1]])
        self.assertEqual(watching.observations[0]["result"], [1, 2])

    def test_the_time_is_when_the_call_began(self):
        space = module("import time\ndef rest(n):\n    time.sleep(n)\n")
        for guard in (None, "cost > 40", "ts < limit", "ts < limit and cost > 0"):
            began = time.time()
            guard = guard and guard.replace("limit", repr(began + 0.04))
            with Watching("shop.rest", guard) as watching:
                space.rest(0.05)
            self.assertEqual(len(watching.observations), 1, guard)
            self.assertLess(abs(watching.observations[0]["timestamp"] - began), 0.04, guard)

    def test_a_closed_generator_is_no_error(self):
        space = shop()
        with Watching("shop.generator") as watching:
            generator = space.generator(3)
            next(generator)
            generator.close()
            space.generator(3).close()  # never begun: nothing to see
        self.assertEqual([item["error"] for item in watching.observations], [None])

    def test_the_number_is_exact(self):
        space = shop()
        watching = Watching("shop.plain", times=3).start()
        for n in range(10):
            space.plain(n)
        self.assertEqual([item["args"][0] for item in watching.observations], [0, 1, 2])
        self.assertEqual(watching.events[-1]["reason"], "limit")
        self.assertEqual(len(watching.agent.hooks), 0)

    def test_the_rate_is_kept_and_the_rest_is_counted(self):
        space = shop()
        with Watching("shop.plain", rate=5) as watching:
            for n in range(20):
                space.plain(n)
        self.assertEqual(len(watching.observations) + watching.probe.dropped, 20)
        self.assertLessEqual(len(watching.observations), 10)

    def test_a_sample_is_its_share_evenly_spread(self):
        space = shop()
        for share, expected in [(1, list(range(12))), (0.25, [0, 3, 7, 11]), (0.3, [0, 3, 6, 9]), (0.001, [0])]:
            for guard in (None, "cost >= 0"):
                with Watching("shop.plain", guard, sample=share) as watching:
                    for n in range(12):
                        space.plain(n)
                self.assertEqual([item["args"][0] for item in watching.observations], expected, share)
                self.assertEqual(watching.probe.dropped, 0)

    def test_bad_parameters_are_refused(self):
        from sonde_agent.errors import AgentError

        shop()
        for params in [
            {"times": -1}, {"times": "3"}, {"seconds": "x"}, {"rate": -1}, {"expand": -1}, {"on": []}, {"on": ["x"]},
            {"on": "return"}, {"max_bytes": 1}, {"times": True}, {"seconds": float("inf")},
            {"sample": 0}, {"sample": 1.5}, {"sample": "x"},
        ]:
            with self.assertRaises(AgentError, msg=params) as caught:
                Watching("shop.plain", **params).start()
            self.assertEqual(caught.exception.kind, "BadRequest")
        with self.assertRaises(AgentError):
            Watching("shop.plain", "cost > 1", on=["enter", "return"]).start()


class StackTests(unittest.TestCase):
    def test_the_callers_are_named_innermost_first(self):
        space = module("def inner(a):\n    return a\ndef middle(a):\n    return inner(a)\ndef outer(a):\n    return middle(a)\n")
        for guard in (None, "a == 1", "result == 1"):
            agent = FakeAgent()
            with Watching("shop.middle", agent=agent):
                with Watching("shop.inner", guard, agent=agent, command="stack") as watching:
                    space.outer(1)
                    space.outer(2)
            stacks = [[entry[2] for entry in item["stack"]][:2] for item in watching.observations]
            expected = [["shop.middle", "shop.outer"]] * (2 if guard is None else 1)
            self.assertEqual(stacks, expected, guard)
            self.assertIsNone(watching.observations[0]["duration_ms"])


class ManyProbesTests(unittest.TestCase):
    def test_probes_leave_in_any_order(self):
        for order in itertools.permutations(range(3)):
            space = shop()
            original = space.plain.__code__
            agent = FakeAgent()
            guards = [None, "a > 1", "cost >= 0"]
            probes = [Watching("shop.plain", guard, agent=agent).start() for guard in guards]
            space.plain(1)
            space.plain(2)
            self.assertEqual([len(probe.observations) for probe in probes], [2, 1, 2])
            for left, index in enumerate(order):
                probes[index].stop()
                self.assertEqual(space.plain(5), 7)
                self.assertEqual(space.plain.__code__ is original, left == 2)
            counts = [len(probe.observations) for probe in probes]
            space.plain(6)
            self.assertEqual([len(probe.observations) for probe in probes], counts)

    def test_calls_in_flight_finish(self):
        space = shop()
        watching = Watching("shop.generator").start()
        generator = space.generator(2)
        self.assertEqual(next(generator), 0)
        watching.stop()
        self.assertEqual(drive_rest(generator), ([1], [None, None]))
        self.assertEqual(watching.observations, [])

    def test_code_that_the_program_replaced_stays(self):
        for again in (False, True):
            space = shop()
            agent = FakeAgent()
            first = Watching("shop.plain", agent=agent).start()
            new = space.nothing.__code__
            space.plain.__code__ = (lambda a, b=2: "new").__code__
            new = space.plain.__code__
            if again:
                second = Watching("shop.plain", agent=agent).start()
                self.assertEqual(space.plain(1), "new")
                self.assertEqual(len(second.observations), 1)
                first.stop()
                self.assertEqual(space.plain(1), "new")
                self.assertEqual(len(second.observations), 2)
                second.stop()
            else:
                first.stop()
            self.assertIs(space.plain.__code__, new)

    def test_a_fork_in_the_middle_of_an_installation_restores_too(self):
        from sonde_agent.probes.hooks import Hook

        space = shop()
        original = space.plain.__code__
        hook = Hook(space.plain)
        hook.coming = space.nothing.__code__
        space.plain.__code__ = hook.coming  # and here the fork comes
        hook.restore()
        self.assertIs(space.plain.__code__, original)

    def test_a_probe_inside_a_probe(self):
        space = shop()
        agent = FakeAgent()
        with Watching("shop.nested_failure", agent=agent) as outer:
            with Watching("shop.failing", agent=agent) as inner:
                with self.assertRaises(ValueError):
                    space.nested_failure(ValueError)
        self.assertEqual((len(outer.observations), len(inner.observations)), (1, 1))

    def test_what_a_capture_calls_is_not_observed(self):
        space = module("class Odd:\n    def __del__(self):\n        touched(1)\ndef touched(a):\n    return a\ndef make(a):\n    return a\n")
        from sonde_agent.probes import point

        agent = FakeAgent()
        original = point.Capture.value

        def touching(self, value, depth):
            space.touched(2)
            return original(self, value, depth)

        with Watching("shop.touched", agent=agent) as touched, Watching("shop.make", agent=agent) as make:
            point.Capture.value = touching
            try:
                space.make(1)
            finally:
                point.Capture.value = original
        self.assertEqual((len(touched.observations), len(make.observations)), (0, 1))


class RecursionTests(unittest.TestCase):
    def deepest(self, space):
        """How deep the function recurses before the interpreter stops it."""
        low, high = 1, sys.getrecursionlimit() * 3
        while low < high:
            middle = (low + high + 1) // 2
            try:
                space.down(middle)
                low = middle
            except RecursionError:
                high = middle - 1
        return low

    def test_a_recursion_that_fits_still_fits(self):
        space = module("def down(n):\n    return 0 if n == 0 else 1 + down(n - 1)\n")
        limit = sys.getrecursionlimit()
        depth = self.deepest(space)
        agent = FakeAgent()
        probes = []
        for guard in ("cost > 1e9", "n == -1", None):
            probes.append(Watching("shop.down", guard, agent=agent, times=10**6).start())
            self.assertEqual(space.down(depth), depth)
        for probe in probes:
            probe.stop()
        self.assertEqual(sys.getrecursionlimit(), limit)
        self.assertEqual(self.deepest(space), depth)

    def test_an_endless_recursion_still_ends(self):
        source = """
            def down(n):
                leaf(n)
                return down(n + 1)
            def leaf(n):
                return n
            def through(n):
                return list(map(through, [n + 1]))
            class Odd:
                def __getattr__(self, name):
                    return getattr(self, name + "x")
        """
        for pattern in ("shop.down", "shop.leaf", "shop.*", "shop.Odd.__getattr__"):
            for guard in (None, "cost > 1e9", "cost >= 0", "func == 'x'", "func != 'x'"):
                space = module(source)
                for function in (lambda: space.down(0), lambda: space.through(0), lambda: space.Odd().y):
                    with self.subTest(pattern=pattern, guard=guard), Watching(pattern, guard, expand=5):
                        with self.assertRaises(RecursionError):
                            function()

    def test_deep_data_in_a_guard_is_the_guards_error(self):
        space = module("def take(data, other):\n    return 1\n")
        one, other = [], []
        for _ in range(sys.getrecursionlimit() * 100):
            one, other = [one], [other]
        with Watching("shop.take", "data == other", expand=16) as watching:
            self.assertEqual(space.take(one, other), 1)
        self.assertEqual(len(watching.observations) + watching.probe.guard_errors.value, 1)
        with Watching("shop.take", expand=16) as watching:
            self.assertEqual(space.take(one, other), 1)
        self.assertEqual(len(watching.observations), 1)
        while one:
            one, other = one[0], other[0]

    def test_a_limit_that_the_program_sets_stays(self):
        space = module("def down(n):\n    return 0 if n == 0 else 1 + down(n - 1)\n")
        limit = sys.getrecursionlimit()
        self.addCleanup(sys.setrecursionlimit, limit)
        with Watching("shop.down"):
            sys.setrecursionlimit(limit + 77)
            self.assertEqual(space.down(5), 5)
        self.assertEqual(sys.getrecursionlimit(), limit + 77)

    def test_the_limit_comes_back_once_nobody_is_deep_any_more(self):
        space = module("def down(n, then):\n    return then() if n == 0 else down(n - 1, then)\n")
        limit = sys.getrecursionlimit()
        watching = Watching("shop.down", "cost > 1e9").start()
        space.down(limit - 200, watching.stop)
        self.assertIs(watching.agent.hooks.is_settled, False)
        self.assertTrue(watching.agent.hooks.settle())
        self.assertEqual(sys.getrecursionlimit(), limit)


if __name__ == "__main__":
    unittest.main()
