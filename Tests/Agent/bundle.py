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


FIRST = ["__init__", "arrival", "forks", "frames", "hurry", "importer", "listener", "originals", "signals"]
FIRST = ["sonde_agent/{}.py".format(name) for name in FIRST]
START = "sonde_agent/start.py"


def start_source(socket_path, error_path, patience=30):
    """The source that starts the agent in the process that runs it."""
    sources = files()
    settings = {
        "socket": socket_path,
        "error": error_path,
        "uid": os.getuid(),
        "patience": patience,
        "version": VERSION,
        "sources": {path: sources[path] for path in FIRST},
    }
    space = {"__name__": "_sonde_start", "SONDE": settings}
    return "try:\n __import__('builtins').exec({!a},{!a})\nexcept BaseException:pass\n".format(sources[START], space)


def sources_payload():
    """What the agent asks the first shell for."""
    rest = [(path, text) for path, text in sorted(files().items()) if path not in FIRST and path != START]
    return "\0".join([part for file in rest for part in file]).encode("utf-8")
