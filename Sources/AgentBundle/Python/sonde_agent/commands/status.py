"""`status`: what the agent is, and what it has installed."""

import sys


def run(request):
    """The agent, its sessions and its probes."""
    agent = request.agent
    return {
        "pid": agent.pid,
        "python": sys.version.partition(" ")[0],
        "agent": agent.settings["version"],
        "started": agent.started,
        "sessions": len(agent.sessions),
        "session": request.session.number,
        "probes": [probe.row() for probe in list(agent.probes.values()) if probe.active],
        "threads": len(sys._current_frames()) - len(agent.threads),
    }
