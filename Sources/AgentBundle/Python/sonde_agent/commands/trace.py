"""`trace`: the calls below a function, with their times, as a tree."""

from ..probes.making import start_probe
from ..probes.tracing import Trace, make_point


def run(request):
    """Installs the probe and answers with what it matched; an observation with its tree follows for each call."""
    return start_probe(request, Trace, make_point)
