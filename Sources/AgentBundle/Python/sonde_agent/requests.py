"""A request on its way, and the threads that slow ones run on."""

import sys
from time import monotonic

from .errors import AgentError
from .originals import start_new_thread

DEADLINE = 30.0
_WORKERS = 16


class Reply:
    """An answer with which a stream begins.

    `begin` is called before the answer is given, so that whoever has the answer misses nothing; what is streamed
    waits for the answer. `undo` is called when the answer came too late.
    """

    __slots__ = ("data", "begin", "undo")

    def __init__(self, data, begin, undo):
        self.data = data
        self.begin = begin
        self.undo = undo


class Interrupted(BaseException):
    """Sent to the thread of a request that nobody waits for any more."""


class Request:
    """One request of a session, from its arrival to its one answer."""

    def __init__(self, agent, session, message):
        self.agent = agent
        self.session = session
        self.id = message["id"]
        self.command = message["command"]
        params = message.get("params")
        self.params = params if params is not None else {}
        timeout = message.get("timeout_ms")
        if type(timeout) not in (int, float) and type(self.params) is dict:
            timeout = self.params.get("timeout_ms")
        seconds = timeout / 1000.0 if type(timeout) in (int, float) and timeout > 0 else DEADLINE
        self.timeout = min(seconds, 86400.0)
        self.deadline = monotonic() + self.timeout
        self.answered = False
        self.cancelled = False
        self.worker = None
        self.interrupt = None

    Interrupted = Interrupted

    def make_interruptible(self):
        """From now on the deadline and a cancellation raise `Interrupted` in the request's thread.

        Code that waits in the kernel sees it when it comes back.
        """
        self.interrupt = self._send_interrupt
        self.check()

    def _send_interrupt(self):
        ident = self.worker
        if ident is None:
            return
        try:
            # Loaded only here: hardly any target needs it, and nothing else can do this.
            import ctypes

            send = ctypes.pythonapi.PyThreadState_SetAsyncExc
            send(ctypes.c_ulong(ident), ctypes.py_object(Interrupted))
        except (ImportError, AttributeError, OSError):
            pass

    def check(self):
        """Ends a long piece of work whose answer nobody waits for any more; raises `AgentError`."""
        if self.cancelled or self.session.closed:
            raise AgentError("Cancelled", "the request was cancelled")
        if monotonic() >= self.deadline:
            raise self.timed_out()

    def timed_out(self):
        """The error of a request whose deadline has passed."""
        return AgentError("Timeout", "'{}' took longer than {:g} s".format(self.command, self.timeout))

    def answer(self, message):
        """Sends the one answer; whether this was it. The first thread to come gets it."""
        if not self.agent.take_answer(self):
            return False
        self.session.push_reply(message)
        return True

    def succeed(self, data):
        """Answers with success."""
        return self.answer({"id": self.id, "status": "success", "data": data})

    def succeed_streaming(self, reply):
        """Begins a stream, and answers with success before anything of it."""
        self.session.hold(self)
        try:
            reply.begin()
            sent = self.succeed(reply.data)
        finally:
            self.session.release(self)
        if not sent:
            reply.undo()

    def fail(self, error):
        """Answers with an error."""
        return self.answer(error.reply(self.id))


class Workers:
    """Runs slow requests, each on a thread of its own, so that none delays another."""

    def __init__(self, agent):
        self._agent = agent
        self.running = set()

    def start(self, request, work):
        """Runs `work(request)` on a thread; raises `AgentError` when too many are running."""
        if len(self.running) >= _WORKERS:
            raise AgentError("Busy", "{} requests are already running in this target".format(_WORKERS))
        self.running.add(request)
        token = self._agent.guard.begin()
        try:
            start_new_thread(self._run, (request, work, token))
        except BaseException:
            self.running.discard(request)
            self._agent.guard.cancel(token)
            raise

    def run_aside(self, work):
        """Runs `work()`, which may be the program's code, on a thread of its own; nothing is said of how it ends."""
        token = self._agent.guard.begin()
        try:
            start_new_thread(self._run_aside, (work, token))
        except BaseException:
            self._agent.guard.cancel(token)

    def _run_aside(self, work, token):
        ident = self._agent.enter_thread()
        try:
            work()
        except BaseException:
            pass
        finally:
            self._agent.leave_thread(ident)
            _forget_thread(ident)
            self._agent.guard.end(token)

    def _run(self, request, work, token):
        ident = self._agent.enter_thread()
        request.worker = ident
        try:
            try:
                work(request)
            finally:
                self._ended(request, ident)
        except BaseException:
            # `work` answers for itself; what is left was sent to the thread to end it, perhaps even just now.
            self._ended(request, ident)
        finally:
            self._agent.guard.end(token)

    def _ended(self, request, ident):
        request.interrupt = request.worker = None
        self.running.discard(request)
        self._agent.leave_thread(ident)
        _forget_thread(ident)


def _forget_thread(ident):
    """Takes back the stand-in that `threading` makes for a thread it did not start; code of `exec` may ask for it."""
    threading = sys.modules.get("threading")
    if type(threading) is type(sys):
        active = vars(threading).get("_active")
        if type(active) is dict and type(active.get(ident)) is vars(threading).get("_DummyThread", ident):
            active.pop(ident, None)
