"""`reset`: removes probes, whoever installed them."""

from ..errors import AgentError


def run(request):
    """Removes the probe that `watch_id` names, or all."""
    agent = request.agent
    name = request.params.get("watch_id")
    if name is None:
        return {"removed": agent.remove_probes("reset")}
    probe = agent.probes.get(name) if type(name) is str else None
    if probe is None:
        raise AgentError("TargetNotFound", "there is no probe '{}'".format(name), "status lists them")
    return {"removed": int(agent.stop_probe(probe, "reset"))}
