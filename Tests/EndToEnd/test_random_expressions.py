"""A few thousand random expressions in the built binary against CPython; scripts/compare-expressions takes more."""

import subprocess

from support import ROOT


def test_the_evaluator_agrees_with_cpython(binary):
    command = [ROOT / "scripts/compare-expressions", "--count", "3000", "--swift-only", "--sonde", binary]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.splitlines()[-1] == "total: 3000 passed, 0 failed"
