"""A way in that is asked for by name is the only one tried; a target that is waited for is entered as it starts."""

import re
import signal
import subprocess
import time
import uuid

import pytest

PROGRAM = """
import sys, time
print("first line", flush=True)
deadline = time.monotonic() + 60
while time.monotonic() < deadline and not sys.stdin.closed:
    if not sys.stdin.readline(): break
print("last line", flush=True)
"""


@pytest.fixture
def program(tmp_path):
    """Starts a Python that ends with its standard input, and is to print two lines and nothing else."""
    started = []
    path = tmp_path / "program.py"
    path.write_text(PROGRAM)

    def start(python, *arguments):
        pipes = dict(stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        started.append(subprocess.Popen([str(python), str(path), *arguments], text=True, **pipes))
        return started[-1]

    yield start
    ends = []
    for one in started:
        try:
            ends.append((*one.communicate("", timeout=20), one.returncode))
        except subprocess.TimeoutExpired:
            one.kill()
            ends.append((*one.communicate(), "killed"))
    assert ends == [("first line\nlast line\n", "", 0)] * len(started)


def minor(python):
    return int(re.search(r"python3\.(\d+)$", str(python)).group(1))


def test_ptrace_by_name(sonde, shop, python):
    one = shop(python)
    outcome = sonde.on(one, "eval 1 + 1; detach", "--via", "ptrace", "-v").succeeded()
    assert "the agent was brought in by ptrace:" in outcome.err
    one.is_as_found_within(2)


def test_remote_exec_by_name(sonde, shop, python):
    one = shop(python, main="busy")
    outcome = sonde.on(one, "eval 1 + 1; detach", "--via", "remote-exec", "-v")
    if minor(python) >= 14:
        assert "the agent was brought in by remote-exec:" in outcome.succeeded().err
    else:
        outcome.failed(3, "no remote debugging interface (CPython has it since 3.14)")
        assert one.files_of_agent() == []
    one.is_as_found_within(2)


def test_an_agent_that_is_there_is_used_whatever_the_way(sonde, shop, any_python):
    one = shop(any_python)
    sonde.on(one, "status").succeeded()
    outcome = sonde.on(one, "status", "--via", "remote-exec", "-v").succeeded()
    assert "the agent was there already, so nothing was done by remote-exec\n" in outcome.err
    assert "remote-exec" not in sonde.on(one, "status; detach", "--via", "remote-exec").succeeded().err


def test_an_unknown_way(sonde, shop):
    one = shop()
    for outcome in (
        sonde.on(one, "status", "--via", "magic"),
        sonde("-c", f"attach {one.pid} --via magic"),
    ):
        outcome.failed(2, "magic", "remote-exec", "ptrace")
    one.is_as_found_within(2)


def test_a_target_that_is_waited_for(sonde, program, python):
    name = f"awaited-{uuid.uuid4().hex}"
    shell = sonde.start("--wait", name, "-o", "jsonl", "-c", "eval 40 + 2; detach")
    time.sleep(0.3)
    assert shell.poll() is None
    target = program(python, name)
    out, err = shell.communicate(timeout=30)
    assert (shell.returncode, err) == (0, err) and '"value":42' in out, (out, err)
    assert err.startswith(f"attached to {target.pid} program.py "), err


def test_a_target_that_is_there_already(sonde, program, any_python):
    name = f"awaited-{uuid.uuid4().hex}"
    target = program(any_python, name)
    outcome = sonde("-c", f"attach --wait {name}; eval 40 + 2; detach", "-o", "jsonl").succeeded()
    assert outcome.err.startswith(f"attached to {target.pid} ")
    second = program(any_python, name)
    outcome = sonde("--wait", name, "-c", "eval 40 + 2").failed(3, "2 Python processes have")
    assert str(target.pid) in outcome.err and str(second.pid) in outcome.err


def test_a_name_that_never_appears(sonde):
    name = f"awaited-{uuid.uuid4().hex}"
    start = time.monotonic()
    sonde("--wait", name, "-c", "status", "--timeout", "600ms").failed(124, name)
    sonde("-c", f"attach --wait {name} --timeout 600ms").failed(124, name)
    assert 1.2 <= time.monotonic() - start < 10
    outcome = sonde("-c", f"timeout 600ms {{ attach --wait {name} }}").failed(124)
    assert outcome.out == ""


def test_an_interrupt_ends_the_wait(sonde):
    shell = sonde.start("--wait", f"awaited-{uuid.uuid4().hex}", "-c", "status")
    time.sleep(0.5)
    shell.send_signal(signal.SIGINT)
    out, err = shell.communicate(timeout=10)
    assert (shell.returncode, out) == (130, ""), err


def test_waiting_is_quiet(sonde):
    shell = sonde.start("--wait", f"awaited-{uuid.uuid4().hex}", "-c", "status")

    def used():
        with open(f"/proc/{shell.pid}/stat") as stat:
            fields = stat.read().rsplit(")", 1)[1].split()
        return int(fields[11]) + int(fields[12])

    time.sleep(5.5)
    before = used()
    time.sleep(2)
    # In hundredths of a second.
    assert used() - before <= 20
    shell.send_signal(signal.SIGINT)
    assert shell.wait(timeout=10) == 130


def test_a_program_that_ends_at_once_is_not_the_one(sonde, program, any_python):
    name = f"awaited-{uuid.uuid4().hex}"
    shell = sonde.start("--wait", name, "-o", "jsonl", "-c", "eval 40 + 2; detach", "--timeout", "20s")
    for _ in range(3):
        subprocess.run([str(any_python), "-I", "-S", "-c", "", name], check=True, timeout=10)
        if shell.poll() is not None:
            break
    if shell.poll() is None:
        program(any_python, name)
    out, err = shell.communicate(timeout=30)
    # The shell may just have got into one of the short ones, which then took it along.
    assert shell.returncode in (0, 3), (out, err)
    assert shell.returncode == 3 or '"value":42' in out


def test_only_processes_can_be_waited_for(sonde):
    sonde("--wait", "unix:/tmp/nothing.sock", "-c", "status").failed(3, "only a process of this machine")
    sonde("--wait", "-c", "status").failed(2, "--wait needs a part of the command line")


def test_a_pid_that_is_not_is_not_waited_for(sonde):
    ended = subprocess.Popen(["true"])
    ended.wait()
    sonde("--wait", ended.pid, "-c", "status").failed(3, str(ended.pid))


def test_a_program_that_is_no_python_does_not_count(sonde):
    name = f"awaited-{uuid.uuid4().hex}"
    sleeper = subprocess.Popen(["sh", "-c", "sleep 20", name])
    try:
        sonde("--wait", name, "-c", "status", "--timeout", "600ms").failed(124, name)
        assert sleeper.poll() is None
    finally:
        sleeper.kill()
        sleeper.wait()


