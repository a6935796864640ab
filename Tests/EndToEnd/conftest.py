"""Fixtures: the built `sonde`, the interpreters of this machine, and real shops to look into."""

import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

import pytest

pytest.register_assert_rewrite("compatibility", "compatibility_kinds", "compatibility_places")

from support import ROOT, Shop, Sonde, find_sonde

# Tests that run in the background of a shell ignore interrupts, and so would all that they start.
signal.signal(signal.SIGINT, signal.default_int_handler)

found = subprocess.run([str(ROOT / "scripts/find-pythons")], stdout=subprocess.PIPE, text=True, check=True)
PYTHONS = dict(line.split(" ", 1) for line in found.stdout.splitlines())


def pytest_generate_tests(metafunc):
    """`target` is a shop on every interpreter, its main thread busy and blocked; `python` is each interpreter."""
    if "target" in metafunc.fixturenames:
        kinds = [(label, main) for label in PYTHONS for main in ("busy", "blocked")]
        ids = [f"{label}-{main}" for label, main in kinds]
        metafunc.parametrize("target", kinds, ids=ids, indirect=True, scope="module")
    elif "python" in metafunc.fixturenames:
        metafunc.parametrize("python", PYTHONS.values(), ids=PYTHONS.keys())


@pytest.fixture(scope="session")
def room():
    """A directory for the sockets and files of this run; short, because a socket's path may have 107 bytes."""
    path = Path(tempfile.mkdtemp(prefix="e2e-"))
    path.chmod(0o755)
    yield path
    shutil.rmtree(path, ignore_errors=True)


@pytest.fixture(scope="session")
def any_python():
    """An interpreter for tests in which the version does not matter."""
    return PYTHONS.get("3.11") or next(iter(PYTHONS.values()))


@pytest.fixture(scope="session")
def binary():
    return find_sonde()


@pytest.fixture
def sonde(binary, tmp_path):
    """Runs `sonde`; what is still running at the end is killed by its pid."""
    runner = Sonde(binary, tmp_path)
    yield runner
    runner.close()


def open_shop(room, python, **options):
    return Shop(python, Path(tempfile.mkdtemp(dir=room)), **options)


@pytest.fixture
def shop(room, any_python):
    """Opens shops: `shop()`, `shop(python, main="busy")`. Each must close without a wrong result."""
    shops = []

    def make(python=any_python, **options):
        shops.append(open_shop(room, python, **options))
        return shops[-1]

    yield make
    problems = [problem for one in shops for problem in one.close()]
    assert problems == []


@pytest.fixture(scope="module")
def target(room, request):
    """A shop that the tests of a module share; it must stay right, and close without having printed anything."""
    label, main = request.param
    one = open_shop(room, PYTHONS[label], main=main)
    yield one
    assert one.close() == []


@pytest.fixture(scope="session")
def other_user(binary, room):
    """The words that run a command as a user who may do nothing, and a `sonde` that this user can read."""
    if os.geteuid() != 0:
        pytest.skip("only root can become another user")
    copy = room / "sonde"
    if not copy.exists():
        shutil.copy(binary, copy)
        copy.chmod(0o755)
    return ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--"], copy
