"""The loggers of a target that has loaded `logging`: read as plain data, their levels set as `logging` does."""

import sys

from . import reading
from .errors import AgentError
from .originals import make_recursive_lock
from .suggestions import suggestion

_PATIENCE = 0.1
_PARENTS = 200
_RLock = type(make_recursive_lock())
_STREAMS = ("stdout", "stderr", "__stdout__", "__stderr__")


class Loggers:
    """What `logging` has now."""

    def __init__(self):
        module = sys.modules.get("logging")
        self._space = reading.namespace(module) if module is not None else {}
        self._root = self._space.get("root")

    @property
    def is_loaded(self):
        """Whether there is any logger."""
        return self._root is not None

    def all(self):
        """(name, logger) of each, the root first."""
        if self._root is None:
            return []
        found = []
        base = self._space.get("Logger")
        table = reading.attribute(reading.attribute(base, "manager"), "loggerDict")
        for name, logger in reading.snapshot(table) if type(table) is dict else ():
            # A name with no logger has a place holder.
            if type(name) is str and any(kind is base for kind in reading.class_mro(type(logger))):
                found.append((name, logger))
        return [("root", self._root)] + sorted(found, key=lambda item: item[0])

    def named(self, name):
        """The logger of that name; raises `AgentError` when there is none."""
        loggers = dict(reversed(self.all()))
        logger = loggers.get("root" if name == "" else name)
        if logger is not None:
            return logger
        near = suggestion(name, sorted(loggers))
        hint = "did you mean '{}'?".format(near) if near is not None else "logger lists them"
        raise AgentError("TargetNotFound", "there is no logger '{}'".format(name), hint)

    def level(self, text):
        """The level that a name or a number stands for; raises `AgentError`."""
        if type(text) is not str:
            raise AgentError("BadRequest", "'level' is a level's name or number")
        if text.isdigit():
            return int(text)
        names = self._space.get("_nameToLevel")
        pairs = reading.snapshot(names) if type(names) is dict else []
        levels = {name: level for name, level in pairs if type(name) is str and type(level) is int}
        for name in (text, text.upper()):
            if name in levels:
                return levels[name]
        known = ", ".join(sorted(levels, key=levels.get)).lower()
        raise AgentError("BadRequest", "there is no level '{}'".format(text), "choose from " + known)

    def level_name(self, level):
        """A level's name, or its number as text."""
        names = self._space.get("_levelToName")
        name = names.get(level) if type(names) is dict and type(level) is int else None
        return name if type(name) is str else str(level) if type(level) is int else None

    def row(self, name, logger):
        """A logger's line."""
        handlers = reading.attribute(logger, "handlers")
        level = own_level(logger)
        return {
            "logger": name,
            "level": self.level_name(level),
            "effective": self.level_name(_effective(logger)),
            "handlers": [self._handler(handler) for handler in handlers[:50]] if type(handlers) is list else [],
            "propagate": _truth(reading.attribute(logger, "propagate")),
            "disabled": _truth(reading.attribute(logger, "disabled")),
        }

    def _handler(self, handler):
        """A handler's class, level and place: `StreamHandler(stderr)`."""
        text = reading.qualified_name(type(handler))
        file = reading.attribute(handler, "baseFilename")
        stream = reading.attribute(handler, "stream")
        system = reading.namespace(sys)
        if type(file) is str:
            text += "({})".format(file)
        elif stream is not reading.MISSING:
            known = [name.strip("_") for name in _STREAMS if system.get(name) is stream]
            text += "({})".format(known[0]) if known else ""
        level = reading.attribute(handler, "level")
        return "{}@{}".format(text, self.level_name(level)) if type(level) is int and level else text

    def set_level(self, logger, level):
        """Sets a logger's level, and has all loggers forget what they would have let through.

        With the module's own lock, as `Logger.setLevel` does, unless that cannot be had soon: then a thread that was
        just asking may keep its old answer.
        """
        space = reading.namespace(logger)
        if type(space) is not dict:
            raise AgentError("NotPermitted", "the logger keeps its level where it cannot be set")
        lock = self._space.get("_lock")
        has_lock = type(lock) is _RLock and lock.acquire(True, _PATIENCE)
        try:
            space["level"] = level
            self._forget_answers()
        finally:
            if has_lock:
                lock.release()

    def set_level_alone(self, logger, level):
        """The same where there is no other thread, in a forked child."""
        space = reading.namespace(logger)
        if type(space) is dict:
            space["level"] = level
            self._forget_answers()

    def _forget_answers(self):
        for _, logger in self.all():
            answers = reading.attribute(logger, "_cache")
            if type(answers) is dict:
                answers.clear()


def own_level(logger):
    """The logger's own level, a number, or None."""
    level = reading.attribute(logger, "level")
    return level if type(level) is int else None


def _effective(logger):
    for _ in range(_PARENTS):
        level = own_level(logger)
        if level:
            return level
        above = reading.attribute(logger, "parent")
        if above is None or above is reading.MISSING:
            return level
        logger = above
    return None


def _truth(value):
    return bool(value) if type(value) in (bool, int) else None
