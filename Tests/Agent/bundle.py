"""The agent's source as the shell sends it, made here the way `AgentBundle` makes it."""

import os
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PYTHON = os.path.join(ROOT, "Sources", "AgentBundle", "Python")
VERSION = "0.1.0"

if PYTHON not in sys.path:
    sys.path.insert(0, PYTHON)


def files():
    """The agent's files by their path."""
    result = {}
    for folder, _, names in os.walk(os.path.join(PYTHON, "sonde_agent")):
        for name in sorted(names):
            if name.endswith(".py"):
                path = os.path.join(folder, name)
                with open(path, encoding="utf-8") as file:
                    result[os.path.relpath(path, PYTHON)] = file.read()
    return result


def bootstrap_source(socket_path, error_path, version=VERSION):
    """The source that starts the agent in the process that runs it."""
    sources = files()
    bootstrap = sources.pop("sonde_agent/bootstrap.py")
    settings = {
        "socket": socket_path,
        "error": error_path,
        "uid": os.getuid(),
        "version": version,
        "sources": sources,
    }
    space = {"__name__": "_sonde_bootstrap", "SONDE": settings}
    return "try:\n __import__('builtins').exec({!a},{!a})\nexcept BaseException:pass\n".format(bootstrap, space)
