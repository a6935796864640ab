"""`tt`: records calls with the objects that they were given."""

from ..probes.making import start_probe
from ..probes.recording import RecordedPoint, Recording


def run(request):
    """Installs the probe and answers with what it matched; an observation with its `index` follows for each call."""
    return start_probe(request, Recording, lambda probe, site, params: RecordedPoint(probe, site))
