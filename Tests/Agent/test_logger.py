"""`logger`: the loggers as they are, and levels that stay or go back by themselves."""

import unittest

from .client import AgentFailure, wait_for
from .target import Target

PROGRAM = """
import logging, logging.handlers, os, sys, threading

class Odd(logging.Logger):
    def __getattribute__(self, name):
        if name == "_cache":  # logging itself asks for it
            return {}
        raise SystemError("ran " + name)
    def __eq__(self, other): raise SystemError("compared")
    __hash__ = None

logging.addLevelName(25, "NOTICE")
logging.basicConfig(level="WARNING")
SHOP = logging.getLogger("shop")
CART = logging.getLogger("shop.cart.line")
handler = logging.StreamHandler(sys.stdout); handler.setLevel("ERROR")
SHOP.addHandler(handler)
FILE = logging.FileHandler("/dev/null", delay=True)
SHOP.addHandler(FILE)
CART.propagate = False
CART.disabled = True
logging.Logger.manager.loggerDict["odd"] = Odd.__new__(Odd)

"""


class LoggerTests(unittest.TestCase):
    def setUp(self):
        self.target = Target(PROGRAM)
        self.addCleanup(self.target.stop)
        self.client = self.target.client()

    def levels(self, client=None):
        rows = (client or self.client).request("logger")["rows"]
        return {row["logger"]: (row["level"], row["effective"]) for row in rows}

    def level(self):
        return self.target.eval("SHOP.level")

    def failure(self, **params):
        with self.assertRaises(AgentFailure) as caught:
            self.client.request("logger", params)
        return caught.exception.kind, caught.exception.reply.get("hint")

    def test_the_list(self):
        rows = {row["logger"]: row for row in self.client.request("logger")["rows"]}
        self.assertEqual(sorted(name for name in rows if "concurrent" not in name), ["odd", "root", "shop", "shop.cart.line"])
        self.assertEqual(
            rows["shop"],
            {
                "logger": "shop",
                "level": "NOTSET",
                "effective": "WARNING",
                "handlers": ["StreamHandler(stdout)@ERROR", "FileHandler(/dev/null)"],
                "propagate": True,
                "disabled": False,
            },
        )
        self.assertEqual((rows["root"]["level"], rows["root"]["handlers"]), ("WARNING", ["StreamHandler(stderr)"]))
        self.assertEqual((rows["shop.cart.line"]["propagate"], rows["shop.cart.line"]["disabled"]), (False, True))
        self.assertEqual([row["logger"] for row in self.client.request("logger", {"name": "shop*"})["rows"]], ["shop", "shop.cart.line"])
        self.assertEqual([row["logger"] for row in self.client.request("logger", {"name": "root"})["rows"]], ["root"])
        self.assertEqual(self.target.errors(), "")

    def test_a_level_that_stays(self):
        self.assertFalse(self.target.eval("SHOP.isEnabledFor(10)"))  # which the logger remembers
        for text, number in [("debug", 10), ("DEBUG", 10), ("25", 25), ("notice", 25), ("NOTSET", 0), ("Error", 40)]:
            reply = self.client.request("logger", {"name": "shop", "level": text})
            self.assertEqual((self.level(), reply["watch_id"]), (number, None), text)
            self.assertEqual(self.target.eval("SHOP.isEnabledFor(10)"), number == 10)
        self.client.close()
        self.client = self.target.client()
        self.assertEqual(self.levels()["shop"], ("ERROR", "ERROR"))
        self.assertEqual(self.client.request("logger", {"name": "root", "level": "info"})["before"], "WARNING")
        self.assertEqual(self.target.eval("logging.root.level"), 20)

    def test_what_is_wrong(self):
        self.assertEqual(self.failure(name="shp"), ("TargetNotFound", "did you mean 'shop'?"))
        self.assertEqual(self.failure(name="shop.cart", level="debug")[0], "TargetNotFound")  # a place holder
        kind, hint = self.failure(name="shop", level="loud")
        self.assertEqual(kind, "BadRequest")
        self.assertIn("debug, info, notice, warn", hint)
        for params in ({"level": "debug"}, {"name": "s*", "level": "debug"}, {"name": 5}, {"name": "shop", "level": "debug", "seconds": 0}):
            self.assertEqual(self.failure(**params)[0], "BadRequest")
        self.assertEqual(self.level(), 0)

    def change(self, level="debug", seconds=600, client=None, name="shop"):
        return (client or self.client).request("logger", {"name": name, "level": level, "seconds": seconds})["watch_id"]

    def test_after_a_time(self):
        self.change(seconds=0.3)
        self.assertEqual(self.level(), 10)
        wait_for(lambda: self.level() == 0, "the level to go back")
        self.assertEqual(self.client.next("level_restored")["reason"], "duration")

    def test_when_the_session_the_agent_or_a_reset_ends_it(self):
        other = self.target.client()
        self.change(client=other)
        self.assertEqual(self.level(), 10)
        other.close()
        wait_for(lambda: self.level() == 0, "the level to go back with the session")
        name = self.change()
        self.assertEqual([row["pattern"] for row in self.client.request("status")["probes"]], ["shop DEBUG"])
        self.assertEqual(self.client.request("reset", {"watch_id": name}), {"removed": 1})
        self.assertEqual(self.level(), 0)
        self.change()
        self.client.request("detach")
        wait_for(lambda: self.level() == 0, "the level to go back with the agent")

    def test_one_over_the_other(self):
        # (changes, the order in which they end, the level after each end)
        cases = [
            (["debug", "error"], [1, 0], [10, 0]),
            (["debug", "error"], [0, 1], [40, 0]),
            (["debug", "error", "info"], [1, 2, 0], [20, 10, 0]),
            (["debug", "debug"], [0, 1], [10, 0]),
        ]
        for levels, ends, after in cases:
            names = [self.change(level) for level in levels]
            for index, level in zip(ends, after):
                self.client.request("reset", {"watch_id": names[index]})
                self.assertEqual(self.level(), level, (levels, ends))

    def test_the_programs_own_choice_stays(self):
        name = self.change()
        self.target.run("SHOP.setLevel('CRITICAL')")
        self.client.request("reset", {"watch_id": name})
        self.assertEqual(self.level(), 50)
        name = self.change("debug")
        self.client.request("logger", {"name": "shop", "level": "debug"})
        self.client.request("reset", {"watch_id": name})
        self.assertEqual(self.level(), 10)

    def test_a_forked_child_has_the_old_level(self):
        self.change()
        self.target.run(
            """
            read, write = os.pipe()
            if os.fork() == 0:
                os.write(write, str(SHOP.level).encode()); os._exit(0)
            os.wait()
            """
        )
        self.assertEqual(self.target.eval("os.read(read, 9)"), b"0")
        self.assertEqual(self.level(), 10)

    def test_with_the_modules_lock_taken(self):
        self.target.run(
            """
            taken, stop = threading.Event(), threading.Event()
            def keep():
                with logging._lock:
                    taken.set(); stop.wait()
            threading.Thread(target=keep, daemon=True).start(); taken.wait()
            """
        )
        name = self.change()
        self.assertEqual(self.level(), 10)
        self.client.request("reset", {"watch_id": name})
        self.assertEqual(self.level(), 0)
        self.target.run("stop.set()")


class WithoutLoggingTests(unittest.TestCase):
    def test_it_is_not_imported(self):
        with Target("import sys") as target:
            client = target.client()
            self.assertEqual(client.request("logger"), {"rows": [], "loaded": False})
            with self.assertRaises(AgentFailure):
                client.request("logger", {"name": "root", "level": "debug"})
            self.assertFalse(target.eval("'logging' in sys.modules"))


if __name__ == "__main__":
    unittest.main()
