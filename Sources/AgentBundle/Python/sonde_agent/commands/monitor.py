"""`monitor`: how often functions are called, how long they take and how often they fail, in intervals."""

from ..probes.counting import CountingPoint
from ..probes.making import start_probe
from ..probes.monitoring import Monitor


def run(request):
    """Installs the probe and answers with what it matched; a row for each function and interval follows."""
    return start_probe(request, Monitor, lambda probe, site, params: CountingPoint(probe, site))
