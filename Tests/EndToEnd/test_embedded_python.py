"""The embedded CPython's own `sys.remote_exec` is what asks a target of its series; without one, we ask in the same way.

The library of 3.14 wants a newer C library than most machines have, so sonde itself is run by the loader of the tree that
scripts/fetch-pythons unpacked, as the interpreter in there is.
"""

import re
import shutil

import pytest
from compatibility import MULTIARCH, TARGETS, running, unwrapped
from conftest import PYTHONS


@pytest.fixture(params=["3.14", "3.15"])
def newer(request):
    """The interpreter, the words that run a program with its C library, and its shared library."""
    version = request.param
    wrapper = unwrapped(PYTHONS[version]) if version in PYTHONS else None
    if wrapper is None:
        pytest.skip(f"CPython {version} was not fetched with its shared library (scripts/fetch-pythons)")
    if not shutil.which("strace"):
        pytest.skip("strace is not installed, which tells who wrote the request")
    (*words, path), root = wrapper
    library = root / "usr/lib" / MULTIARCH / f"libpython{version}.so.1.0"
    # What sonde needs beside it, and the tree has not got, comes from the machine.
    return PYTHONS[version], [*words, f"{path}:/usr/lib/{MULTIARCH}"], library


def writes(sonde, room, newer, library):
    """The sizes of what CPython wrote into a target's memory in an attach that must succeed.

    It writes by process_vm_writev, sonde by the target's file in /proc.
    """
    python, loader, _ = newer
    log = room / "strace"
    trace = ["strace", "-f", "-qq", "-e", "trace=process_vm_writev", "-o", log, "--"]
    sonde.environment["SONDE_LIBPYTHON"] = str(library)
    with running([python, TARGETS / "states.py", "busy"], room) as target:
        prefix = [str(word) for word in (*trace, *loader)]
        outcome = sonde(target.pid, "-v", "--via", "remote-exec", "-c", "status; detach", prefix=prefix, timeout=60)
        assert "the agent was brought in by remote-exec:" in outcome.succeeded().err
    return [int(size) for size in re.findall(r"\) = (\d+)$", log.read_text(), re.M)]


def test_its_own_remote_exec_is_used(sonde, tmp_path, newer):
    # The path, a flag, and the word that makes the thread look up.
    assert writes(sonde, tmp_path, newer, newer[2])[1:] == [4, 8]


def test_without_a_library_the_request_is_our_own(sonde, tmp_path, newer):
    assert writes(sonde, tmp_path, newer, "/nowhere/libpython.so") == []
