"""The agent's manners: forks, signals, monkey-patched modules, reloads."""

import os
import sys
import unittest

from .client import wait_for
from .target import Target

FORKING = """
import os, signal, sys, threading, time

def work(n):
    return n + 1

ORIGINAL = work.__code__

def in_child(check):
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            text = repr(check())
        except BaseException as error:
            text = repr(error)
        os.write(writer, text.encode())
        os._exit(0)
    os.close(writer)
    data = b""
    while True:
        piece = os.read(reader, 65536)
        if not piece:
            break
        data += piece
    os.close(reader)
    assert os.waitpid(pid, 0)[1] == 0
    return data.decode()

def sockets():
    names = [os.readlink("/proc/self/fd/" + fd) for fd in os.listdir("/proc/self/fd") if os.path.exists("/proc/self/fd/" + fd)]
    return [name for name in names if name.startswith("socket") or "eventpoll" in name]
"""


class ForkTests(unittest.TestCase):
    def test_a_child_drops_the_agent_and_its_probes(self):
        with Target(FORKING) as target:
            client = target.client()
            client.request("watch", {"pattern": "shop.work"})
            answer = target.text("in_child(lambda: (work.__code__ is ORIGINAL, work(1), sockets(), '_sonde_agent' in sys.modules))")
            self.assertEqual(answer, repr("(True, 2, [], False)"))
            # The parent is untouched by it.
            self.assertFalse(target.eval("work.__code__ is ORIGINAL"))
            target.run("work(5)")
            self.assertEqual(client.next("observation")["args"], [5])
            self.assertTrue(os.path.exists(target.socket_path))

    def test_a_child_may_have_an_agent_of_its_own_and_fork_again(self):
        with Target(FORKING) as target:
            target.client().request("ping")
            answer = target.text("in_child(lambda: in_child(lambda: work(1)))")
            self.assertEqual(answer, repr(repr("2")))

    def test_forks_while_observations_stream(self):
        with Target(FORKING) as target:
            client = target.client()
            request_id = client.send("watch", {"pattern": "shop.work"})
            client.reply(request_id)
            target.run(
                """
                STOP = False
                def spin():
                    while not STOP:
                        work(1)
                spinner = threading.Thread(target=spin, daemon=True)
                spinner.start()
                """
            )
            for _ in range(10):
                self.assertEqual(target.text("in_child(lambda: (work.__code__ is ORIGINAL, work(1)))"), repr("(True, 2)"))
            target.run("STOP = True; spinner.join()")
            client.next("observation")

    def test_a_fork_warns_as_if_the_agent_were_not_there(self):
        cases = [([], "", 0), (["-W", "error"], "", 0), ([], "threading.Thread(target=time.sleep, args=(60,), daemon=True).start()", 1)]
        for arguments, setup, warnings in cases:
            with Target(FORKING, arguments=arguments) as target:
                target.client().request("watch", {"pattern": "shop.work"})
                target.run(setup)
                for _ in range(2):
                    self.assertEqual(target.text("in_child(lambda: work(1))"), repr("2"))
                warned = target.stop().count("DeprecationWarning")
                self.assertEqual(warned, warnings if sys.version_info >= (3, 12) else 0, (arguments, setup))

    def test_the_warning_filters_are_put_back(self):
        with Target("import warnings\n" + FORKING, attach=False) as target:
            before = target.text("warnings.filters")
            target.attach()
            target.text("in_child(lambda: work(1))")
            target.client().request("detach")
            # The agent's thread lives a little longer than its last answer.
            wait_for(lambda: target.text("warnings.filters") == before, "the filters to be put back")

    def test_a_fork_after_detach_finds_nothing_to_do(self):
        with Target(FORKING) as target:
            target.client().request("detach")
            wait_for(lambda: target.eval("len(os.listdir('/proc/self/task'))") == 1, "the agent's thread to end")
            self.assertEqual(target.text("in_child(lambda: work(1))"), repr("2"))
            self.assertEqual(target.stop(), "")


class SignalTests(unittest.TestCase):
    def test_the_programs_signals_reach_the_programs_thread(self):
        with Target(FORKING) as target:
            target.client().request("ping")
            target.run("GOT = []; signal.signal(signal.SIGUSR1, lambda *_: GOT.append(threading.current_thread().name))")
            target.start("ends = time.monotonic() + 5\nwhile not GOT and time.monotonic() < ends: signal.sigtimedwait([], 0.01)")
            os.kill(target.process.pid, 10)
            target.finish()
            self.assertEqual(target.eval("GOT"), ["MainThread"])
            tasks = [task for task in os.listdir("/proc/{}/task".format(target.process.pid)) if int(task) != target.process.pid]
            self.assertEqual(len(tasks), 1)
            with open("/proc/{}/task/{}/status".format(target.process.pid, tasks[0])) as file:
                blocked = int(file.read().partition("SigBlk:")[2].split()[0], 16)
            for number in (1, 2, 10, 12, 14, 15, 17):
                self.assertTrue(blocked >> (number - 1) & 1, number)

    def test_a_handler_that_raises_is_heard_while_calls_are_observed(self):
        with Target(FORKING) as target:
            client = target.client()
            client.request("watch", {"pattern": "shop.work", "expand": 3})
            target.run(
                """
                class Alarm(Exception):
                    pass
                def ring(*_):
                    raise Alarm
                signal.signal(signal.SIGALRM, ring)
                def rings():
                    heard = 0
                    data = [[list(range(50)) for _ in range(50)] for _ in range(20)]
                    for _ in range(40):
                        try:
                            signal.setitimer(signal.ITIMER_REAL, 0.003)
                            ends = time.monotonic() + 2
                            while time.monotonic() < ends:
                                work_on(data)
                        except Alarm:
                            heard += 1
                    return heard
                def work_on(data):
                    return len(data)
                """
            )
            client.request("watch", {"pattern": "shop.work_on", "expand": 4})
            self.assertEqual(target.eval("rings()"), 40)


class PatchedTests(unittest.TestCase):
    def test_a_monkey_patched_target_is_served_by_a_real_thread(self):
        # What gevent's patching leaves behind: replaced functions, and the originals in `gevent.monkey.saved`.
        source = """
            import sys, types, _thread, threading, select, time
            monkey = types.ModuleType("gevent.monkey")
            monkey.saved = {
                "_thread": {name: getattr(_thread, name) for name in ("start_new_thread", "allocate_lock", "get_ident")},
                "select": {"epoll": select.epoll, "poll": select.poll},
            }
            gevent = types.ModuleType("gevent")
            gevent.monkey = monkey
            sys.modules["gevent"], sys.modules["gevent.monkey"] = gevent, monkey
            def refuse(*_, **__):
                raise AssertionError("a patched function was called")

            def patch():
                # The import system itself uses the locks and numbers of `_thread`, so those must work.
                _thread.start_new_thread = refuse
                del select.epoll
                select.poll = select.select = time.sleep = refuse

            def work(n):
                return n
        """
        with Target(source, attach=False) as target:
            target.run("import ast; patch()")
            target.attach()
            client = target.client()
            client.request("watch", {"pattern": "shop.work", "times": 1})
            target.run("work(3)")
            self.assertEqual(client.next("observation")["args"], [3])
            self.assertEqual(client.request("status")["threads"], 1)
            client.request("detach")
            self.assertEqual(target.stop(), "")


class ReloadTests(unittest.TestCase):
    def test_a_reloaded_module_keeps_its_new_functions(self):
        with Target("import sys, importlib") as target:
            path = os.path.join(target.folder, "part.py")
            with open(path, "w") as file:
                file.write("def f():\n    return 1\n")
            target.run("import part")
            client = target.client()
            client.request("watch", {"pattern": "part.f"})
            target.run("old = part.f")
            with open(path, "w") as file:
                file.write("def f():\n    return 'second'\n")
            target.run("importlib.invalidate_caches(); importlib.reload(part); new = part.f")
            self.assertEqual(target.eval("[old(), part.f()]"), [1, "second"])
            client.request("detach")
            self.assertEqual(target.eval("[old(), part.f(), part.f is new]"), [1, "second", True])
            self.assertEqual(target.eval("[c for c in old.__code__.co_consts if isinstance(c, str)]"), [])

    def test_an_application_module_may_have_any_name(self):
        source = "import sys\n"
        with Target(source, attach=False) as target:
            for name in ("session", "loop", "capture", "patterns", "agent", "errors", "utils"):
                with open(os.path.join(target.folder, name + ".py"), "w") as file:
                    file.write("NAME = {!r}\n".format("the program's " + name))
            target.attach()
            client = target.client()
            client.request("thread")
            self.assertEqual(target.eval("sorted(m for m in sys.modules if m in ('session', 'loop', 'capture'))"), [])
            self.assertEqual(target.eval("__import__('session').NAME"), "the program's session")


class ManyCyclesTests(unittest.TestCase):
    def test_attach_watch_detach_again_and_again(self):
        source = """
            import os, threading, time
            STOP = False
            def work(n):
                return n * 2
            ORIGINAL = work.__code__
            def run():
                n = 0
                while not STOP:
                    n += 1
                    assert work(n) == n * 2
            THREADS = [threading.Thread(target=run) for _ in range(2)]
        """
        with Target(source, attach=False) as target:
            target.run("[thread.start() for thread in THREADS]")
            count = "len(os.listdir('/proc/self/fd')), len(os.listdir('/proc/self/task'))"
            before = target.text(count)
            for _ in range(6):
                target.attach()
                client = target.client()
                client.request("watch", {"pattern": "shop.work", "times": 2})
                self.assertEqual(len(client.stream()[0]), 2)
                client.request("watch", {"pattern": "shop.work"})
                client.request("detach")
                client.close()
                wait_for(lambda: target.text(count) == before, "threads and descriptors to go")
            target.run("STOP = True\nfor thread in THREADS: thread.join()")
            self.assertTrue(target.eval("work.__code__ is ORIGINAL"))
            self.assertEqual(target.stop(), "")


if __name__ == "__main__":
    unittest.main()
