"""The agent's arrival: one agent in a process, its socket, and the rest of its files through it.

What is injected is a few files only. The first shell that connects is asked for the others, so they take no time of the
program's threads; when none comes, all is taken back.
"""

import atexit
import os
import sys
from _frozen_importlib_external import MAGIC_NUMBER
from _socket import MSG_WAITALL
from time import monotonic

from . import frames
from .listener import Listener, set_patience
from .originals import allocate_lock, pause
from .signals import block_signals

PROTOCOL = 1
_NAME = "_sonde_agent"
_WANTED = b'{"type":"sources_wanted","protocol":%d,"magic":%d}' % (PROTOCOL, int.from_bytes(MAGIC_NUMBER, "little"))
_TURN = 2.0
_GOING = 5.0
_SOON = 0.3


def run(settings, importer, guard, hurry, describe):
    """Serves from the first moment to the last; raises what keeps the agent from coming before a shell is there."""
    block_signals()
    arrival = Arrival(settings, importer, guard, hurry)
    if not arrival.claim():
        return
    try:
        arrival.listen(settings["socket"])
        connection = arrival.receive_sources()
        if connection is not None:
            arrival.serve(connection, describe)
    finally:
        arrival.withdraw()


class Arrival:
    """Whose place in the process this is, from the claim to the end; in a hurry until it waits or has come."""

    def __init__(self, settings, importer, guard, hurry):
        self.settings = settings
        self.importer = importer
        self.guard = guard
        self.listeners = []
        self.hurry = hurry
        self.pid = os.getpid()
        self._agent = None
        self._connection = None
        self._package = importer.load(_NAME)
        self._listens = _Event()
        self._serves = _Event()
        guard.abandon = self.abandon

    def claim(self):
        """Takes the process's one place for an agent; whether it is ours, and not another's who serves us too."""
        self._package.take_over = self.take_over
        ends = monotonic() + _GOING
        while True:
            # One step, whatever other threads do.
            other = sys.modules.setdefault(_NAME, self._package)
            if other is self._package:
                return True
            if other.take_over(self.settings):
                return False
            if monotonic() > ends:
                raise RuntimeError("another agent is about to leave this process and does not")
            self.hurry.calm()
            pause(0.005)

    def take_over(self, settings):
        """Called by a later arrival on its own thread; whether this one serves its path too.

        Raises what keeps it from listening there.
        """
        if not self._listens.wait(_GOING):
            return False
        if any([listener.path == settings["socket"] and listener.is_in_place for listener in list(self.listeners)]):
            return True
        self._serves.wait(self.settings["patience"] + _GOING)
        return self._agent is not None and self._agent.take_over(settings["socket"])

    def listen(self, path):
        """Listens at a path; raises `OSError` or `ValueError`."""
        listener = Listener(path, self.settings["uid"])
        self.listeners.append(listener)
        if len(self.listeners) == 1:
            atexit.register(self.at_exit)
            self._listens.set()
        return listener

    def receive_sources(self):
        """The connection of the first shell that sends them; None when none comes."""
        ends = monotonic() + self.settings["patience"]
        while True:
            self._connection = self.listeners[0].wait(_SOON)
            if self._connection is None:
                self.hurry.calm()
                left = ends - monotonic()
                self._connection = self.listeners[0].wait(left) if left > 0 else None
            if self._connection is None:
                return None
            self.hurry.hasten()
            self._connection.setblocking(True)
            set_patience(self._connection, _TURN)
            try:
                self.importer.add(self._files(self._ask(self._connection)))
            except (OSError, ValueError, EOFError, TypeError):
                # Whoever this was: the next one may be a shell.
                self._connection.close()
                continue
            return self._connection

    def _ask(self, connection):
        connection.sendall(frames.frame(_WANTED))
        header = connection.recv(4, MSG_WAITALL)
        length = int.from_bytes(header, "big")
        if len(header) < 4 or not 0 < length <= frames.LIMIT:
            raise ValueError("no frame with the sources")
        payload = connection.recv(length, MSG_WAITALL)
        if len(payload) < length:
            raise ValueError("the shell went while it sent the sources")
        return payload

    @staticmethod
    def _files(payload):
        """Files by their paths: their text, or their code, which a shell sends that has it for our bytecode."""
        if payload[:1] == b"\0":
            return dict(_codes(payload))
        parts = payload.decode("utf-8").split("\0")
        return dict(zip(parts[::2], parts[1::2]))

    def serve(self, connection, describe):
        """Loads the rest, and is the agent until it goes."""
        try:
            self._agent = self.importer.load("_sonde_agent.agent").Agent(self.settings, self.importer, self)
            self._agent.begin(connection)
        except Exception as error:
            text = describe(error).encode("ascii", "backslashreplace").decode("ascii")
            text = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
            try:
                connection.sendall(frames.frame(('{"type":"start_failed","error":"%s"}' % text).encode("ascii")))
            except OSError:
                pass  # nobody is there to be told
            connection.close()
            return
        self._serves.set()
        self._agent.run()

    def at_exit(self):
        """The process ends by itself: the sockets' files must not outlive it."""
        if os.getpid() == self.pid:
            for listener in self.listeners:
                listener.unlink()

    def withdraw(self):
        """Gives the place up: no socket, no name in `sys.modules`. What was done is not done again."""
        for listener in self.listeners:
            listener.unlink()
            listener.close()
        self.listeners.clear()
        atexit.unregister(self.at_exit)
        if sys.modules.get(_NAME) is self._package:
            del sys.modules[_NAME]
        self._listens.set()
        self._serves.set()

    def abandon(self):
        """In a forked child: nothing of the agent is here. Takes no lock."""
        self.hurry.calm()
        if self._agent is not None:
            self._agent.abandon()
        elif self._connection is not None:
            self._connection.close()
        for listener in self.listeners:
            listener.close()
        self.listeners.clear()
        sys.modules.pop(_NAME, None)


def _codes(payload):
    """The files in a payload with code: each a path, NUL, four bytes of length, and the code."""
    place = 1
    while place < len(payload):
        end = payload.index(b"\0", place)
        start = end + 5
        length = int.from_bytes(payload[end + 1 : start], "big")
        yield payload[place:end].decode(), payload[start : start + length]
        place = start + length


class _Event:
    """Something that happens once, and may be waited for."""

    def __init__(self):
        self._lock = allocate_lock()
        self._lock.acquire()
        self._has_happened = False

    def set(self):
        """It has happened."""
        if not self._has_happened:
            self._has_happened = True
            self._lock.release()

    def wait(self, seconds):
        """Waits for it; whether it has happened."""
        if not self._has_happened and self._lock.acquire(True, seconds):
            self._lock.release()
        return self._has_happened

