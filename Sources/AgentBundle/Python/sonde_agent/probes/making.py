"""From the parameters of a request to a probe that observes functions."""

from time import monotonic

from ..errors import AgentError
from ..patterns import find_functions
from ..requests import Reply
from . import names
from .point import Point
from .probe import Limits, Probe
from .sites import make_sites, union
from .wrapper import Plan

ON = ("enter", "return", "error")
_BYTES = 64 * 1024


def start(request):
    """Makes and installs the probe that a `watch` or `stack` asks for; its reply, after which it observes."""
    return start_probe(request, Probe, _watched)


def start_probe(request, probe_type, make_point):
    """Makes and installs a probe; its reply, after which it observes.

    `probe_type` makes it, with the parameters of `Probe`; `make_point(probe, site, params)` makes what sits on one
    function.
    """
    params = request.params
    limits = _limits(params)
    found = find_functions(params.get("pattern"), request.check)
    agent = request.agent
    probe = probe_type(agent, request.session, request.id, request.command, params["pattern"], limits)
    probe.prepare(params)
    probe.points = [make_point(probe, site, params) for site in make_sites(found, params.get("condition"))]
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
        "params": union(point.found.params for point in probe.points),
        "skipped": len(found) - len(probe.points),
    }
    return Reply(data, lambda: _activate(agent, probe), lambda: agent.stop_probe(probe, "cancelled"))


def _activate(agent, probe):
    if probe.limits.seconds is not None:
        probe.ends = monotonic() + probe.limits.seconds
    probe.activate()
    if probe.stopped:
        probe.active = False
    agent.wake()


def number(params, name, kinds, default, least=0):
    """A number among the parameters; `AgentError` when it is none that fits."""
    value = params.get(name)
    if value is None:
        return default
    if type(value) not in kinds or not least <= value <= 1e9:
        raise AgentError("BadRequest", "'{}' is no number that fits".format(name))
    return value


def _limits(params):
    sample = number(params, "sample", (int, float), None)
    if sample is not None and not 0 < sample <= 1:
        raise AgentError("BadRequest", "'sample' is a share of the calls: more than 0, at most 1")
    return Limits(
        times=number(params, "times", (int,), 0),
        seconds=number(params, "seconds", (int, float), None) or None,
        rate=number(params, "rate", (int,), None) or None,
        depth=min(number(params, "expand", (int,), 1), 16),
        bytes=min(number(params, "max_bytes", (int,), _BYTES, 256), 1024 * 1024),
        sample=sample,
    )


def _watched(probe, site, params):
    on = params.get("on")
    on = ("return", "error") if on is None else on
    if type(on) not in (list, tuple) or not on or any(item not in ON for item in on):
        raise AgentError("BadRequest", "'on' is a list of enter, return and error")
    takes_stack = probe.command == "stack"
    if not site.decided_at_entry and "enter" in on and not takes_stack:
        name = next(name for name in site.guard.names if name in names.AT_EXIT)
        message = "'{}' is not known before the call".format(name)
        hint = "watch the return, not the entry"
        raise AgentError("BadRequest", message, hint, *names.place(params["condition"], name))
    if takes_stack and site.decided_at_entry:
        plan = Plan(site, True, False, False)
    else:
        wants = ("return", "error") if takes_stack else on
        plan = Plan(site, "enter" in wants, "return" in wants, "error" in wants)
    return Point(probe, site, plan)
