"""The agent comes, answers, and goes; the target is then as it was."""

import json
import os
import socket
import stat
import unittest

from .client import AgentFailure, wait_for
from .target import Target

SHOP = """
import sys, os, threading

def footprint():
    return (
        sorted(name for name in sys.modules if "sonde" in name),
        sorted(name for name in globals() if "sonde" in name.lower()),
        list(sys.path), list(map(repr, sys.meta_path)),
        sorted(os.listdir("/proc/self/task")),
        sorted(os.readlink("/proc/self/fd/" + fd) for fd in os.listdir("/proc/self/fd") if os.path.exists("/proc/self/fd/" + fd)),
        [thread.name for thread in threading.enumerate()], sorted(threading._active),
    )
"""


class LifecycleTests(unittest.TestCase):
    def test_hello_ping_status(self):
        with Target(SHOP) as target:
            client = target.client()
            self.assertEqual(client.hello["protocol"], 1)
            self.assertEqual(client.hello["pid"], target.process.pid)
            self.assertEqual(client.hello["implementation"], "cpython")
            self.assertEqual(client.request("ping"), {"pid": target.process.pid})
            status = client.request("status")
            self.assertEqual((status["probes"], status["threads"]), ([], 1))
            self.assertEqual(stat.S_IMODE(os.stat(target.socket_path).st_mode), 0o600)

    def test_detach_leaves_nothing(self):
        with Target(SHOP, attach=False) as target:
            before = target.text("footprint()")
            for _ in range(3):
                target.attach()
                self.assertEqual(target.text("threading.enumerate()").count("Thread("), 1)
                client = target.client()
                client.request("detach")
                with self.assertRaises(EOFError):
                    client.receive()
                wait_for(lambda: target.text("footprint()") == before, "the target as it was")
                self.assertFalse(os.path.exists(target.socket_path))
            self.assertEqual(target.stop(), "")

    def test_what_the_agent_took_of_memory_is_given_back(self):
        with Target("import gc, threading\ndef work(n):\n    return n\n", attach=False) as target:
            count = "gc.collect() and 0 or len(gc.get_objects())"
            after = []
            for _ in range(3):
                target.attach()
                client = target.client()
                client.request("watch", {"pattern": "shop.work", "times": 1})
                target.run("work(1)")
                client.stream()
                client.request("detach")
                with self.assertRaises(EOFError):
                    client.receive()
                wait_for(lambda: target.eval("len(__import__('sys')._current_frames())") == 1, "the thread to end")
                after.append(target.eval(count))
            # The first time brings modules of the library; the agent itself has some four thousand objects.
            self.assertLess(abs(after[2] - after[1]), 500, after)

    def test_nothing_is_left_in_main_and_nothing_is_printed(self):
        with Target(SHOP) as target:
            self.assertEqual(target.text("sorted(n for n in globals() if 'sonde' in n.lower())"), "[]")
            self.assertEqual(target.text("sorted(n for n in sys.modules if 'sonde' in n)"), "['_sonde_agent']")
            self.assertEqual(target.output, "")
            self.assertEqual(target.stop(), "")

    def test_a_second_attach_is_served_by_the_same_agent(self):
        with Target(SHOP) as target:
            first = target.client()
            other = os.path.join(target.folder, "other.sock")
            target.attach(socket_path=other)
            second = target.client(other)
            self.assertEqual(second.hello["started"], first.hello["started"])
            wait_for(lambda: second.request("status")["sessions"] == 2, "only the two sessions")
            second.request("detach")
            wait_for(lambda: not os.path.exists(other) and not os.path.exists(target.socket_path))

    def test_a_failed_start_is_told_in_the_error_file(self):
        with Target(SHOP, attach=False) as target:
            os.mkdir(target.socket_path)
            with self.assertRaisesRegex(AssertionError, "something else stands at"):
                target.attach()
            self.assertEqual(stat.S_IMODE(os.stat(target.error_path).st_mode), 0o600)
            self.assertEqual(target.text("sorted(n for n in sys.modules if 'sonde' in n)"), "[]")
            self.assertEqual(target.stop(), "")

    def test_exit_removes_the_socket_and_says_nothing(self):
        with Target(SHOP) as target:
            target.client().request("ping")
            self.assertEqual(target.stop(), "")
            self.assertEqual(target.process.returncode, 0)
            self.assertFalse(os.path.exists(target.socket_path))

    def test_os_exit_is_not_held_up(self):
        with Target(SHOP) as target:
            target.client().request("ping")
            target.start("os._exit(7)")
            self.assertEqual(target.process.wait(5), 7)

    def test_an_idle_agent_is_never_woken(self):
        with Target(SHOP) as target:
            client = target.client()
            client.request("ping")
            switches = "open('/proc/self/task/%d/status').read().split('nonvoluntary')[0].rsplit('voluntary_ctxt_switches:')[1]"
            main = target.process.pid
            task = next(int(t) for t in os.listdir("/proc/%d/task" % main) if int(t) != main)

            def count():
                return int(target.text(switches % task).strip("'\\tn "))

            def rests():
                before = count()
                target.run("import time; time.sleep(0.4)")
                return count() == before

            wait_for(rests, "the agent to sleep for 0.4 s without waking", 8.0)


class BadInputTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.target = Target(SHOP)
        cls.addClassCleanup(cls.target.stop)

    def test_bad_requests_are_answered_and_the_session_lives_on(self):
        client = self.target.client()
        cases = [b"nonsense", b"[]", b'"x"', b'{"id":1}', b'{"command":"ping"}', b'{"id":"x","command":"ping"}', b"\xff"]
        for payload in cases:
            client.send_raw(payload)
            message = client.receive()
            self.assertEqual((message["status"], message["kind"]), ("error", "BadRequest"), payload)
        for command, params in [("no_such", {}), ("ping", [1]), ("cancel", {}), ("reset", {"watch_id": "x"})]:
            with self.assertRaises(AgentFailure, msg=command):
                client.request(command, params)
        self.assertEqual(client.request("ping"), {"pid": self.target.process.pid})

    def test_a_frame_over_the_limit_is_answered_and_closes_the_session(self):
        client = self.target.client()
        client.socket.sendall((16 * 1024 * 1024 + 1).to_bytes(4, "big"))
        message = client.receive()
        self.assertEqual(message["kind"], "BadRequest")
        with self.assertRaises((EOFError, ConnectionResetError)):
            client.receive()

    def test_an_empty_frame_closes_the_session(self):
        client = self.target.client()
        client.send_raw(b"")
        with self.assertRaises(EOFError):
            client.receive()

    def test_replies_come_for_each_of_many_requests(self):
        client = self.target.client()
        ids = [client.send("ping") for _ in range(500)]
        for request_id in ids:
            self.assertEqual(client.reply(request_id)["status"], "success")

    def test_a_connection_that_is_cut_in_the_middle_of_a_frame_harms_nobody(self):
        other = socket.socket(socket.AF_UNIX)
        other.connect(self.target.socket_path)
        other.sendall(b"\0\0\0\x10" + json.dumps({"id": 1}).encode()[:3])
        other.close()
        client = self.target.client()
        client.wait_for(lambda: client.request("status")["sessions"] >= 1)
        self.assertEqual(client.request("ping"), {"pid": self.target.process.pid})


if __name__ == "__main__":
    unittest.main()
