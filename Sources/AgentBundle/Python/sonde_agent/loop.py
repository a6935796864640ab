"""Waiting in the kernel, and being woken by the target's threads.

An idle agent sleeps without a time-out. A thread that emits an observation writes one byte, but only when the agent
sleeps: writing releases the interpreter's lock, which would cost the thread its turn. While observations stream,
the agent looks again after a short pause instead, so it takes them in batches.
"""

import _socket

from .originals import epoll

_READ = 0x001  # EPOLLIN
_WRITE = 0x004  # EPOLLOUT
_HANGUP = 0x2000  # EPOLLRDHUP

_PAUSE = 0.01


class Loop:
    """The agent's epoll, and the socket pair that wakes it."""

    def __init__(self):
        self._epoll = epoll()
        self._reader, self._writer = _socket.socketpair(_socket.AF_UNIX, _socket.SOCK_STREAM)
        for end in (self._reader, self._writer):
            end.setblocking(False)
        self._epoll.register(self._reader.fileno(), _READ)
        self._writing = set()
        self._asleep = False
        self._waiting = False
        self._stirred = False
        self._streaming = False

    def add(self, fileno):
        """Watches a descriptor for input."""
        self._epoll.register(fileno, _READ | _HANGUP)

    def remove(self, fileno):
        """Stops watching a descriptor."""
        self._writing.discard(fileno)
        try:
            self._epoll.unregister(fileno)
        except (OSError, ValueError):
            pass

    def want_write(self, fileno, wanted):
        """Watches a descriptor for room to write, or no longer."""
        if wanted == (fileno in self._writing):
            return
        try:
            self._epoll.modify(fileno, _READ | _HANGUP | (_WRITE if wanted else 0))
        except (OSError, ValueError):
            return
        (self._writing.add if wanted else self._writing.discard)(fileno)

    def streamed(self):
        """Observations were sent just now: more are likely, so the next wait is a pause."""
        self._streaming = True

    def wake(self):
        """Ends the wait, now or the next one. For any thread: it neither blocks nor raises."""
        self._stirred = True
        if self._asleep:
            self._asleep = False
            try:
                self._writer.send(b"\0")
            except OSError:
                pass

    def wake_now(self):
        """Like `wake`, and ends a pause too."""
        self._stirred = True
        if self._waiting:
            self._asleep = self._waiting = False
            try:
                self._writer.send(b"\0")
            except OSError:
                pass

    def wait(self, timeout):
        """(descriptor, whether there is input) of those that are ready, after `timeout` seconds at most."""
        # First say that a wake-up is needed, then look whether one was missed.
        self._waiting = True
        if self._streaming:
            self._streaming = False
            timeout = _PAUSE if timeout is None else min(timeout, _PAUSE)
        else:
            self._asleep = True
            if self._stirred:
                timeout = 0.0
            self._stirred = False
        try:
            return self._poll(timeout)
        finally:
            self._asleep = self._waiting = False

    def _poll(self, timeout):
        try:
            ready = self._epoll.poll(-1 if timeout is None else timeout)
        except InterruptedError:
            return []
        result = []
        for fileno, events in ready:
            if fileno == self._reader.fileno():
                try:
                    self._reader.recv(4096)
                except OSError:
                    pass
            else:
                result.append((fileno, bool(events & ~_WRITE)))
        return result

    def close(self):
        """Closes everything of it."""
        self._asleep = False
        for item in (self._epoll, self._reader, self._writer):
            try:
                item.close()
            except OSError:
                pass
