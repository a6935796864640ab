"""The one error that the agent answers a request with."""


class AgentError(Exception):
    """A request that cannot be met, in the words that the shell shows.

    `kind` is one of TargetNotFound, BadPattern, UnknownName, BadTree, NotPermitted, Timeout, Cancelled, BadRequest,
    Internal, or the kind of an expression's error. `start` and `end` are code points in the source of the expression.
    """

    def __init__(self, kind, message, hint=None, start=None, end=None):
        super().__init__(kind, message)
        self.kind = kind
        self.message = message
        self.hint = hint
        self.start = start
        self.end = end

    def reply(self, request_id):
        """The error reply to the request."""
        reply = {"id": request_id, "status": "error", "kind": self.kind, "error": self.message}
        if self.hint is not None:
            reply["hint"] = self.hint
        if self.start is not None and self.end is not None:
            reply["start"] = self.start
            reply["end"] = self.end
        return reply
