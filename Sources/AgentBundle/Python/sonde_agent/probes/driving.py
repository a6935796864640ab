"""A coroutine or generator that is run step by step, so that something can be done around each step."""


class Driven:
    """Stands between the replacement and the observed coroutine or generator; passes everything through.

    `around` has `resume()` and `pause()`, which do not raise.
    """

    __slots__ = ("_around", "_inner")

    def __init__(self, around, inner):
        self._around = around
        self._inner = inner

    def __await__(self):
        return self

    __iter__ = __await__

    def __next__(self):
        self._around.resume()
        try:
            return self._inner.send(None)
        finally:
            self._around.pause()

    def send(self, value):
        """One step."""
        self._around.resume()
        try:
            return self._inner.send(value)
        finally:
            self._around.pause()

    def throw(self, *error):
        """One step that begins with an exception."""
        self._around.resume()
        try:
            return self._inner.throw(*error)
        finally:
            self._around.pause()

    def close(self):
        """The last step."""
        self._around.resume()
        try:
            return self._inner.close()
        finally:
            self._around.pause()


# By `id`: a code object's hash is that of its constants.
_OWN_CODES = frozenset(id(vars(Driven)[name].__code__) for name in ("__next__", "send", "throw", "close"))


def unwrap(error):
    """Takes the steps' entries out of an exception's traceback."""
    entry = error.__traceback__
    while entry is not None:
        following = entry.tb_next
        while following is not None and id(following.tb_frame.f_code) in _OWN_CODES:
            following = entry.tb_next = following.tb_next
        entry = following
