"""Frames: four bytes, big-endian, the length of what follows; then that many bytes of JSON."""

LIMIT = 16 * 1024 * 1024


class FrameTooLarge(Exception):
    """A frame announces more bytes than the limit allows."""

    def __init__(self, announced, limit):
        super().__init__("a frame of {} bytes; the limit is {}".format(announced, limit))


def frame(payload):
    """The frame that carries the payload."""
    return len(payload).to_bytes(4, "big") + payload


class Decoder:
    """Takes frames out of bytes as they come; it knows no socket."""

    def __init__(self, limit=LIMIT):
        self.limit = limit
        self._buffer = bytearray()

    def feed(self, data):
        """Adds received bytes."""
        self._buffer += data

    def next(self):
        """The next payload, empty for a frame of length 0 (the other side closes), or None when there is none yet.

        Raises `FrameTooLarge`.
        """
        buffer = self._buffer
        if len(buffer) < 4:
            return None
        length = int.from_bytes(buffer[:4], "big")
        if length > self.limit:
            raise FrameTooLarge(length, self.limit)
        if len(buffer) < 4 + length:
            return None
        payload = bytes(buffer[4 : 4 + length])
        del buffer[: 4 + length]
        return payload
