"""`tt_calls`: what a session has recorded; looks at it, calls again, drops it."""

from ..capture import capture
from ..errors import AgentError
from ..running import require_exec, run_code


def run(request):
    """Does what `action` says: list, look, replay or delete; `index` names a call."""
    action = request.params.get("action")
    if action not in _ACTIONS:
        raise AgentError("BadRequest", "'action' is one of {}".format(", ".join(_ACTIONS)))
    index = request.params.get("index")
    if type(index) is not int and (index is not None or action in ("look", "replay")):
        raise AgentError("BadRequest", "'index' is the number of a recorded call")
    return _ACTIONS[action](request, request.session.records, index)


def _list(request, records, index):
    """The calls as they were observed."""
    return {"rows": [call.observation for call in records.all()] if records is not None else []}


def _look(request, records, index):
    """One call, its arguments as they are now, as deep as `expand` says."""
    call = _find(records, index)
    depth = request.params.get("expand")
    depth = depth if type(depth) is int and 0 <= depth <= 16 else 3
    now = {}
    for name, value in zip(call.layout.names, call.values):
        now[name] = capture(value, depth)
    return {"rows": [dict(call.observation, now=now)]}


def _replay(request, records, index):
    """Calls the function again, with the same objects, on the request's own thread."""
    require_exec(request, "calling a function again runs the target's code")
    call = _find(records, index)
    if call.layout.kind != "function":
        message = "a {} cannot be called again: it runs only where something awaits or iterates it"
        raise AgentError("BadRequest", message.format(call.layout.kind))
    positional, keywords = call.arguments()
    return run_code(request, lambda: call.function(*positional, **keywords), 3)


def _delete(request, records, index):
    """Drops one call, or all of them."""
    if records is None and index is not None:
        _find(records, index)
    return {"deleted": records.delete(index) if records is not None else 0}


def _find(records, index):
    if records is None:
        raise AgentError("TargetNotFound", "no call is kept", "tt PATTERN records calls")
    return records.find(index)


_ACTIONS = {"list": _list, "look": _look, "replay": _replay, "delete": _delete}
