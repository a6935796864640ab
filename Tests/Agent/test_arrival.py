"""How an agent comes: from the few files that are injected to the whole, whatever becomes of the shells meanwhile."""

import os
import sys
import unittest
from time import monotonic

from .bundle import sources_payload, start_source
from .client import wait_for
from .target import Target
from .test_lifecycle import SHOP
from .test_process import FORKING

from sonde_agent.agent import Agent
from sonde_agent.hurry import Hurry


def arriving(target, **more):
    """Starts an agent that waits for its files."""
    target.run(start_source(target.socket_path, target.error_path, **more))
    wait_for(lambda: os.path.exists(target.socket_path), "the agent's socket")


class ShellTests(unittest.TestCase):
    def test_a_shell_that_goes_leaves_the_agent_to_the_next(self):
        payload = sources_payload()
        frame = len(payload).to_bytes(4, "big") + payload
        with Target(SHOP, attach=False) as target:
            arriving(target)
            for data in (b"", b"\0\0", frame[:4], frame[:100000], b"\0\0\0\0", b"\xff\xff\xff\xff", b"\0\0\0\2\xff\xff"):
                client = target.client(sources=None)
                magic = target.eval("__import__('importlib.util').util.MAGIC_NUMBER")
                wanted = {"type": "sources_wanted", "protocol": 1, "magic": int.from_bytes(magic, "little")}
                self.assertEqual(client.hello, wanted)
                client.socket.sendall(data)
                client.close()
            self.assertTrue(target.client().gave_sources)
            self.assertFalse(target.client().gave_sources)

    def test_a_shell_that_says_nothing_does_not_keep_the_others_out(self):
        with Target(SHOP, attach=False) as target:
            arriving(target)
            silent = target.client(sources=None)
            self.assertEqual(target.client().request("ping"), {"pid": target.process.pid})
            with self.assertRaises((EOFError, ConnectionResetError)):
                silent.receive()

    def test_without_a_shell_all_is_taken_back(self):
        with Target(SHOP, attach=False) as target:
            before = target.text("footprint()")
            arriving(target, patience=1)
            self.assertNotEqual(target.text("footprint()"), before)
            wait_for(lambda: target.text("footprint()") == before, "the target as it was")
            self.assertFalse(os.path.exists(target.socket_path))
            target.attach()
            target.client().request("ping")
            self.assertEqual(target.stop(), "")

    def test_what_cannot_be_loaded_is_told_and_taken_back(self):
        with Target(SHOP, attach=False) as target:
            before = target.text("footprint()")
            for payload, words in (b"sonde_agent/agent.py\0raise OSError('\"no\"')\n", '"no"'), (b"x.py\0y", "sonde_agent.agent"):
                arriving(target)
                client = target.client(sources=payload)
                self.assertEqual(client.hello["type"], "start_failed")
                self.assertIn(words, client.hello["error"])
                wait_for(lambda: target.text("footprint()") == before, "the target as it was")
            self.assertFalse(os.path.exists(target.error_path))

    def test_an_exit_before_a_shell_came_removes_the_socket(self):
        with Target(SHOP, attach=False) as target:
            arriving(target)
            self.assertEqual(target.stop(), "")
            self.assertFalse(os.path.exists(target.socket_path))


class OneAgentTests(unittest.TestCase):
    def test_of_many_arrivals_at_once_one_stays(self):
        with Target(SHOP, attach=False) as target:
            before = target.text("footprint()")
            for _ in range(5):
                source = start_source(target.socket_path, target.error_path)
                target.run("SOURCE = {!r}".format(source))
                target.run("for _ in range(8): exec(SOURCE)")
                client = target.client()
                wait_for(lambda: target.eval("len(os.listdir('/proc/self/task'))") == 2, "one thread of an agent")
                self.assertEqual(client.request("status")["sessions"], 1)
                client.request("detach")
                target.run("exec(SOURCE)")
                # It finds the old agent going, or gone; either way there is one in the end.
                again = target.client()
                again.request("detach")
                wait_for(lambda: target.text("footprint()") == before, "the target as it was")
                self.assertFalse(os.path.exists(target.socket_path) or os.path.exists(target.error_path))
            self.assertEqual(target.stop(), "")

    def test_a_socket_that_somebody_removed_is_made_again(self):
        with Target(SHOP) as target:
            first = target.client()
            started = first.hello["started"]
            os.unlink(target.socket_path)
            target.attach()
            self.assertEqual(target.client().hello["started"], started)

    def test_an_arrival_by_another_path_waits_for_the_first(self):
        with Target(SHOP, attach=False) as target:
            arriving(target)
            other = os.path.join(target.folder, "other.sock")
            target.run(start_source(other, target.error_path))
            first = target.client()
            self.assertEqual(target.client(other).hello["started"], first.hello["started"])

    def test_requests_at_once_find_whole_modules(self):
        with Target(SHOP + "\ndef work(n):\n    return n\n", attach=False) as target:
            target.run("sys.setswitchinterval(1e-5)")
            for _ in range(3):
                target.attach()
                client = target.client()
                ids = [client.send("watch", {"pattern": "shop.work"}) for _ in range(6)]
                self.assertEqual({client.reply(number)["status"] for number in ids}, {"success"})
                client.request("detach")
                wait_for(lambda: target.eval("len(os.listdir('/proc/self/task'))") == 1, "the agent to go")


class ForkTests(unittest.TestCase):
    def test_a_child_drops_an_agent_that_is_just_coming(self):
        with Target(FORKING, attach=False) as target:
            arriving(target)
            client = target.client(sources=None)
            answer = target.text("in_child(lambda: (sockets(), '_sonde_agent' in sys.modules))")
            self.assertEqual(answer, repr("([], False)"))
            client.close()
            self.assertTrue(target.client().gave_sources)

    def test_no_fork_warns_while_agents_come_and_go(self):
        with Target(FORKING, arguments=["-W", "error"], attach=False) as target:
            for _ in range(4):
                target.start(
                    start_source(target.socket_path, target.error_path)
                    + "\nends = time.monotonic() + 0.3\nwhile time.monotonic() < ends: in_child(lambda: 1)"
                )
                client = target.client()
                client.request("ping")
                client.request("detach")
                target.finish()
                target.run("in_child(lambda: 1)")
            wait_for(lambda: target.eval("len(os.listdir('/proc/self/task'))") == 1, "the agent to go")
            target.run("in_child(lambda: 1)")
            self.assertEqual(target.stop(), "")


class FaultTests(unittest.TestCase):
    def test_a_fault_at_each_turn_takes_no_processor(self):
        class Faulty(Agent):
            def __init__(self):
                self.threads, self.turns, self.detaching, self.dead = set(), 0, False, False

            def _turn(self):
                self.turns += 1
                self.dead = self.turns == 3
                raise ValueError

        agent, began = Faulty(), monotonic()
        agent.run()
        self.assertEqual(agent.turns, 3)
        self.assertGreaterEqual(monotonic() - began, 0.2)

    def test_where_proc_is_missing(self):
        with Target(FORKING, attach=False) as target:
            target.run("import posix\ndef listdir(path): raise FileNotFoundError(path)\nposix.listdir = listdir")
            target.attach()
            target.client().request("ping")
            self.assertEqual(target.text("in_child(lambda: work(1))"), repr("2"))


class HurryTests(unittest.TestCase):
    def test_the_switch_interval_is_the_programs_own(self):
        busy = """
            STOP, SEEN = False, set()
            def spin():
                while not STOP:
                    SEEN.add(round(sys.getswitchinterval(), 6))
            spinner = threading.Thread(target=spin)
            spinner.start()
        """
        with Target(SHOP, attach=False) as target:
            target.run(busy)
            for interval in (0.005, 0.02, 0.0004):
                target.run("sys.setswitchinterval({})".format(interval))
                target.attach()
                client = target.client()
                for _ in range(20):
                    client.request("ping")
                client.request("detach")
                wait_for(lambda: target.eval("len(os.listdir('/proc/self/task'))") == 2, "the agent to go")
                self.assertEqual(target.eval("round(sys.getswitchinterval(), 6)"), interval)
            target.run("STOP = True; spinner.join()")
            self.assertEqual(target.eval("sorted(SEEN)"), [0.0002, 0.0004, 0.005, 0.02])

    def test_what_the_program_sets_meanwhile_stays(self):
        usual = sys.getswitchinterval()
        try:
            one, other = Hurry(), Hurry()
            one.hasten()
            other.hasten()
            self.assertAlmostEqual(sys.getswitchinterval(), 0.0002)
            self.assertEqual((one.is_on, other.is_on), (True, False))
            sys.setswitchinterval(0.003)
            other.calm()
            one.calm()
            self.assertAlmostEqual(sys.getswitchinterval(), 0.003)
        finally:
            sys.setswitchinterval(usual)

    def test_a_child_has_the_programs_interval(self):
        with Target(FORKING) as target:
            client = target.client()
            target.start("SEEN = {in_child(sys.getswitchinterval) for _ in range(200)}")
            for _ in range(200):
                client.request("ping")
            target.finish()
            self.assertEqual(target.eval("SEEN"), {"0.005"})


class MemoryTests(unittest.TestCase):
    def test_without_a_garbage_collector_little_stays(self):
        with Target("import gc, os\ngc.disable()\n", attach=False) as target:
            count = "len(gc.get_objects())"
            after = []
            for _ in range(5):
                target.attach()
                client = target.client()
                client.request("status")
                client.request("detach")
                wait_for(lambda: target.eval("len(os.listdir('/proc/self/task'))") == 1, "the agent to go")
                after.append(target.eval(count))
            # An agent has some four thousand objects; what stays are the classes themselves.
            self.assertLess(after[4] - after[1], 3 * 700, after)


if __name__ == "__main__":
    unittest.main()
