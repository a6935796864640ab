"""The pages of the diagnosis commands say what the command table says."""

import os
import subprocess

from support import ROOT


def test_pages(binary):
    done = subprocess.run(
        [ROOT / "scripts/generate-command-pages", "--check"], env={**os.environ, "SONDE": str(binary)},
        stdout=subprocess.PIPE, text=True, timeout=120)
    assert (done.returncode, done.stdout) == (0, "")
