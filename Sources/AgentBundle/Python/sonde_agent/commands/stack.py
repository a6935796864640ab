"""`stack`: who calls a function."""

from ..probes.making import start


def run(request):
    """Installs the probe and answers with what it matched; observations, each with its stack, follow the answer."""
    return start(request)
