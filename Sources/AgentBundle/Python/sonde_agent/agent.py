"""The agent: its socket, its sessions, its probes, and its one thread that waits for them."""

import os
import sys
from _collections import deque
from time import monotonic, time

from . import dispatch, source_lines
from .arrival import PROTOCOL
from .frames import FrameTooLarge
from .loop import Loop
from .originals import allocate_lock, get_ident, pause
from .probes.hooks import Hooks
from .requests import Workers
from .session import Session

_SESSIONS = 64
_FAREWELL = 1.0
_SETTLE = 0.2
_REST = 0.1
_LINGER = 0.02
_LONGEST_HURRY = 0.25


class Agent:
    """Everything that the agent has in the target. Made, begun and run on the agent's own thread."""

    def __init__(self, settings, importer, arrival):
        self.settings = settings
        self.load = importer.load
        self.started = time()
        self.pid = os.getpid()
        self.hooks = Hooks()
        self.workers = Workers(self)
        self.sessions = {}
        self.probes = {}
        self.threads = set()
        self.lock = allocate_lock()
        self.detaching = False
        self.dead = False
        self.commands = dispatch.Commands(self.load)
        self.guard = arrival.guard
        self._importer = importer
        self._arrival = arrival
        self._listeners = {}
        self._watch_count = 0
        self._session_count = 0
        self._loop = None
        self._asked = monotonic()
        self._soon = deque()
        self._answers = allocate_lock()
        self._lines = source_lines.SourceLines()
        self._requests = set()

    # Starting.

    def begin(self, connection):
        """Serves where its arrival listens; the connection becomes the first session."""
        self._loop = Loop()
        try:
            for listener in self._arrival.listeners:
                self._listen(listener)
            self._open(connection)
            self._send()
        except BaseException:
            self._loop.close()
            raise

    def _listen(self, listener):
        listener.serve()
        self._listeners[listener.fileno] = listener
        self._loop.add(listener.fileno)

    def take_over(self, path):
        """Called on the thread of a second arrival: listens at its path too, so that one agent serves all.

        Gives whether it does; raises what keeps it from it.
        """
        if self.detaching or self.dead or self.pid != os.getpid():
            return False
        outcome = deque()
        done = allocate_lock()
        done.acquire()
        self._soon.append((self._listen_also, (path, outcome, done)))
        self.wake_now()
        if not done.acquire(True, 5.0) or not outcome:
            return False
        if outcome[0] is not None:
            raise outcome[0]
        return True

    def _listen_also(self, path, outcome, done):
        try:
            self._listen(self._arrival.listen(path))
            outcome.append(None)
        except Exception as error:
            outcome.append(error)
        finally:
            done.release()

    # Called from any thread.

    def wake(self):
        """Wakes the agent's thread; cheap when it is awake."""
        self._loop.wake()

    def wake_now(self):
        """Wakes the agent's thread, also from the pause that it makes while observations stream."""
        self._loop.wake_now()

    def enter_thread(self):
        """Makes the calling thread one of the agent's: the program's signals are not for it."""
        ident = get_ident()
        self.threads.add(ident)
        return ident

    def leave_thread(self, ident):
        """The thread ends."""
        self.threads.discard(ident)

    def next_watch_id(self, command):
        """A new probe's name."""
        with self.lock:
            self._watch_count += 1
            return "{}_{:03d}".format(command, self._watch_count)

    def take_answer(self, request):
        """Whether the caller may answer the request: only the first one may."""
        with self._answers:
            if request.answered:
                return False
            request.answered = True
        self._requests.discard(request)
        request.session.requests.pop(request.id, None)
        return True

    def add_probe(self, probe):
        """Registers a probe before it is installed; whether its session is still there to have it."""
        self._importer.keeps_modules |= probe.runs_in_calls
        with self.lock:
            self.probes[probe.watch_id] = probe
            return not probe.session.closed and not self.detaching

    def stop_probe_soon(self, probe, reason):
        """Has the agent's thread stop the probe; the caller is in the middle of an observed call."""
        self._soon.append((self.stop_probe, (probe, reason)))
        self.wake_now()

    def stop_probe(self, probe, reason):
        """Removes the probe and tells its session; whether it was still there."""
        with self.lock:
            if probe.stopped:
                return False
            probe.stopped = True
            self.probes.pop(probe.watch_id, None)
        probe.uninstall()
        if not self.probes and probe.runs_in_calls:
            from .probes.wrapper import forget_templates

            forget_templates()
        probe.finish()
        probe.session.push_stop(probe, reason)
        return True

    def complete(self, observation):
        """Adds what an observation needs not the target's thread for: the text of a stack's lines."""
        stack = observation.get("stack")
        if stack is not None:
            observation["stack"] = [self._lines.frame(*entry) for entry in stack]

    def frame(self, file, line, func):
        """A frame as it is sent, with the text of its line."""
        return self._lines.frame(file, line, func)

    def module_dicts(self):
        """The ids of the dicts of the agent's own modules."""
        return self._importer.module_dicts()

    # The agent's thread.

    def run(self):
        """Serves until detached; never raises."""
        ident = self.enter_thread()
        try:
            while not self.detaching and not self.dead:
                try:
                    self._turn()
                except Exception:
                    # The third layer: whatever was not caught where it belongs must not end the agent, nor, should it
                    # come again with each turn, take the program's processor.
                    if self.dead:
                        return
                    pause(_REST)
        finally:
            if not self.dead:
                self._go()
            self.leave_thread(ident)

    def _turn(self):
        hurry = self._arrival.hurry
        deadline = self._next_deadline()
        if hurry.is_on:
            deadline = _LINGER if deadline is None else min(deadline, _LINGER)
        events = self._loop.wait(deadline)
        if events:
            hurry.hasten()
            self._asked = monotonic()
            self._take(events)
        elif hurry.is_on and monotonic() - self._asked >= (_LONGEST_HURRY if self._requests else _LINGER):
            # Who had just asked might have asked again; and whoever answers must come by the interpreter's lock.
            hurry.calm()
        self._give()

    def _take(self, events):
        for fileno, readable in events:
            if fileno in self._listeners:
                self._accept(fileno)
            elif fileno in self.sessions and readable:
                self._receive(self.sessions[fileno])
        self._send()

    def _give(self):
        while self._soon:
            action, arguments = self._soon.popleft()
            action(*arguments)
        self._expire()
        self._send()

    def _send(self):
        for session in list(self.sessions.values()):
            if session.has_output:
                if session.send():
                    self._loop.streamed()
                self._loop.want_write(session.fileno, session.wants_write)
            if session.closing and not session.wants_write:
                self.end_session(session)

    def has_output(self):
        """Whether a session has something to send and a socket that may take it."""
        return any(session.has_output and not session.wants_write for session in list(self.sessions.values()))

    def _next_deadline(self):
        if self._soon or self.has_output():
            return 0.0
        deadlines = [request.deadline for request in list(self._requests)]
        if not self.hooks.is_settled:
            deadlines.append(monotonic() + _SETTLE)
        for probe in list(self.probes.values()):
            deadlines += [moment for moment in (probe.ends, probe.due) if moment is not None]
        return max(min(deadlines) - monotonic(), 0.0) if deadlines else None

    def _expire(self):
        self.hooks.settle()
        now = monotonic()
        for request in list(self._requests):
            if now >= request.deadline:
                request.fail(request.timed_out())
                if request.interrupt is not None:
                    request.interrupt()
        for probe in list(self.probes.values()):
            if probe.ends is not None and now >= probe.ends:
                self.stop_probe(probe, "duration")
            elif probe.due is not None and now >= probe.due:
                probe.tick(now)

    def _accept(self, fileno):
        for connection in self._listeners[fileno].accepted():
            if len(self.sessions) >= _SESSIONS:
                connection.close()
            else:
                self._open(connection)

    def _open(self, connection):
        connection.setblocking(False)
        self._session_count += 1
        session = Session(self, self._session_count, connection)
        self.sessions[session.fileno] = session
        self._loop.add(session.fileno)
        session.push_reply(self.hello())

    def hello(self):
        """The first message of a session."""
        is_locked = getattr(sys, "_is_gil_enabled", lambda: True)
        return {
            "type": "hello",
            "protocol": PROTOCOL,
            "agent": self.settings["version"],
            "pid": self.pid,
            "python": "{}.{}.{}".format(*sys.version_info[:3]),
            "implementation": sys.implementation.name,
            "free_threaded": not is_locked(),
            "started": self.started,
        }

    def _receive(self, session):
        try:
            payloads, alive = session.receive()
        except FrameTooLarge as error:
            session.push_reply({"id": None, "status": "error", "kind": "BadRequest", "error": str(error)})
            session.send()
            self.end_session(session)
            return
        for payload in payloads:
            try:
                message = session.parse(payload)
            except (ValueError, UnicodeDecodeError) as error:
                text = "not a request: {}".format(error)
                session.push_reply({"id": None, "status": "error", "kind": "BadRequest", "error": text})
                continue
            request = self.commands.begin(self, session, message)
            if request is not None and not request.answered:
                self._requests.add(request)
                if request.answered:
                    self._requests.discard(request)
        if not alive:
            self.end_session(session)

    def end_session(self, session):
        """The session is gone: so are its probes and requests."""
        if self.sessions.pop(session.fileno, None) is None:
            return
        self._loop.remove(session.fileno)
        with self.lock:
            session.closed = True
            probes = [probe for probe in self.probes.values() if probe.session is session]
        for probe in probes:
            self.stop_probe(probe, "session_closed")
        for request in list(session.requests.values()):
            request.cancelled = True
            if request.interrupt is not None:
                request.interrupt()
            self.take_answer(request)
        session.close()
        for action in session.at_end:
            action(session)
        if session.records is not None:
            # The objects' finalizers are the program's code: they are not for this thread.
            self.workers.run_aside(session.records.delete)

    # The end.

    def remove_probes(self, reason):
        """Removes every probe; gives how many there were."""
        return sum([self.stop_probe(probe, reason) for probe in list(self.probes.values())])

    def close_down(self):
        """Takes everything out of the target but the thread and the connections, which end with the last reply."""
        with self.lock:
            self.detaching = True
        self.remove_probes("reset")
        self.hooks.restore_all()
        ends = monotonic() + _SETTLE
        while not self.hooks.settle() and monotonic() < ends:
            self._loop.wait(0.01)
        for fileno in self._listeners:
            self._loop.remove(fileno)
        self._listeners.clear()
        self._arrival.withdraw()

    def _go(self):
        """Sends the last replies and events, for a second at most, and closes."""
        try:
            if not self.detaching:
                self.close_down()
            for session in self.sessions.values():
                session.shed()
            ends = monotonic() + _FAREWELL
            while monotonic() < ends:
                waiting = [session for session in self.sessions.values() if session.has_output]
                for session in waiting:
                    session.send()
                    self._loop.want_write(session.fileno, session.wants_write)
                if not any(session.has_output and not session.closing for session in waiting):
                    break
                self._loop.wait(max(0.0, ends - monotonic()))
            for session in list(self.sessions.values()):
                self.end_session(session)
        except Exception:
            pass
        finally:
            self.dead = True
            self._loop.close()

    def abandon(self):
        """In a forked child: drops the sockets and the probes; the thread is not there any more. Takes no lock."""
        self.dead = True
        self.hooks.restore_all()
        for probe in list(self.probes.values()):
            probe.abandon()
        for session in list(self.sessions.values()):
            session.closed = True
            session.connection.close()
            for action in session.at_end:
                action(session)
            if session.records is not None:
                self.guard.keep(session.records)
        self._loop.close()
        self.sessions.clear()
        self.probes.clear()
