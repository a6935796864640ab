"""gdb as the way in: taken when asked for by name, refused in words where it could do nothing, and never the target's end."""

import shutil
import subprocess
import time
from pathlib import Path

import pytest
from conftest import PYTHONS
from support import eventually

needs_gdb = pytest.mark.skipif(not shutil.which("gdb"), reason="needs gdb")
# The oldest, one of the distribution's (a static build), and one with remote debugging.
LABELS = [label for label in ("3.8", "3.11-debian", "3.14") if label in PYTHONS]
LONG = """
print("ready", flush=True)
total = sum(range({count}))
for _ in range(1_000_000): pass
print(total == {count} * ({count} - 1) // 2, flush=True)
"""


@needs_gdb
@pytest.mark.parametrize("label", LABELS)
def test_by_name(sonde, shop, label):
    one = shop(PYTHONS[label], main="busy")
    outcome = sonde.on(one, "status; eval 1 + 1; detach", "--via", "gdb", "--timeout", "25s", "-v").succeeded()
    assert "the agent was brought in by gdb:" in outcome.err
    one.is_as_found_within(2)
    sonde("-c", f"attach {one.pid} --via gdb --timeout 25s; detach").succeeded()
    one.is_as_found_within(2)
    assert one.is_working()


@needs_gdb
def test_a_blocked_main_thread(sonde, shop):
    one = shop(main="blocked")
    outcome = sonde.on(one, "status", "--via", "gdb", "--timeout", "20s").failed(3, "is blocked", "ptrace", "remote-exec")
    assert "gdb (process" not in outcome.err
    one.is_as_found_within(2)


def test_without_gdb(sonde, shop, tmp_path):
    one = shop(main="busy")
    sonde.environment["PATH"] = str(tmp_path)
    sonde.on(one, "status", "--via", "gdb").failed(3, "there is no gdb on PATH (leave --via out: attaching needs no gdb)")
    checks = {row["check"]: row for row in (sonde("doctor", "-o", "jsonl")).rows}
    assert checks["gdb"]["status"] == "ok" and "only --via gdb would want it" in checks["gdb"]["message"]
    # Without being asked for, it is not missed.
    sonde.on(one, "status; detach").succeeded()
    one.is_as_found_within(2)


@needs_gdb
def test_what_was_queued_does_nothing_after_the_deadline(sonde, any_python):
    program = LONG.format(count=600_000_000)
    target = subprocess.Popen([str(any_python), "-c", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        assert target.stdout.readline() == "ready\n"
        # An earlier process of this number may have been killed.
        Path(f"/tmp/sonde-{target.pid}.sock").unlink(missing_ok=True)
        outcome = sonde(target.pid, "-c", "status", "--via", "gdb", "--timeout", "5s")
        assert target.poll() is None
        outcome.failed(124, "has not come back to the interpreter in time", "does nothing any more")
        assert not Path(f"/tmp/sonde-{target.pid}.sock").exists()
        assert target.communicate(timeout=120) == ("True\n", "")
        assert target.returncode == 0
    finally:
        if target.poll() is None:
            target.kill()
            target.wait()


def gdb_below(shell):
    """The pid of the gdb that a shell has started to visit its target, or None."""
    try:
        children = Path(f"/proc/{shell.pid}/task").glob("*/children")
        for pid in " ".join(path.read_text() for path in children).split():
            if b"-batch" in Path(f"/proc/{pid}/cmdline").read_bytes():
                return int(pid)
    except OSError:
        pass
    return None


def has_ended(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] in "ZX"
    except OSError:
        return True


@needs_gdb
@pytest.mark.parametrize("label", LABELS[:2])
def test_killed_while_gdb_is_at_work(sonde, shop, label):
    """gdb comes to its end by itself; the target goes on, with or without an agent in it."""
    one = shop(PYTHONS[label], main="busy")
    seen = 0
    for milliseconds in (0, 10, 20, 30, 40, 50, 60, 80, 100, 130, 160, 200):
        shell = sonde.start(one.pid, "-c", "status", "--via", "gdb", "--timeout", "20s")
        gdb = eventually(lambda: gdb_below(shell) or shell.poll() is not None, 15, every=0.002)
        time.sleep(milliseconds / 1000)
        shell.kill()
        shell.communicate()
        if gdb is not True:
            seen += 1
            assert eventually(lambda: has_ended(gdb), 15), f"gdb is still there, {milliseconds} ms"
        status = Path(f"/proc/{one.pid}/status")
        assert eventually(lambda: "TracerPid:\t0\n" in status.read_text(), 15), f"still traced, {milliseconds} ms"
        assert one.is_working(), f"killed after {milliseconds} ms"
        for path in Path("/tmp").glob(f".sonde-{shell.pid}-*"):
            path.unlink()
        sonde.on(one, "detach").succeeded()
    assert seen >= 6
    sonde.on(one, "eval 1 + 1; detach", "--via", "gdb", "--timeout", "20s").succeeded()
    one.is_as_found_within(2)
