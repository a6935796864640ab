"""A small client of the agent, for the tests: one connection, requests, and what streams in between."""

import json
import socket
import time

from .bundle import sources_payload


class AgentFailure(Exception):
    """An error reply."""

    def __init__(self, reply):
        super().__init__("{}: {}".format(reply["kind"], reply["error"]))
        self.reply = reply
        self.kind = reply["kind"]


class Client:
    """One session. An agent that has just come is given its files, or what is in their place, or nothing."""

    def __init__(self, path, timeout=10.0, sources=b""):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(timeout)
        try:
            self.socket.connect(path)
        except OSError:
            self.socket.close()
            raise
        self.timeout = timeout
        self.buffer = b""
        self.messages = []
        self.next_id = 1
        self.hello = self.receive()
        self.gave_sources = self.hello["type"] == "sources_wanted"
        if self.gave_sources and sources is not None:
            self.send_raw(sources or sources_payload())
            self.hello = self.receive()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.socket.close()

    def receive(self):
        """The next message from the wire; EOFError when the agent has closed."""
        while True:
            if len(self.buffer) >= 4:
                length = int.from_bytes(self.buffer[:4], "big")
                if len(self.buffer) >= 4 + length:
                    payload = self.buffer[4 : 4 + length]
                    self.buffer = self.buffer[4 + length :]
                    return json.loads(payload.decode("utf-8"))
            data = self.socket.recv(1 << 20)
            if not data:
                raise EOFError("the agent closed the connection")
            self.buffer += data

    def send(self, command, params=None, **more):
        """Sends a request; gives its id."""
        request = dict({"id": self.next_id, "command": command}, **more)
        if params is not None:
            request["params"] = params
        self.next_id += 1
        self.send_raw(json.dumps(request).encode("utf-8"))
        return request["id"]

    def send_raw(self, payload):
        self.socket.sendall(len(payload).to_bytes(4, "big") + payload)

    def reply(self, request_id):
        """The whole reply to the request; what comes in between is kept for `next`."""
        for index, message in enumerate(self.messages):
            if message.get("id") == request_id and "status" in message:
                return self.messages.pop(index)
        while True:
            message = self.receive()
            if message.get("id") == request_id and "status" in message:
                return message
            self.messages.append(message)

    def request(self, command, params=None, **more):
        """The data of the reply; `AgentFailure` when it is an error."""
        reply = self.reply(self.send(command, params, **more))
        if reply["status"] != "success":
            raise AgentFailure(reply)
        return reply["data"]

    def next(self, wanted=None):
        """The next streamed message (of the type or event named)."""
        for index, message in enumerate(self.messages):
            if wanted in (None, message.get("type"), message.get("event")):
                return self.messages.pop(index)
        while True:
            message = self.receive()
            if wanted in (None, message.get("type"), message.get("event")):
                return message
            self.messages.append(message)

    def stream(self, watch_id=None):
        """(observations, stop event) of a probe until it stops."""
        observations = []
        while True:
            message = self.next()
            if watch_id is not None and message.get("watch_id") != watch_id:
                continue
            if message["type"] == "observation":
                observations.append(message)
            elif message.get("event") == "watch_stopped":
                return observations, message

    def wait_for(self, condition, what="the condition", timeout=5.0):
        return wait_for(condition, what, timeout)


def wait_for(condition, what="the condition", timeout=5.0):
    """Waits until the condition gives something true, and gives that."""
    ends = time.monotonic() + timeout
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > ends:
            raise AssertionError("waited {} s for {}".format(timeout, what))
        time.sleep(0.005)
