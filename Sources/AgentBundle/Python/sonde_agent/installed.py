"""What a session has put into the program: it has an end, and goes with its session and with the agent."""

from time import monotonic


class Installed:
    """One such thing. The agent knows all of them by their `watch_id`, and ends them by these methods."""

    runs_in_calls = False  # whether the program may be in the middle of code of the agent when it is removed
    active = True  # whether it does what it is for; until then it is not told of
    points = ()  # the functions that it sits on
    emitted = dropped = 0

    def __init__(self, agent, session, request_id, command):
        self.agent = agent
        self.session = session
        self.request_id = request_id
        self.command = command
        self.watch_id = agent.next_watch_id(command)
        self.pattern = None
        self.stopped = False
        self.ends = None  # when it is to be removed; seconds of `monotonic`
        self.due = None  # when the agent's thread is to call `tick`; seconds of `monotonic`

    def tick(self, now):
        """Called by the agent's thread when `due` has come."""

    def uninstall(self):
        """Takes it out of the program."""

    def finish(self):
        """Called when it has been taken out, before its last event."""

    def abandon(self):
        """In a forked child, which has no agent any more. Takes no lock."""

    @property
    def faults(self):
        """How many of its guard's evaluations failed."""
        return 0

    def row(self):
        """Its line in `status`."""
        return {
            "watch_id": self.watch_id,
            "command": self.command,
            "pattern": self.pattern,
            "functions": len(self.points),
            "ends_in": round(max(self.ends - monotonic(), 0.0), 3) if self.ends is not None else None,
            "emitted": self.emitted,
            "dropped": self.dropped,
            "guard_errors": self.faults,
            "session": self.session.number,
        }
