"""From the parameters of a `watch` or `stack` request to a probe."""

from time import monotonic

from ..errors import AgentError
from ..patterns import find_functions
from ..requests import Reply
from . import names
from .point import Point
from .probe import Limits, Probe
from .wrapper import Plan, Spelling

ON = ("enter", "return", "error")
_BYTES = 64 * 1024


def start(request):
    """Makes and installs the probe that the request asks for; its reply, after which it observes."""
    params = request.params
    limits = _limits(params)
    on = params.get("on")
    on = ("return", "error") if on is None else on
    if type(on) not in (list, tuple) or not on or any(item not in ON for item in on):
        raise AgentError("BadRequest", "'on' is a list of enter, return and error")
    found = find_functions(params.get("pattern"), request.check)
    agent = request.agent
    probe = Probe(agent, request.session, request.id, request.command, params["pattern"], limits)
    probe.points = _points(probe, found, params.get("condition"), on)
    try:
        if not agent.add_probe(probe):
            raise AgentError("Cancelled", "the session has ended")
        probe.install(request.check)
    except BaseException:
        agent.stop_probe(probe, "cancelled")
        raise
    data = {
        "watch_id": probe.watch_id,
        "pattern": probe.pattern,
        "matched": [point.found.row() for point in probe.points],
        "params": _union(point.found.params for point in probe.points),
        "skipped": len(found) - len(probe.points),
    }
    return Reply(data, lambda: _activate(agent, probe), lambda: agent.stop_probe(probe, "cancelled"))


def _activate(agent, probe):
    if probe.limits.seconds is not None:
        probe.ends = monotonic() + probe.limits.seconds
    probe.active = True
    if probe.stopped:
        probe.active = False
    agent.wake()


def _number(params, name, kinds, default, least=0):
    value = params.get(name)
    if value is None:
        return default
    if type(value) not in kinds or not least <= value <= 1e9:
        raise AgentError("BadRequest", "'{}' is no number that fits".format(name))
    return value


def _limits(params):
    return Limits(
        times=_number(params, "times", (int,), 0),
        seconds=_number(params, "seconds", (int, float), None) or None,
        rate=_number(params, "rate", (int,), None) or None,
        depth=min(_number(params, "expand", (int,), 1), 16),
        bytes=min(_number(params, "max_bytes", (int,), _BYTES, 256), 1024 * 1024),
    )


def _union(lists):
    result = []
    for items in lists:
        result += [item for item in items if item not in result]
    return result


def _points(probe, found, tree, on):
    guard = _compile(tree) if tree is not None else None
    takes_stack = probe.command == "stack"
    points = []
    missing = None
    for item in found:
        layout = item.layout
        spelling = Spelling(item.function.__code__, layout)
        known = names.GuardNames(item, layout, spelling)
        try:
            arguments = None if guard is None else [known.expression(name) for name in guard.names]
        except names.UnknownName as error:
            missing = missing or error.name
            continue
        at_entry = guard is None or not names.AT_EXIT.intersection(guard.names)
        if not at_entry and "enter" in on and not takes_stack:
            name = next(name for name in guard.names if name in names.AT_EXIT)
            message = "'{}' is not known before the call".format(name)
            raise AgentError("BadRequest", message, "watch the return, not the entry", *names.place(tree, name))
        if takes_stack and at_entry:
            plan = Plan(arguments, True, True, False, False)
        else:
            wants = ("return", "error") if takes_stack else on
            plan = Plan(arguments, at_entry, "enter" in wants, "return" in wants, "error" in wants)
        points.append(Point(probe, item, layout, spelling, plan, guard, known.objects))
    if not points:
        raise names.unknown_name(tree, missing, _union(item.params for item in found))
    return points


# What the replacement guarantees of the values that it hands to a guard.
_KNOWN = {"cost": float, "ts": float, "thread": str, "func": str, "args": tuple, "params": tuple, "kwargs": dict}


def _compile(tree):
    # Loaded only for a guard: it is most of the agent's source.
    from ..expression import TreeError, compile_tree

    try:
        return compile_tree(names.rewritten(tree), known=_KNOWN, condition=True)
    except TreeError as error:
        message = "the guard is refused: {}".format(error.message)
        raise AgentError(error.kind, message, None, error.start, error.end) from None
