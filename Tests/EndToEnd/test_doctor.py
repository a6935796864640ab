"""Every obstacle that can be made here, made: what doctor says of it, that its command mends it, and what an attach says."""

import contextlib
import os
import shlex
import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from compatibility import TARGETS, Program, running
from conftest import PYTHONS
from support import eventually

STATUSES = {"ok", "warn", "fail"}


@pytest.fixture
def open_python():
    """One that every user can run."""
    return next((path for label, path in PYTHONS.items() if "-" in label), sys.executable)


def doctor(sonde, pid, **options):
    """Its exit status, and its lines as `{check: (status, message, mend)}`."""
    outcome = sonde("doctor", pid, "-o", "jsonl", **options)
    rows = {row["check"]: (row["status"], row["message"], row["mend"]) for row in outcome.rows}
    assert {status for status, _, _ in rows.values()} <= STATUSES, outcome
    # Its exit status says the same as its lines.
    assert outcome.status == any(status == "fail" for status, _, _ in rows.values()), outcome
    return rows


def failing(rows):
    return sorted(check for check, (status, _, _) in rows.items() if status == "fail")


def attach(sonde, pid, *words, **options):
    return sonde(pid, "-c", "status; detach", "--timeout", "10s", *words, **options)


def obstacle(python, name, room, **options):
    return running([python, TARGETS / "obstacle.py", name], room, **options)


def run_mend(rows, check):
    """Run the command that a check gives, as a user would."""
    subprocess.run(shlex.split(rows[check][2]), check=True, timeout=10)


def test_nothing_in_the_way(sonde, open_python, tmp_path):
    with running([open_python, TARGETS / "states.py", "read"], tmp_path) as target:
        rows = doctor(sonde, target.pid)
        assert failing(rows) == []
        assert rows["main thread"][1].startswith("blocked in read")
        assert rows["agent"][1] == "none yet"
        assert sonde(target.pid, "-c", "status").status == 0
        rows = doctor(sonde, target.pid)
        assert rows["agent"][1] == "there already" and rows["socket"][1].startswith("reachable at /tmp/sonde-")
        assert sonde(target.pid, "-c", "detach").status == 0
        assert doctor(sonde, target.pid)["agent"][1] == "none yet"


def test_stopped(sonde, open_python, tmp_path):
    with running([open_python, TARGETS / "states.py", "read"], tmp_path) as target:
        os.kill(target.pid, signal.SIGSTOP)
        assert eventually(lambda: failing(doctor(sonde, target.pid)) == ["state"])
        rows = doctor(sonde, target.pid)
        attach(sonde, target.pid).failed(1, "is stopped by a signal", rows["state"][2])
        run_mend(rows, "state")
        assert failing(doctor(sonde, target.pid)) == []
        attach(sonde, target.pid).succeeded()


@pytest.mark.skipif(not shutil.which("strace"), reason="strace is not installed")
def test_traced(sonde, open_python, tmp_path):
    with running([open_python, TARGETS / "states.py", "read"], tmp_path) as target:
        words = ["strace", "-o", "/dev/null", "-p", str(target.pid)]
        tracer = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            assert eventually(lambda: failing(doctor(sonde, target.pid)) == ["tracer"])
            rows = doctor(sonde, target.pid)
            assert f"strace (process {tracer.pid})" in rows["tracer"][1]
            attach(sonde, target.pid).failed(1, f"traced by strace (process {tracer.pid})")
            run_mend(rows, "tracer")
            tracer.wait(10)
            assert failing(doctor(sonde, target.pid)) == []
            attach(sonde, target.pid).succeeded()
        finally:
            tracer.kill()
            tracer.wait()


def test_strict_seccomp(sonde, open_python, tmp_path):
    # The kernel kills such a process when it does anything but read and write, also when it wants to end.
    with contextlib.closing(Program([open_python, TARGETS / "obstacle.py", "strict"], tmp_path)) as target:
        target.has_said("ready")
        assert eventually(lambda: failing(doctor(sonde, target.pid)) == ["seccomp"])
        attach(sonde, target.pid).failed(3, "strict seccomp mode")
        assert target.process.poll() is None


def test_a_seccomp_filter(sonde, open_python, tmp_path):
    with obstacle(open_python, "filter", tmp_path) as target:
        rows = doctor(sonde, target.pid)
        assert failing(rows) == [] and rows["seccomp"][0] == "warn"
        attach(sonde, target.pid).succeeded()


def test_a_seccomp_filter_that_refuses_sockets(sonde, open_python, tmp_path):
    with obstacle(open_python, "filter-of-sockets", tmp_path) as target:
        assert "socket" in doctor(sonde, target.pid)["seccomp"][1]
        attach(sonde, target.pid).failed(1, "the agent could not start", "PermissionError")


def test_not_dumpable(sonde, open_python, tmp_path, other_user):
    prefix, binary = other_user
    words = [*prefix, open_python, TARGETS / "obstacle.py", "dumpable"]
    with running(words, tmp_path) as target:
        as_user = dict(prefix=prefix, binary=binary)
        assert eventually(lambda: failing(doctor(sonde, target.pid, **as_user)) == ["dumpable"])
        rows = doctor(sonde, target.pid, **as_user)
        outcome = attach(sonde, target.pid, **as_user).failed(4)
        assert f"dumpable: {rows['dumpable'][1]}" in outcome.err
        assert rows["dumpable"][2] == f"sudo sonde {target.pid}"
        # What the command would do, done: we are root.
        rows = doctor(sonde, target.pid)
        assert rows["dumpable"][:2] == ("ok", "no; your rights suffice")
        attach(sonde, target.pid).succeeded()


def test_another_user(sonde, open_python, tmp_path, other_user):
    prefix, binary = other_user
    with running([open_python, TARGETS / "states.py", "read"], tmp_path) as target:
        as_user = dict(prefix=prefix, binary=binary)
        rows = doctor(sonde, target.pid, **as_user)
        assert {"user", "capabilities"} <= set(failing(rows))
        outcome = attach(sonde, target.pid, **as_user).failed(4, "belongs to another user")
        for check in failing(rows):
            assert f"{check}: {rows[check][1]}" in outcome.err, outcome


def test_root_without_the_capability(sonde, open_python, tmp_path, other_user):
    dropped = ["setpriv", "--bounding-set=-sys_ptrace", "--inh-caps=-sys_ptrace", "--"]
    with running([open_python, TARGETS / "states.py", "read"], tmp_path) as target:
        rows = doctor(sonde, target.pid, prefix=dropped)
        assert failing(rows) == ["capabilities"]
        assert rows["capabilities"][2] == "docker run --cap-add SYS_PTRACE ..."
        outcome = attach(sonde, target.pid, prefix=dropped).failed(4)
        assert f"capabilities: {rows['capabilities'][1]}" in outcome.err
        # Without a target it says what the shell lacks.
        assert sonde("doctor", prefix=dropped).status == 0


def test_from_another_user_namespace(sonde, open_python, tmp_path):
    inside = ["unshare", "--user", "--map-root-user", "--"]
    if subprocess.run([*inside, "true"], stderr=subprocess.DEVNULL).returncode != 0:
        pytest.skip("user namespaces cannot be made here")
    with running([open_python, TARGETS / "states.py", "read"], tmp_path) as target:
        rows = doctor(sonde, target.pid, prefix=inside)
        assert failing(rows) == ["user namespace"]
        outcome = attach(sonde, target.pid, prefix=inside).failed(4)
        for check in failing(rows):
            assert f"{check}: {rows[check][1]}" in outcome.err, outcome


@pytest.mark.parametrize("switch", ["PYTHON_DISABLE_REMOTE_DEBUG", "-X disable-remote-debug"])
@pytest.mark.parametrize("version", ["3.14", "3.15"])
def test_remote_debugging_switched_off(sonde, tmp_path, version, switch):
    if version not in PYTHONS:
        pytest.skip(f"there is no CPython {version}")
    options, environment = ([], {switch: "1"}) if switch.isupper() else (switch.split(), {})
    words = [PYTHONS[version], *options, TARGETS / "states.py", "busy"]
    with running(words, tmp_path, environment=environment) as target:
        rows = doctor(sonde, target.pid)
        assert rows["remote debugging"][:2] == ("warn", f"switched off by {switch}; ptrace is used")
        attach(sonde, target.pid, "--via", "remote-exec").failed(3, "remote debugging is switched off")
        assert "brought in by ptrace:" in attach(sonde, target.pid, "-v").succeeded().err


def test_another_process_at_the_agents_place(sonde, open_python, tmp_path):
    with running([open_python, TARGETS / "states.py", "read"], tmp_path) as target:
        path = Path(f"/tmp/sonde-{target.pid}.sock")
        with socket.socket(socket.AF_UNIX) as other:
            other.bind(str(path))
            other.listen(1)
            rows = doctor(sonde, target.pid)
            assert failing(rows) == ["socket"] and f"process {os.getpid()} listens at" in rows["socket"][1]
            attach(sonde, target.pid).failed(4, f"belongs to process {os.getpid()}")
            run_mend(rows, "socket")
        assert failing(doctor(sonde, target.pid)) == []
        attach(sonde, target.pid).succeeded()


def test_a_socket_that_was_left_behind(sonde, open_python, tmp_path):
    with running([open_python, TARGETS / "states.py", "read"], tmp_path) as target:
        with socket.socket(socket.AF_UNIX) as other:
            other.bind(f"/tmp/sonde-{target.pid}.sock")
        rows = doctor(sonde, target.pid)
        assert failing(rows) == [] and rows["socket"][0] == "warn"
        attach(sonde, target.pid).succeeded()


def test_this_machine(sonde):
    outcome = sonde("doctor", "-o", "jsonl")
    assert {row["check"] for row in outcome.rows} == {"capabilities", "ptrace_scope", "seccomp", "no_new_privs", "gdb"}
