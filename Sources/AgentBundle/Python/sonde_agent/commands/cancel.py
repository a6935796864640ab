"""`cancel`: ends the stream or the request that another request of the session started."""

from ..errors import AgentError


def run(request):
    """Stops the probe of request `id`, or gives up that request when it is still under way."""
    number = request.params.get("id")
    if type(number) is not int:
        raise AgentError("BadRequest", "cancel names the id of a request")
    agent = request.agent
    for probe in list(agent.probes.values()):
        if probe.session is request.session and probe.request_id == number and probe.active:
            return {"cancelled": agent.stop_probe(probe, "cancelled")}
    other = request.session.requests.get(number)
    if other is None or other is request:
        return {"cancelled": False}
    other.cancelled = True
    if other.interrupt is not None:
        other.interrupt()
    return {"cancelled": other.fail(AgentError("Cancelled", "the request was cancelled"))}
