"""The agent's files, as the binary carries them."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PYTHON = ROOT / "Sources" / "AgentBundle" / "Python"
BUNDLE = ROOT / "Sources" / "CSondeAgentBundle"


def bundled_paths():
    """The paths of all files that are carried, in their order there."""
    return sorted(path.relative_to(PYTHON).as_posix() for path in PYTHON.rglob("*.py"))


def agent_paths():
    """The paths of those that go into a target."""
    return [path for path in bundled_paths() if path.startswith("sonde_agent/")]


def agent_digest():
    """A number that is another one when any file is: FNV-1a over words of 64 bits, as `AgentBundle.digest`."""
    digest = 0xCBF29CE484222325
    for path in bundled_paths():
        contents = (PYTHON / path).read_bytes()
        padded = contents + bytes(-len(contents) % 8)
        words = [int.from_bytes(padded[place : place + 8], "little") for place in range(0, len(padded), 8)]
        for word in [len(contents), *words]:
            digest = ((digest ^ word) * 0x100000001B3) % 2**64
    return digest
