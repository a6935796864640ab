"""Finding a target: ps, doctor, part of a command line; and the program's own help."""

import json
import subprocess

import pytest


@pytest.fixture(scope="module")
def shared(room, any_python):
    from conftest import open_shop

    one = open_shop(room, any_python)
    yield one
    assert one.close() == []


def test_ps(sonde, shared):
    rows = [json.loads(line) for line in sonde("ps", "-o", "jsonl").succeeded().out.splitlines()]
    row = next(row for row in rows if row["pid"] == shared.pid)
    assert row["version"] == shared.out.split("Python ")[1].split(",")[0]
    assert "shop.py" in json.dumps(row)


def test_every_version_in_ps(sonde, shop, python):
    one = shop(python)
    version = one.out.split("Python ")[1].split(",")[0]
    rows = [json.loads(line) for line in sonde("ps", "-o", "jsonl").succeeded().out.splitlines()]
    assert [row["version"] for row in rows if row["pid"] == one.pid] == [version]


def test_doctor_finds_nothing_wrong(sonde, shared):
    outcome = sonde("doctor", shared.pid).succeeded()
    assert "Python" in outcome.out
    assert shared.differences() == {}


def test_doctor_of_no_process(sonde):
    ended = subprocess.Popen(["true"])
    ended.wait()
    outcome = sonde("doctor", ended.pid)
    assert outcome.status == 1 and f"no process {ended.pid}" in outcome.out


def test_doctor_of_no_python(sonde):
    sleeper = subprocess.Popen(["sleep", "60"])
    try:
        outcome = sonde("doctor", sleeper.pid)
        assert outcome.status == 1 and "not a Python process" in outcome.out
    finally:
        sleeper.kill()
        sleeper.wait()


def test_doctor_of_another_user(sonde, shared, other_user):
    prefix, binary = other_user
    outcome = sonde("doctor", shared.pid, prefix=prefix, binary=binary)
    assert outcome.status == 1 and f"sudo sonde {shared.pid}" in outcome.out


def test_a_part_of_the_command_line(sonde, shared):
    outcome = sonde(str(shared.control), "-c", "eval 1 + 1").succeeded()
    assert "2" in outcome.out


def test_several_targets_are_listed(sonde, shared, shop):
    one = shop()
    outcome = sonde("examples/shop/shop.py", "-c", "status").failed(3)
    assert str(shared.pid) in outcome.err and str(one.pid) in outcome.err


def test_help_and_version(sonde):
    for verb in ("ps", "doctor", "eval", "check"):
        assert verb in sonde("--help").succeeded().out
    assert sonde("--version").succeeded().out.strip().split()[-1].count(".") == 2
    help_text = sonde("-c", "help").succeeded().out
    commands = "watch stack thread tasks logger sc sm modules env gc eval exec status reset detach"
    for command in commands.split():
        assert command in help_text
    assert "shop:checkout" in sonde("-c", "help watch").succeeded().out


def test_eval_without_a_target(sonde):
    assert sonde("eval", "sorted([3, 1, 2])[0] + 10").succeeded().out.strip() == "11"
    outcome = sonde("eval", "1 + nme", "--var", "name=1").failed(2, "nme", "name")
    assert outcome.caret() == "nme"
