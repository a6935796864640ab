#!/usr/bin/env python3
"""A small shop: the real service that Sonde's demo, tour and end-to-end tests look into.

Standard library only, Python 3.8 and later. Three workers check out carts from a queue, a restocker refills the
inventory, and an asyncio loop in a thread of its own notifies the customers. Some checkouts are slow, some payments
fail. All of it follows from the order's number alone, so every result can be checked: the shop counts the wrong
ones and says so when it closes.

    shop.py [--main busy|blocked|sleep|lock|accept|poll] [--seconds N] [--control PATH]
    shop.py --ask PATH          print what a running shop says about itself, as JSON
"""

import argparse
import asyncio
import contextlib
import gc
import json
import os
import queue
import select
import signal
import socket
import sys
import threading
import time

PRICES = {"apple": 0.5, "bread": 2.25, "cheese": 7.75, "honey": 6.5, "olives": 3.0, "wine": 12.5}
TIERS = ("bronze", "silver", "gold")
NAMES = ("ada", "björn", "chloé", "dmitri", "eiko", "farah")
WORKERS = 3


class PaymentError(Exception):
    """The customer's bank said no."""


class User:
    def __init__(self, number):
        self.number = number
        self.name = NAMES[number % len(NAMES)]
        self.tier = TIERS[number % len(TIERS)]

    @property
    def discount(self):
        return {"bronze": 0.0, "silver": 0.05, "gold": 0.1}[self.tier]

    def __repr__(self):
        return f"<User {self.name} ({self.tier})>"


class Cart:
    tax_rate = 0.2

    def __init__(self, number):
        self.number = number
        self.lines = []

    @classmethod
    def for_order(cls, number):
        """The cart of an order: what is in it follows from its number."""
        cart = cls(number)
        for step, sku in enumerate(PRICES):
            if scramble(number, step) % 3 == 0:
                cart.add(sku, 1 + scramble(number, step) % 4)
        return cart

    @staticmethod
    def tax(amount, rate):
        return round(amount * rate, 2)

    def add(self, sku, count):
        self.lines.append((sku, count))

    def prices(self):
        """The price of each line: a generator."""
        for sku, count in self.lines:
            yield PRICES[sku] * count

    @property
    def total(self):
        return sum(self.prices())

    def __repr__(self):
        return f"<{type(self).__name__} {self.number}: {len(self.lines)} lines>"


class GiftCart(Cart):
    """Inherits everything but its wrapping: for looking at inherited methods."""

    wrapping = 1.5


class Cache:
    """The newest `size` values, under a lock."""

    def __init__(self, size):
        self.size = size
        self.values = {}
        self.lock = threading.Lock()

    def get(self, key, make):
        with self.lock:
            if key in self.values:
                return self.values[key]
        value = make(key)
        with self.lock:
            self.values[key] = value
            while len(self.values) > self.size:
                del self.values[next(iter(self.values))]
        return value


class Inventory:
    def __init__(self):
        self.lock = threading.RLock()
        self.stock = dict.fromkeys(PRICES, 1000)

    def reserve(self, sku, count):
        with self.lock:
            self.stock[sku] -= count
            return self.stock[sku]

    def restock(self):
        with self.lock:
            self.stock = dict.fromkeys(PRICES, 1000)


class Bank:
    def charge(self, user, amount, order):
        if scramble(order, 7) % 11 == 0:
            raise PaymentError(f"{user.name}'s bank refused {amount:.2f}")
        return f"paid-{order}"


def scramble(number, salt):
    """A fixed pseudo-random number for an order: the same in every run and on every Python."""
    value = (number * 2654435761 + salt * 40503) & 0xFFFFFFFF
    value ^= value >> 15
    return (value * 2246822519 & 0xFFFFFFFF) >> 7


def think_time(order):
    """Seconds that a checkout takes: one in five 25 to 60 ms, the others 1 to 4 ms."""
    if order % 5 == 4:
        return (25 + scramble(order, 1) % 36) / 1000
    return (1 + scramble(order, 2) % 4) / 1000


def price_of(cart, user):
    amount = cart.total * (1 - user.discount)
    return round(amount + cart.tax(amount, cart.tax_rate), 2)


def checkout(cart, user):
    """Reserve, wait for the bank, charge. Returns the receipt."""
    for sku, count in cart.lines:
        INVENTORY.reserve(sku, count)
    total = PRICE_CACHE.get((cart.number, user.number), lambda key: price_of(cart, user))
    time.sleep(think_time(cart.number))
    payment = BANK.charge(user, total, cart.number)
    return {"order": cart.number, "user": user.name, "total": total, "payment": payment}


# A reference taken before anyone looks in: a probe on `checkout` sees the calls through it too.
express_checkout = checkout

INVENTORY = Inventory()
PRICE_CACHE = Cache(64)
BANK = Bank()


class Shop:
    """The threads, and what they found out about their own results."""

    def __init__(self):
        self.orders = queue.Queue(maxsize=32)
        self.stopping = threading.Event()
        self.workers_ended = threading.Event()
        self.lock = threading.Lock()
        self.calls = 0
        self.wrong = []
        self.notified = 0
        self.loop = asyncio.new_event_loop()
        targets = [("restocker", self.restock), ("taker", self.take_orders)]
        targets += [(f"worker-{n}", self.work) for n in range(1, WORKERS + 1)]
        targets += [("notifier", self.run_notifier)]  # last to end: the workers ask it to notify
        self.threads = [threading.Thread(target=target, name=name, daemon=True) for name, target in targets]

    def start(self):
        for thread in self.threads:
            thread.start()

    def stop(self):
        self.stopping.set()
        for thread in self.threads[:-1]:
            thread.join(timeout=5)
        self.workers_ended.set()
        self.threads[-1].join(timeout=5)

    def take_orders(self):
        number = 0
        while not self.stopping.is_set():
            with contextlib.suppress(queue.Full):
                self.orders.put(number, timeout=0.1)
                number += 1

    def work(self):
        while not self.stopping.is_set():
            try:
                number = self.orders.get(timeout=0.1)
            except queue.Empty:
                continue
            self.serve(number)
            time.sleep(0.004)

    def serve(self, number):
        user = User(number)
        cart = (GiftCart if number % 4 == 0 else Cart).for_order(number)
        buy = express_checkout if number % 2 else checkout
        try:
            receipt = buy(cart, user)
        except PaymentError as error:
            right = scramble(number, 7) % 11 == 0 and str(error).startswith(user.name)
        else:
            expected = {"order": number, "user": user.name, "total": price_of(cart, user), "payment": f"paid-{number}"}
            right = receipt == expected and scramble(number, 7) % 11 != 0
            asyncio.run_coroutine_threadsafe(notify(user, receipt), self.loop).add_done_callback(self.note)
        with self.lock:
            self.calls += 1
            if not right:
                self.wrong.append(number)

    def note(self, future):
        with self.lock:
            if future.cancelled() or future.exception() is not None or "dear " not in future.result():
                self.wrong.append("notify")
            else:
                self.notified += 1

    def restock(self):
        while not self.stopping.wait(0.5):
            INVENTORY.restock()

    def run_notifier(self):
        asyncio.set_event_loop(self.loop)
        self.loop.run_until_complete(self.notifier())

    async def notifier(self):
        while not self.workers_ended.is_set():
            async for tick in ticks(5, 0.02):
                self.last_tick = tick
        await asyncio.gather(*asyncio.all_tasks() - {asyncio.current_task()})

    def summary(self):
        with self.lock:
            return f"shop closed: {self.calls} orders, {self.notified} notified, {len(self.wrong)} wrong"


async def notify(user, receipt):
    """Write to a customer; every seventh letter takes 15 ms."""
    await asyncio.sleep(0.015 if receipt["order"] % 7 == 0 else 0.001)
    return f"dear {user.name}, thank you for {receipt['total']:.2f}"


async def ticks(count, seconds):
    """An async generator."""
    for number in range(count):
        await asyncio.sleep(seconds)
        yield number


class Mirror:
    """Tells what the process looks like from inside, so that a test can see whether it was left as it was found."""

    WATCHED = {
        "checkout": lambda: checkout,
        "notify": lambda: notify,
        "Cart.for_order": lambda: vars(Cart)["for_order"].__func__,
        "Cart.tax": lambda: vars(Cart)["tax"].__func__,
        "Cart.add": lambda: vars(Cart)["add"],
        "Cart.prices": lambda: vars(Cart)["prices"],
        "Cart.total": lambda: vars(Cart)["total"].fget,
        "Bank.charge": lambda: vars(Bank)["charge"],
        "Inventory.reserve": lambda: vars(Inventory)["reserve"],
        "Shop.serve": lambda: vars(Shop)["serve"],
        "Shop.note": lambda: vars(Shop)["note"],
    }

    def __init__(self, shop):
        self.shop = shop
        self.functions = {name: find() for name, find in self.WATCHED.items()}
        self.codes = {name: function.__code__ for name, function in self.functions.items()}
        self.classes = {cls: dict(vars(cls)) for cls in (Cart, GiftCart, Bank, Inventory, Shop)}
        self.names = set(vars(sys.modules["__main__"]))
        self.path = list(sys.path)
        self.hooks = self.hooks_now()

    @staticmethod
    def hooks_now():
        monitoring = getattr(sys, "monitoring", None)
        tools = [monitoring.get_tool(number) for number in range(6)] if monitoring else []
        return [sys.gettrace(), sys.getprofile(), sys.excepthook, threading.excepthook, sys.stdout, sys.stderr, tools]

    def original(self, name):
        function = self.WATCHED[name]()
        return function is self.functions[name] and function.__code__ is self.codes[name]

    def state(self):
        links = []
        for number in os.listdir("/proc/self/fd"):
            with contextlib.suppress(OSError):
                links.append(os.readlink(f"/proc/self/fd/{number}"))
        with self.shop.lock:
            calls, wrong = self.shop.calls, len(self.shop.wrong)
        return {
            "pid": os.getpid(),
            "calls": calls,
            "wrong": wrong,
            "changed": [name for name in self.WATCHED if not self.original(name)],
            "changed_classes": [cls.__name__ for cls, was in self.classes.items() if dict(vars(cls)) != was],
            "new_names": sorted(set(vars(sys.modules["__main__"])) - self.names),
            "agent_modules": sorted(name for name in list(sys.modules) if "sonde" in name.lower()),
            "path_changed": sys.path != self.path,
            "hooks_changed": self.hooks_now() != self.hooks,
            "threads": sorted(thread.name for thread in threading.enumerate()),
            "running_threads": len(sys._current_frames()),
            "native_threads": len(os.listdir("/proc/self/task")),
            "sockets": sum(link.startswith("socket:") for link in links),
            "executable_mappings": executable_anonymous_mappings(),
            "gc_enabled": gc.isenabled(),
        }

    def listen(self, path):
        """Answer `state` on a Unix socket, one question a connection."""
        server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        server.bind(path)
        server.listen(8)
        threading.Thread(target=self.answer, args=(server,), name="control", daemon=True).start()

    def answer(self, server):
        while True:
            connection, _ = server.accept()
            with connection, contextlib.suppress(OSError):
                connection.settimeout(5)
                connection.recv(64)
                connection.sendall(json.dumps(self.state()).encode() + b"\n")


def executable_anonymous_mappings():
    with open("/proc/self/maps") as maps:
        fields = [line.split() for line in maps]
    return sum("x" in field[1] and len(field) < 6 for field in fields)


def ask(path):
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as client:
        client.settimeout(10)
        client.connect(path)
        client.sendall(b"state\n")
        with client.makefile() as answer:
            return json.loads(answer.readline())


def main_loop(way):
    """What the main thread does until the shop closes: run Python, or wait in one of the usual places."""
    server, client = socket.socketpair()
    with server, client:
        while True:
            if way == "busy":
                sum(scramble(number, 3) % 7 for number in range(2000))
            elif way == "sleep":
                time.sleep(3600)
            elif way == "accept":
                server.recv(1)
            elif way == "poll":
                select.select([server], [], [], 3600)
            else:
                threading.Event().wait()


class Closed(Exception):
    """Raised by the signal that closes the shop, to leave whatever the main thread waits in."""


def main():
    parser = argparse.ArgumentParser(description="A small shop to look into.")
    ways = ["busy", "blocked", "sleep", "lock", "accept", "poll"]
    parser.add_argument("--main", choices=ways, default="blocked", help="what the main thread does")
    parser.add_argument("--seconds", type=float, default=600, help="close after so long")
    parser.add_argument("--control", metavar="PATH", help="answer questions on a Unix socket")
    parser.add_argument("--ask", metavar="PATH", help="ask a running shop's control socket")
    options = parser.parse_args()
    if options.ask:
        print(json.dumps(ask(options.ask), indent=2))
        return

    def close(*_):
        raise Closed

    shop = Shop()
    if options.control:
        Mirror(shop).listen(options.control)
    shop.start()
    bound = threading.Timer(options.seconds, os.kill, (os.getpid(), signal.SIGTERM))
    bound.daemon = True
    bound.start()
    try:
        signal.signal(signal.SIGTERM, close)
        signal.signal(signal.SIGINT, close)
        version = ".".join(map(str, sys.version_info[:3]))
        print(f"shop open: pid {os.getpid()}, Python {version}, main thread {options.main}", flush=True)
        main_loop(options.main)
    except Closed:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    shop.stop()
    if options.control:
        os.unlink(options.control)
    print(shop.summary(), flush=True)
    sys.exit(1 if shop.wrong else 0)


if __name__ == "__main__":
    main()
