"""`detach`: the agent takes itself out of the target."""


def run(request):
    """Restores everything; the answer is sent when it is done, and the agent's thread ends after it."""
    agent = request.agent
    probes = len(agent.probes)
    agent.close_down()
    return {"pid": agent.pid, "removed": probes}
