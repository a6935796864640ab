"""`top`: which functions the threads spend their time in, by sampling."""

from .. import sampling
from ..errors import AgentError
from ..probes.making import number
from ..threads import thread_name

_SECONDS = 3600


def run(request):
    """Samples for `seconds` at `hz`; then a row for each function, and all stacks if they are wanted."""
    params = request.params
    seconds = number(params, "seconds", (int, float), 5.0, 0.01)
    hz = number(params, "hz", (int, float), 100, 1)
    limit = number(params, "limit", (int,), 20)
    if seconds > _SECONDS or hz > 1000:
        raise AgentError("BadRequest", "at most an hour, at most 1000 times a second")
    sampler = sampling.Sampler(
        request.agent.threads, _wanted(params.get("thread")), bool(params.get("idle")), bool(params.get("gil"))
    )
    sampler.run(seconds, hz, request.check)
    rows = sampling.functions(sampler)
    data = {
        "rows": rows[:limit] if limit else rows,
        "functions": len(rows),
        "samples": sampler.samples,
        "threads": sampler.threads,
        "seconds": sampler.seconds,
        "cost_ms": sampler.cost * 1000.0,
    }
    if params.get("stacks"):
        data["frames"] = sampler.frames
        data["stacks"] = [(stack, weight * 1000.0) for stack, weight in sampler.stacks.items()]
    return data


def _wanted(text):
    """Which threads are looked at: the one with that name or number, or all."""
    if text is None:
        return lambda ident: True
    if type(text) is not str:
        raise AgentError("BadRequest", "'thread' is a thread's name or number")
    return lambda ident: text in (thread_name(ident), str(ident))
