"""The release build carries the agent compiled: it is what a target gets, and it does what the sources do."""

import re
import signal
import subprocess
from pathlib import Path

from support import eventually, find_release

BLOCKED_IN_C = """
import sys
print("ready", flush=True)
while True:
    max(range(10 ** 8))
"""


def test_a_target_gets_the_code_for_its_bytecode(sonde, shop, python):
    sonde.binary = find_release()
    target = shop(python, main="busy")
    outcome = sonde.on(target, "watch shop:checkout -n 3 if cost > 20 | select cost, args", "-v", timeout=60)
    assert outcome.status == 0 and len(outcome.out.splitlines()) >= 3, outcome
    assert re.search(r"brought in by [a-z-]+, compiled: (a thread stood still for [0-9.]+ ms|no thread)", outcome.err), outcome
    again = sonde.on(target, "status", "-v").succeeded()
    assert "the agent was there already" in again.err
    sonde.on(target, "detach").succeeded()


def mappings(pid):
    """How many mappings without a file may be executed."""
    with open(f"/proc/{pid}/maps") as maps:
        return sum("x" in line.split()[1] and "/" not in line for line in maps)


def test_ctrl_c_takes_back_what_was_begun(sonde, python, tmp_path):
    program = tmp_path / "long.py"
    program.write_text(BLOCKED_IN_C)
    target = subprocess.Popen([str(python), "-u", str(program)], stdout=subprocess.PIPE)
    try:
        assert target.stdout.readline() == b"ready\n"
        before = mappings(target.pid)
        # The main thread comes back to the interpreter only every second or so: the call waits for it.
        shell = sonde.start(target.pid, "-c", "status", "--via", "ptrace")
        assert eventually(lambda: mappings(target.pid) > before or shell.poll() is not None, 20)
        if shell.poll() is None:
            shell.send_signal(signal.SIGINT)
        _, err = shell.communicate(timeout=20)
        # It may have come to its end just before the signal.
        assert shell.returncode in (0, 130), err
        assert eventually(lambda: mappings(target.pid) <= before, 20)
        assert target.poll() is None
        if shell.returncode == 130:
            # The call's turn has come, and it did nothing: no agent's thread is there.
            assert len(list(Path(f"/proc/{target.pid}/task").iterdir())) == 1
    finally:
        target.kill()
        target.communicate()
