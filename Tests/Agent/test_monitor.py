"""`monitor`: counts, percentiles and intervals."""

import random
import sys
import threading
import time
import unittest

from .client import AgentFailure
from .inprocess import Watching, module
from .shop import outcome, shop
from .target import Target
from .trees import tree_of

from sonde_agent.probes import histogram


class HistogramTests(unittest.TestCase):
    def test_a_bucket_holds_what_it_stands_for(self):
        values = list(range(3000)) + [2**n + d for n in range(11, 50) for d in (-1, 0, 1, 2 ** (n - 1))]
        for value in values:
            shown = histogram.middle(histogram.bucket(value))
            self.assertLessEqual(abs(shown - value), value * histogram.ERROR, value)
        indexes = [histogram.bucket(value) for value in sorted(values)]
        self.assertEqual(indexes, sorted(indexes))

    def test_percentiles_are_within_the_error(self):
        source = random.Random(5)
        cases = [
            [1], [1, 1000000], [70] * 1000, list(range(100)),
            [int(source.lognormvariate(9, 2)) for _ in range(20000)],
            [source.randrange(50, 90) for _ in range(5000)] + [10**9],
        ]
        for durations in cases:
            found = histogram.Histogram()
            for duration in durations:
                found.add({duration: 1})
            durations.sort()
            self.assertEqual((found.count, found.sum, found.max), (len(durations), sum(durations), durations[-1]))
            shares = (0.0, 0.5, 0.9, 0.99, 1.0)
            for share, shown in zip(shares, found.percentiles(*shares)):
                exact = durations[max(-int(-share * len(durations) // 1), 1) - 1]
                self.assertLessEqual(abs(shown - exact), exact * histogram.ERROR, (len(durations), share))
        self.assertEqual(histogram.Histogram().percentiles(0.5, 0.9), [None, None])


class CountingTests(unittest.TestCase):
    def test_every_call_is_counted(self):
        space = shop()
        with Watching("shop.plain", command="monitor") as watching:
            for n in range(5000):
                space.plain(n)
            for _ in range(3000):
                outcome(space, "plain('x')")
            self.assertLess(len(watching.probe.points[0]._durations), 2048)
        row, = watching.observations
        self.assertEqual((row["func_name"], row["calls"], row["errors"]), ("shop.plain", 8000, 3000))
        ordered = [row["p50"], row["p95"], row["p99"], row["max"] * (1 + histogram.ERROR)]
        self.assertEqual(ordered, sorted(ordered))
        self.assertGreater(row["rate"], 0)
        self.assertTrue(0 < row["mean"] <= row["max"])

    def test_threads_lose_nothing(self):
        space = shop()
        interval = sys.getswitchinterval()
        self.addCleanup(sys.setswitchinterval, interval)
        sys.setswitchinterval(1e-5)

        def run():
            for n in range(20000):
                space.plain(n)

        threads = [threading.Thread(target=run) for _ in range(6)]
        with Watching("shop.plain", command="monitor", every=0.05) as watching:
            for thread in threads:
                thread.start()
            while any(thread.is_alive() for thread in threads):
                watching.probe.tick(time.monotonic())
        self.assertEqual(sum(row["calls"] for row in watching.observations), 120000)
        self.assertEqual(watching.probe.dropped, 0)

    def test_the_cost_is_that_of_the_call(self):
        space = module("import time\ndef rest(n):\n    time.sleep(n)\n")
        with Watching("shop.rest", command="monitor") as watching:
            for n in (0.02, 0.02, 0.04):
                space.rest(n)
        row, = watching.observations
        self.assertTrue(20 * (1 - histogram.ERROR) <= row["p50"] < 40, row)
        self.assertTrue(40 <= row["max"] < 400, row)
        self.assertAlmostEqual(row["p99"], row["max"], delta=row["max"] * histogram.ERROR)

    def test_a_closed_generator_is_no_error(self):
        space = shop()
        with Watching("shop.generator", command="monitor") as watching:
            generator = space.generator(3)
            next(generator)
            generator.close()
        row, = watching.observations
        self.assertEqual((row["calls"], row["errors"]), (1, 0))

    def test_a_guard_that_fails_is_told_and_the_call_is_not_counted(self):
        space = shop()
        for guard in ("a.nothing > 1", "result['x'] == 1"):
            with Watching("shop.plain", guard, command="monitor") as watching:
                self.assertEqual(space.plain(1), 3)
            self.assertEqual(watching.observations, [])
            self.assertEqual([event["event"] for event in watching.events], ["guard_error", "watch_stopped"])

    def test_intervals(self):
        space = shop()
        watching = Watching("shop.plain", command="monitor", times=2, every=60).start()
        space.plain(1)
        watching.probe.tick(time.monotonic())
        watching.probe.tick(time.monotonic())
        self.assertEqual([row["calls"] for row in watching.observations], [1, 0])
        self.assertIsNone(watching.observations[1]["p50"])
        self.assertEqual(watching.events[-1]["reason"], "limit")
        with Watching("shop.*", command="monitor") as several:
            space.plain(1)
            several.probe.tick(time.monotonic())
            several.probe.tick(time.monotonic())
        self.assertEqual([row["func_name"] for row in several.observations], ["shop.plain"])

    def test_an_interrupt_while_it_counts_is_the_programs(self):
        from sonde_agent.probes import counting

        space = shop()
        original = counting._count_elements

        def interrupted(*_):
            raise KeyboardInterrupt

        with Watching("shop.plain", command="monitor") as watching:
            counting._count_elements = interrupted
            try:
                with self.assertRaises(KeyboardInterrupt):
                    for n in range(2000):
                        space.plain(n)
            finally:
                counting._count_elements = original
            self.assertEqual(space.plain(1), 3)
            self.assertFalse(watching.probe.points[0]._draining.locked())


class MonitorTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.target = Target("""
            def plain(n):
                return n
            ORIGINAL = plain.__code__
        """)
        cls.addClassCleanup(cls.target.stop)

    def test_rows_come_at_intervals_until_the_limit(self):
        client = self.target.client()
        client.request("monitor", {"pattern": "shop.plain", "every": 0.1, "times": 3, "condition": tree_of("n > 9")})
        began = time.monotonic()
        self.target.run("for n in range(30): plain(n)")
        rows, stop = client.stream()
        self.assertEqual([sum(row["calls"] for row in rows), len(rows)], [20, 3])
        self.assertEqual((stop["reason"], stop["emitted"]), ("limit", 3))
        self.assertGreater(time.monotonic() - began, 0.25)
        self.assertTrue(self.target.eval("plain.__code__ is ORIGINAL"))

    def test_cancelled_in_the_middle_of_an_interval_it_tells_what_there_was(self):
        client = self.target.client()
        request = client.send("monitor", {"pattern": "shop.plain", "every": 3600})
        client.reply(request)
        self.target.run("plain(1)")
        client.request("cancel", {"id": request})
        rows, stop = client.stream()
        self.assertEqual([row["calls"] for row in rows], [1])
        self.assertEqual(stop["reason"], "cancelled")

    def test_bad_intervals_are_refused(self):
        client = self.target.client()
        for every in (0, -1, "x", 0.001, 1e10, True):
            with self.assertRaises(AgentFailure) as caught:
                client.request("monitor", {"pattern": "shop.plain", "every": every})
            self.assertEqual(caught.exception.kind, "BadRequest")


if __name__ == "__main__":
    unittest.main()
