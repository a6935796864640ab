"""The two errors of this package: a tree that is not allowed, and an evaluation that failed."""


class TreeError(Exception):
    """A tree that is not on the agent's allowlist, found before anything of it runs.

    `kind` is always "BadTree"; `start` and `end` are code-point offsets in the
    source, or None where the node that is wrong names none.
    """

    kind = "BadTree"

    def __init__(self, message, start=None, end=None):
        Exception.__init__(self, message)
        self.message = message
        self.start = start
        self.end = end


class ExpressionError(Exception):
    """An evaluation that ended without a value.

    `kind` is Python's name of the exception, "Limit" (then `limit` names the
    field of `Limits`), "Cut" (capture left the data out) or "Rejected" (legal
    Python that a guard may not do, such as running a property of the target).
    `start` and `end` are code-point offsets in the source.
    """

    def __init__(self, kind, message, start=None, end=None, limit=None):
        Exception.__init__(self, message)
        self.kind = kind
        self.message = message
        self.start = start
        self.end = end
        self.limit = limit


def rejected(message):
    """The error for what Python would do and a guard may not."""
    return ExpressionError("Rejected", message)
