"""`watch`: the calls of functions, with arguments, result, error and cost."""

from ..probes.making import start


def run(request):
    """Installs the probe and answers with what it matched; observations follow the answer."""
    return start(request)
