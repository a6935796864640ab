"""One connection: what comes in as requests, what goes out in order, and how much of it may wait."""

from _collections import deque

from . import frames
from .jsontext import decode, encode

# What may wait for a slow reader. Beyond it observations are dropped and counted; replies and events never are.
BACKLOG_COUNT = 20000
BACKLOG_BYTES = 16 * 1024 * 1024

# Bytes that are encoded ahead of the socket.
_AHEAD = 256 * 1024
_BATCH = 64

# Batches that one session may send before the others have their turn.
_TURNS = 32


class Session:
    """One shell's connection. All but the `push` methods belong to the agent's thread."""

    def __init__(self, agent, number, connection):
        self.agent = agent
        self.number = number
        self.connection = connection
        self.fileno = connection.fileno()
        self.closed = False
        self.closing = False
        self.requests = {}
        self.namespace = None  # what `exec` has assigned
        self.marks = {}  # what `memory` compares with, by name
        self.at_end = []  # called with the session when it has ended; they neither raise nor wait
        self.records = None  # what `tt` has recorded
        self.wants_write = False
        self._decoder = frames.Decoder()
        self._urgent = deque()
        self._stream = deque()
        self._held = set()
        self._produced = 0
        self._consumed = 0
        self._out = bytearray()

    # Called from any thread, the target's among them: no lock, no wait.

    @property
    def is_full(self):
        """Whether an observation more would be too many."""
        return len(self._stream) >= BACKLOG_COUNT or self._produced - self._consumed >= BACKLOG_BYTES

    def push_reply(self, message):
        """Sends a reply, or an event that must come before what is streamed."""
        if not self.closed:
            self._urgent.append(message)
            self.agent.wake_now()

    def push_event(self, message):
        """Sends an event in the order of the observations."""
        if not self.closed:
            self._stream.append((None, message, 0))
            self.agent.wake()

    def push_observation(self, probe, message, size):
        """Sends an observation. The bytes waiting are a rough count: threads may add to it at once."""
        if self.closed:
            probe.drop()
            return
        self._produced += size
        self._stream.append((probe, message, size))
        self.agent.wake()

    def push_stop(self, probe, reason):
        """Sends the probe's last event, with the counts as they are when its turn comes."""
        if not self.closed:
            self._stream.append((probe, reason, -1))
            self.agent.wake_now()

    def hold(self, request):
        """Keeps what is streamed back until the request's answer has been given."""
        self._held.add(request)

    def release(self, request):
        """The answer has been given."""
        self._held.discard(request)
        self.agent.wake_now()

    # The agent's thread.

    def receive(self):
        """Reads what is there; gives the payloads, and says whether the other side is still there.

        Raises `frames.FrameTooLarge`.
        """
        alive = True
        for _ in range(16):
            try:
                data = self.connection.recv(65536)
            except (BlockingIOError, InterruptedError):
                break
            except OSError:
                alive = False
                break
            if not data:
                alive = False
                break
            self._decoder.feed(data)
        payloads = []
        while True:
            payload = self._decoder.next()
            if payload is None:
                break
            if not payload:
                alive = False
                break
            payloads.append(payload)
        return payloads, alive

    @property
    def has_output(self):
        """Whether anything waits to be sent."""
        return bool(self._out or self._urgent or (self._stream and not self._held))

    def send(self):
        """Sends as much as the socket takes now; gives whether observations were among it."""
        streamed = False
        for _ in range(_TURNS):
            if len(self._out) < _AHEAD and (self._urgent or self._stream and not self._held):
                streamed = self._encode_some() or streamed
            if not self._out:
                break
            try:
                sent = self.connection.send(self._out)
            except (BlockingIOError, InterruptedError):
                self.wants_write = True
                return streamed
            except OSError:
                self.closing = True
                return streamed
            del self._out[:sent]
        else:
            return streamed
        self.wants_write = False
        return streamed

    def shed(self):
        """Drops the observations that wait, and keeps what else is in their row: the session ends soon."""
        kept = []
        while True:
            try:
                item = self._stream.popleft()
            except IndexError:
                break
            if item[0] is not None and item[2] >= 0:
                item[0].drop()
            else:
                kept.append(item)
        self._stream.extend(kept)
        self._produced = self._consumed = 0

    def _encode_some(self):
        while self._urgent:
            self._append(self._urgent.popleft())
        streamed = False
        for _ in range(0 if self._held else _BATCH):
            try:
                probe, message, size = self._stream.popleft()
            except IndexError:
                self._produced = self._consumed = 0
                break
            if size < 0:
                self._append(probe.stop_event(message))
                continue
            if probe is None:
                self._append(message)
                continue
            self._consumed += size
            self.agent.complete(message)
            if self._append(message):
                probe.emitted += 1
                streamed = True
            else:
                probe.drop()
        return streamed

    def _append(self, message):
        try:
            payload = encode(message)
        except (TypeError, ValueError, RecursionError, MemoryError) as error:
            if "id" not in message:
                return False
            text = "the answer has no JSON form: {}".format(error)
            payload = encode({"id": message["id"], "status": "error", "kind": "Internal", "error": text})
        if len(payload) > frames.LIMIT:
            if "id" not in message:
                return False
            text = "the answer has {} bytes; the limit is {}".format(len(payload), frames.LIMIT)
            payload = encode({"id": message["id"], "status": "error", "kind": "TooLarge", "error": text})
        self._out += frames.frame(payload)
        return True

    def parse(self, payload):
        """The request in a payload; `ValueError` when it is none."""
        message = decode(payload)
        if type(message) is not dict or type(message.get("command")) is not str:
            raise ValueError("a request is an object with id and command")
        if type(message.get("id")) is not int:
            raise ValueError("a request has an integer as its id")
        return message

    def close(self):
        """Closes the socket; what waits is lost."""
        self.closed = True
        self.connection.close()
        self._urgent.clear()
        self._stream.clear()
