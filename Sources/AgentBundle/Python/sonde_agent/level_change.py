"""A logger's level that goes back by itself: after a time, at a reset, and when its session or the agent goes."""

from time import monotonic

from .installed import Installed
from .loggers import Loggers, own_level
from .originals import allocate_lock

_lock = allocate_lock()
_changes = []  # those in force, oldest first


class LevelChange(Installed):
    """One change; it stands among the agent's probes, so that whatever ends a probe ends it too."""

    def __init__(self, request, name, logger, level, seconds):
        Installed.__init__(self, request.agent, request.session, request.id, "logger")
        self.pattern = "{} {}".format(name, Loggers().level_name(level))
        self.logger = logger
        self.level = level
        self.before = own_level(logger)
        self.ends = monotonic() + seconds

    def install(self):
        """Sets the level; whether the change is in force."""
        with _lock:
            if self.stopped:
                return False
            self.before = own_level(self.logger)
            Loggers().set_level(self.logger, self.level)
            _changes.append(self)
            return True

    def uninstall(self):
        """Puts the level back, unless the program or a later change has set another one."""
        with _lock:
            if self not in _changes:
                return
            later = [change for change in _changes[_changes.index(self) + 1 :] if change.logger is self.logger]
            _changes.remove(self)
            if later:
                later[0].before = self.before
            elif own_level(self.logger) == self.level:
                Loggers().set_level(self.logger, self.before)

    def abandon(self):
        """In a forked child, which has no agent any more. Takes no lock."""
        own = [change for change in _changes if change.logger is self.logger]
        if own and own_level(self.logger) == own[-1].level:
            Loggers().set_level_alone(self.logger, own[0].before)

    def stop_event(self, reason):
        """What its session is told at its end."""
        return {"type": "event", "event": "level_restored", "watch_id": self.watch_id, "reason": reason}


def set_for_good(logger, level):
    """Sets a level that stays; changes in force have nothing to put back any more."""
    with _lock:
        for change in _changes:
            if change.logger is logger:
                change.before = level
        Loggers().set_level(logger, level)
