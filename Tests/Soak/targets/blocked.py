"""A main thread that waits in the system most of its time: `blocked.py COUNTER lock|poll|accept|read|sleep`.

A thread wakes it every some tens of milliseconds with a number, which must arrive; `sleep` has no other thread at all.
"""

import os
import select
import socket
import threading
import time

import work

PAUSE = 0.03


class Lock:
    """Waits for a lock that the other thread releases."""

    def __init__(self):
        self.lock = threading.Lock()
        self.lock.acquire()
        self.number = None

    def wait(self):
        work.check("acquire", self.lock.acquire(), True)
        return self.number

    def wake(self, number):
        self.number = number
        self.lock.release()

    def close(self):
        pass


class Read:
    """Waits for a pipe's data."""

    def __init__(self):
        self.reader, self.writer = os.pipe()

    def wait(self):
        return int(os.read(self.reader, 100))

    def wake(self, number):
        os.write(self.writer, b"%d" % number)

    def close(self):
        os.close(self.reader)
        os.close(self.writer)


class Poll(Read):
    """Polls the pipe first, some of the times for less time than it takes."""

    def __init__(self):
        super().__init__()
        self.poll = select.poll()
        self.poll.register(self.reader, select.POLLIN)

    def wait(self):
        while True:
            start = time.monotonic()
            got = self.poll.poll(20)
            if got:
                work.check("poll", got, [(self.reader, select.POLLIN)])
                return super().wait()
            work.check("poll for its time", time.monotonic() - start > 0.019, True)


class Accept:
    """Waits for a connection and what is sent over it."""

    def __init__(self):
        self.server = socket.socket()
        self.server.bind(("127.0.0.1", 0))
        self.server.listen(5)

    def wait(self):
        peer, _ = self.server.accept()
        with peer:
            return int(peer.recv(100))

    def wake(self, number):
        with socket.create_connection(self.server.getsockname()) as connection:
            connection.sendall(b"%d" % number)

    def close(self):
        self.server.close()


def sleeps():
    work.ready()
    number = 0
    while not work.is_ending():
        start = time.monotonic()
        time.sleep(PAUSE)
        work.check("sleep for its time", time.monotonic() - start > PAUSE - 0.001, True)
        work.do(number)
        number += 1


def waits(place):
    """The main thread waits at the place for each number; the other one brings them, and works in between."""
    arrived = threading.Event()
    arrived.set()

    def other():
        number = 0
        # The last number comes after the end was asked for: nobody is left waiting.
        while True:
            is_last = work.is_ending()
            arrived.wait()
            arrived.clear()
            place.wake(-1 if is_last else number)
            if is_last:
                return
            for each in range(10):
                work.do(each)
                time.sleep(PAUSE / 10)
            number += 1

    threads = work.start(other)
    work.ready()
    number = 0
    while True:
        got = place.wait()
        arrived.set()
        if got == -1:
            break
        work.check("the number", got, number)
        number += 1
    for thread in threads:
        thread.join()
    place.close()
    work.finish()


def main():
    (kind,) = work.begin()
    if kind == "sleep":
        sleeps()
        work.finish()
    else:
        waits({"lock": Lock, "read": Read, "poll": Poll, "accept": Accept}[kind]())


main()
