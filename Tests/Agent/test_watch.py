"""Watching a real target through its socket: limits, ends, several sessions, slow readers."""

import os
import signal
import subprocess
import sys
import textwrap
import unittest

from .client import AgentFailure, wait_for
from .target import Target
from .trees import tree_of

SHOP = """
import threading, time

def checkout(cart, user="bob"):
    if cart < 0:
        raise ValueError("empty")
    return {"total": cart, "user": user}

def slow(n):
    time.sleep(n)
    return n

ORIGINAL = checkout.__code__

def is_original():
    return checkout.__code__ is ORIGINAL

def busy(seconds, threads=1):
    counts = []
    def run():
        ends = time.monotonic() + seconds
        count = 0
        while time.monotonic() < ends:
            checkout(count)
            count += 1
        counts.append(count)
    runners = [threading.Thread(target=run) for _ in range(threads)]
    for runner in runners:
        runner.start()
    for runner in runners:
        runner.join()
    return sum(counts)
"""


class WatchTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.target = Target(SHOP)
        cls.addClassCleanup(cls.target.stop)

    def restored(self):
        wait_for(lambda: self.target.eval("is_original()"), "the original code", 2.0)

    def watch(self, client, pattern="shop.checkout", guard=None, **params):
        params["pattern"] = pattern
        if guard is not None:
            params["condition"] = tree_of(guard)
        return client.request("watch", params)

    def test_observations_match_the_calls(self):
        client = self.target.client()
        reply = self.watch(client, times=2, guard="result['total'] > 1")
        self.assertEqual(reply["matched"][0]["func"], "shop.checkout")
        self.assertEqual(reply["params"], ["cart", "user"])
        self.target.run("for n in range(5): checkout(n)")
        observations, stop = client.stream(reply["watch_id"])
        self.assertEqual([item["args"] for item in observations], [[2, "bob"], [3, "bob"]])
        self.assertEqual(observations[0]["arg"], {"cart": 2, "user": "bob"})
        self.assertEqual(observations[0]["result"], {"total": 2, "user": "bob"})
        self.assertEqual((observations[0]["error"], observations[0]["thread"]), (None, "MainThread"))
        self.assertEqual((stop["reason"], stop["emitted"], stop["dropped"]), ("limit", 2, 0))
        self.restored()

    def test_the_duration_ends_it(self):
        client = self.target.client()
        reply = self.watch(client, seconds=0.15)
        _, stop = client.stream(reply["watch_id"])
        self.assertEqual(stop["reason"], "duration")
        self.restored()

    def test_cost_is_the_time_of_the_call(self):
        client = self.target.client()
        self.watch(client, "shop.slow", "cost > 20", times=1)
        self.target.run("slow(0); slow(0.03)")
        observations, _ = client.stream()
        self.assertEqual(observations[0]["args"], [0.03])
        self.assertGreaterEqual(observations[0]["duration_ms"], 30)
        self.assertLess(observations[0]["duration_ms"], 1000)

    def test_cancel_and_reset(self):
        client = self.target.client()
        for command, reason in [("cancel", "cancelled"), ("reset", "reset"), ("reset_one", "reset")]:
            request_id = client.send("watch", {"pattern": "shop.checkout"})
            reply = client.reply(request_id)["data"]
            self.assertFalse(self.target.eval("is_original()"))
            if command == "cancel":
                self.assertEqual(client.request("cancel", {"id": request_id}), {"cancelled": True})
                self.assertEqual(client.request("cancel", {"id": request_id}), {"cancelled": False})
            elif command == "reset":
                self.assertEqual(client.request("reset"), {"removed": 1})
            else:
                self.assertEqual(client.request("reset", {"watch_id": reply["watch_id"]}), {"removed": 1})
            self.assertEqual(client.stream(reply["watch_id"])[1]["reason"], reason)
            self.assertTrue(self.target.eval("is_original()"))

    def test_a_session_that_closes_takes_its_probes_with_it(self):
        client = self.target.client()
        other = self.target.client()
        kept = self.watch(other)
        self.watch(client)
        self.watch(client, "shop.slow")
        self.assertEqual(len(other.request("status")["probes"]), 3)
        client.close()
        wait_for(lambda: len(other.request("status")["probes"]) == 1, "the probes to go")
        self.target.run("checkout(5)")
        self.assertEqual(other.next("observation")["args"], [5, "bob"])
        self.assertEqual(other.request("status")["probes"][0]["watch_id"], kept["watch_id"])
        other.close()
        self.restored()

    def test_a_killed_shell_takes_its_probes_with_it(self):
        code = """
            import sys, time
            sys.path.insert(0, {root!r})
            from Tests.Agent.client import Client
            client = Client({path!r})
            client.request("watch", {{"pattern": "shop.checkout"}})
            print("ready", flush=True)
            time.sleep(60)
        """
        root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
        from .target import _interpreter

        shell = subprocess.Popen(
            [_interpreter(), "-c", textwrap.dedent(code).format(root=root, path=self.target.socket_path)],
            stdout=subprocess.PIPE,
        )
        self.addCleanup(shell.stdout.close)
        self.assertEqual(shell.stdout.readline(), b"ready\n")
        self.assertFalse(self.target.eval("is_original()"))
        shell.send_signal(signal.SIGKILL)
        shell.wait()
        self.restored()

    def test_two_sessions_see_their_own_observations(self):
        first, second = self.target.client(), self.target.client()
        one = self.watch(first, guard="cart == 1")
        two = self.watch(second, guard="cart == 2")
        self.target.run("checkout(1); checkout(2); checkout(3)")
        self.assertEqual(first.next("observation")["args"][0], 1)
        self.assertEqual(second.next("observation")["args"][0], 2)
        first.request("cancel", {"id": 1})
        second.request("cancel", {"id": 1})
        self.assertEqual(first.stream(one["watch_id"])[1]["emitted"], 1)
        self.assertEqual(second.stream(two["watch_id"])[1]["emitted"], 1)
        self.assertTrue(self.target.eval("is_original()"))

    def test_nothing_is_lost_or_mixed_up_between_threads(self):
        client = self.target.client()
        request_id = client.send("watch", {"pattern": "shop.checkout"})
        reply = client.reply(request_id)["data"]
        self.target.start("COUNT = busy(0.3, threads=4)")
        seen = []
        self.target.finish()
        client.send("cancel", {"id": request_id})
        observations, stop = client.stream(reply["watch_id"])
        count = self.target.eval("COUNT")
        self.assertEqual(len(observations) + stop["dropped"], count)
        self.assertEqual(stop["emitted"], len(observations))
        for item in observations:
            self.assertEqual(item["args"][0], item["result"]["total"])
            seen.append((item["thread"], item["args"][0]))
        self.assertEqual(len(set(seen)), len(seen))

    def test_a_reader_that_stops_costs_observations_not_time(self):
        slow, client = self.target.client(), self.target.client()
        reply = self.watch(slow, expand=2)
        text = "x" * 4000
        self.target.run("BIG = {!r}".format(text))
        self.target.start("for n in range(12000): checkout(n, BIG)")
        self.target.finish()  # it ends although nobody reads
        self.assertEqual(client.request("ping")["pid"], self.target.process.pid)
        slow.send("cancel", {"id": 1})
        observations, stop = slow.stream(reply["watch_id"])
        self.assertGreater(stop["dropped"], 0)
        self.assertEqual(stop["emitted"], len(observations))
        self.assertEqual(len(observations) + stop["dropped"], 12000)
        numbers = [item["args"][0] for item in observations]
        self.assertEqual(numbers, sorted(numbers))
        self.restored()

    def test_a_slow_request_delays_no_other(self):
        client = self.target.client()
        first = client.send("exec", {"source": "import time; time.sleep(0.4)", "allow": "exec"})
        second = client.send("ping")
        message = client.receive()
        self.assertEqual(message["id"], second)
        self.assertEqual(client.reply(first)["status"], "success")

    def test_a_request_is_answered_by_its_deadline(self):
        client = self.target.client()
        with self.assertRaises(AgentFailure) as caught:
            client.request("exec", {"source": "while True: pass", "allow": "exec"}, timeout_ms=200)
        self.assertEqual(caught.exception.kind, "Timeout")
        threads = "len(open('/proc/self/status').read().split('Threads:')[1].split()[0]) and int(open('/proc/self/status').read().split('Threads:')[1].split()[0])"
        wait_for(lambda: self.target.eval(threads) == 2, "the interrupted thread to end")

    def test_patterns_that_match_nothing_say_what_was_meant(self):
        client = self.target.client()
        cases = [
            ("shop.chekout", "TargetNotFound", "shop.checkout"),
            ("shp.checkout", "TargetNotFound", "shop.checkout"),
            ("checkout", "TargetNotFound", "shop.checkout"),
            ("nowhere.to.be_found", "TargetNotFound", "nowhere"),
            ("shop.zz*", "TargetNotFound", None),
            ("shop", "BadPattern", "shop.*"),
            ("time.sleep", "BadPattern", None),
            ("threading.Thread", "BadPattern", "threading.Thread.*"),
            ("", "BadPattern", None),
            ("a b", "BadPattern", None),
            ("shop..x", "BadPattern", None),
            ("x" * 5000, "BadPattern", None),
            (None, "BadPattern", None),
        ]
        modules = self.target.eval("len(__import__('sys').modules)")
        for pattern, kind, hint in cases:
            with self.assertRaises(AgentFailure, msg=pattern) as caught:
                client.request("watch", {"pattern": pattern})
            reply = caught.exception.reply
            self.assertEqual(reply["kind"], kind, pattern)
            if hint is not None:
                self.assertIn(hint, reply["hint"], pattern)
        self.assertEqual(self.target.eval("len(__import__('sys').modules)"), modules)
        self.assertEqual(client.request("status")["probes"], [])


class DetachTests(unittest.TestCase):
    def test_detach_restores_while_calls_run(self):
        with Target(SHOP) as target:
            client, other = target.client(), target.client()
            reply = client.request("watch", {"pattern": "shop.*"})
            target.start("busy(0.5, threads=3)")
            client.next("observation")
            other.request("detach")
            self.assertEqual(client.stream(reply["watch_id"])[1]["reason"], "reset")
            target.finish()
            self.assertTrue(target.eval("is_original()"))
            self.assertEqual(target.stop(), "")

    def test_exit_in_the_middle_of_a_stream_is_quiet(self):
        for ending in ("sys.exit(3)", "os._exit(3)", "os.kill(os.getpid(), 9)"):
            with Target("import os, sys\n" + SHOP) as target:
                client = target.client()
                client.request("watch", {"pattern": "shop.checkout"})
                target.start(
                    """
                    threading.Thread(target=busy, args=(5,), daemon=True).start()
                    time.sleep(0.05)
                    """
                )
                target.finish()
                client.next("observation")
                if ending == "sys.exit(3)":
                    target.process.stdin.close()
                    code = 0
                else:
                    target.start(ending)
                    code = 3 if "_exit" in ending else -9
                self.assertEqual(target.process.wait(10), code, ending)
                self.assertEqual(target.errors(), "", ending)


if __name__ == "__main__":
    unittest.main()
