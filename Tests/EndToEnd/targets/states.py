"""A program in one state: `states.py STATE`, which says "ready" and, when its standard input ends, "right".

All that it does it checks; what is not as it should be it says in a line that begins with "bad".
"""

import ctypes
import hashlib
import os
import select
import socket
import sys
import threading
import time

HELD = ctypes.PyDLL(None)


def say(*words):
    os.write(1, (" ".join(map(str, words)) + "\n").encode())


def check(what, got, expected):
    if got != expected:
        say("bad", what, got, "expected", expected)


def is_ending():
    """Whether standard input has ended, without waiting."""
    return bool(select.select([0], [], [], 0)[0])


def wait_for_end():
    check("standard input", os.read(0, 100), b"")


def work():
    """A piece of work with one result."""
    x = 0.5
    for _ in range(2000):
        x = 3.7 * x * (1.0 - x)
    check("float", x, WORKED)
    check("integer", 12345678901234567890123 * 98765432109876543210 % 1000000007, 484738066)
    check("digest", hashlib.sha256(b"work" * 500).hexdigest(), DIGEST)


def worked():
    x = 0.5
    for _ in range(2000):
        x = 3.7 * x * (1.0 - x)
    return x


WORKED = worked()
DIGEST = hashlib.sha256(b"work" * 500).hexdigest()


def looks():
    """What nobody may leave anything in: modules and threads."""
    return sorted(name for name in sys.modules if "sonde" in name), len(os.listdir("/proc/self/task"))


FOUND = None


def ready():
    global FOUND
    work()
    FOUND = looks()
    say("ready")


def right():
    """The end: it still works, and is as it was."""
    work()
    deadline = time.monotonic() + 2
    # A thread that ends is seen for a moment longer.
    while looks()[0] != FOUND[0] or looks()[1] > FOUND[1]:
        if time.monotonic() > deadline:
            say("bad leftovers", looks(), "found", FOUND)
            break
        time.sleep(0.01)
    say("right")


def at_end(*actions):
    """A thread that does this when standard input ends."""

    def wait():
        wait_for_end()
        for action in actions:
            action()

    threading.Thread(target=wait, daemon=True).start()


def busy():
    ready()
    while not is_ending():
        work()


def threads_busy():
    def each():
        while not is_ending():
            work()

    threads = [threading.Thread(target=each) for _ in range(3)]
    for thread in threads:
        thread.start()
    ready()
    each()
    for thread in threads:
        thread.join()


def sleeping():
    """One long sleep, in which it is looked at, then short ones."""
    ready()
    seconds = 5
    while not is_ending():
        start = time.monotonic()
        time.sleep(seconds)
        check("long enough a sleep", time.monotonic() - start >= seconds - 0.001, True)
        seconds = 0.1


def lock():
    lock = threading.Lock()
    lock.acquire()
    at_end(lock.release)
    ready()
    check("acquire", lock.acquire(), True)
    check("ending", is_ending(), True)


def poll():
    poll = select.poll()
    poll.register(0, select.POLLIN)
    ready()
    check("poll", [place for place, _ in poll.poll()], [0])


def accept():
    server = socket.socket()
    server.bind(("127.0.0.1", 0))
    server.listen(1)
    clients = []
    at_end(lambda: clients.append(socket.create_connection(server.getsockname())))
    ready()
    peer, _ = server.accept()
    check("ending", is_ending(), True)
    peer.close()


def join():
    thread = threading.Thread(target=wait_for_end)
    thread.start()
    ready()
    thread.join()
    check("ending", is_ending(), True)


def read():
    ready()
    wait_for_end()


def all_blocked():
    finish = threading.Event()
    reader, writer = os.pipe()
    taken = threading.Lock()
    taken.acquire()
    threads = [
        threading.Thread(target=finish.wait),
        threading.Thread(target=os.read, args=(reader, 1)),
        threading.Thread(target=taken.acquire),
    ]
    for thread in threads:
        thread.start()
    at_end(lambda: os.write(writer, b"x"), taken.release, finish.set)
    ready()
    finish.wait()
    for thread in threads:
        thread.join()


def other_runs():
    def run():
        while not is_ending():
            work()

    thread = threading.Thread(target=run)
    thread.start()
    ready()
    thread.join()


def many_threads():
    threading.stack_size(256 << 10)
    finish = threading.Event()
    count = []
    for _ in range(499):
        threading.Thread(target=lambda: count.append(finish.wait())).start()
    ready()
    wait_for_end()
    finish.set()
    deadline = time.monotonic() + 20
    while len(count) < 499 and time.monotonic() < deadline:
        time.sleep(0.01)
    check("threads that went on", count, [True] * 499)


def short_hold():
    """Calls into C of half a second that keep the GIL, with a moment of Python in between."""
    ready()
    while not is_ending():
        HELD.usleep(500000)
        work()


def long_hold():
    ready()
    start = time.monotonic()
    HELD.usleep(3000000)
    check("long enough a call", time.monotonic() - start >= 2.999, True)
    say("free")
    wait_for_end()


def without_gil():
    """Calls into C of a second that give the GIL away and compute."""
    start = time.thread_time()
    hashlib.pbkdf2_hmac("sha256", b"x", b"y", 20000)
    rounds = int(20000 * 0.5 / (time.thread_time() - start))
    ready()
    digests = set()
    while not is_ending():
        digests.add(hashlib.pbkdf2_hmac("sha256", b"x", b"y", rounds))
    check("one digest", len(digests), 1)


def forking():
    ready()
    number = 0
    while not is_ending():
        number = (number + 1) % 100
        child = os.fork()
        if child == 0:
            work()
            os._exit(number)
        check("a child's status", os.waitpid(child, 0), (child, number << 8))


def joining_at_exit():
    def body():
        wait_for_end()
        right()

    threading.Thread(target=body).start()
    ready()


def at_exit():
    import atexit

    def body():
        say("ready")
        wait_for_end()
        work()
        say("right")

    atexit.register(body)


class Last:
    """Its end comes while the modules are taken down."""

    def __del__(self, say=say, wait=wait_for_end):
        say("ready")
        wait()
        say("right")


def shutting_down():
    work()
    # The main module's names are taken down one by one; this one holds out until then.
    sys.modules["__main__"].last = Last()


STATES = [
    busy, threads_busy, sleeping, lock, poll, accept, join, read, all_blocked, other_runs, many_threads, short_hold,
    long_hold, without_gil, forking, joining_at_exit, at_exit, shutting_down,
]  # fmt: skip
# These say it themselves, late.
WITHOUT_END = [joining_at_exit, at_exit, shutting_down]


def main(name):
    state = {state.__name__.replace("_", "-"): state for state in STATES}[name]
    state()
    if state not in WITHOUT_END:
        right()


if __name__ == "__main__":
    main(*sys.argv[1:])
