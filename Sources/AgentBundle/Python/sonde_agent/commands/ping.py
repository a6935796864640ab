"""`ping`: says that the agent is there."""


def run(request):
    """Answers with the process's id."""
    return {"pid": request.agent.pid}
