"""`logger`: the loggers, and their levels."""

from ..errors import AgentError
from ..loggers import Loggers, own_level
from ..patterns import has_glob, matches

_LONGEST = 7 * 86400.0


def run(request):
    """A row for each logger that `name`, which may be a pattern, fits; with `level`, that of one logger is set first.

    With `seconds` the level goes back after that time, and when the session goes; without, it stays.
    """
    params = request.params
    name = params.get("name")
    if name is not None and type(name) is not str:
        raise AgentError("BadRequest", "'name' is a logger's name")
    loggers = Loggers()
    if params.get("level") is not None:
        return _set(request, loggers, name, params["level"], params.get("seconds"))
    if name is None or has_glob(name):
        found = [(other, logger) for other, logger in loggers.all() if name is None or matches(name, other)]
    else:
        found = [(name or "root", loggers.named(name))]
    rows = []
    for other, logger in found:
        request.check()
        rows.append(loggers.row(other, logger))
    return {"rows": rows, "loaded": loggers.is_loaded}


def _set(request, loggers, name, level, seconds):
    from ..level_change import LevelChange, set_for_good

    if name is None or has_glob(name):
        raise AgentError("BadRequest", "a level is set for one logger", "name it; root is the one above all")
    if seconds is not None and (type(seconds) not in (int, float) or not 0 < seconds <= _LONGEST):
        raise AgentError("BadRequest", "'seconds' is a time up to a week")
    logger = loggers.named(name)
    number = loggers.level(level)
    before = loggers.level_name(own_level(logger))
    watch_id = None
    if seconds is None:
        set_for_good(logger, number)
    else:
        change = LevelChange(request, name, logger, number, seconds)
        watch_id = change.watch_id
        try:
            if not request.agent.add_probe(change) or not change.install():
                raise AgentError("Cancelled", "the session has ended")
        except BaseException:
            request.agent.stop_probe(change, "cancelled")
            raise
        request.agent.wake_now()  # it has one more end to wait for
    return {"rows": [loggers.row(name or "root", logger)], "before": before, "watch_id": watch_id, "loaded": True}
