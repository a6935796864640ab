"""A short soak: every target of scripts/soak, over some interpreters, a few cycles each."""

import random
import re
import sys
from pathlib import Path

import pytest
from conftest import PYTHONS

sys.path.append(str(Path(__file__).resolve().parent.parent.parent / "scripts/lib"))

from soak_cycles import Shell, cycle  # noqa: E402
from soak_program import TARGETS, Failure, Program  # noqa: E402

CYCLES = 3
# The oldest, the newest and one between take turns; each run of the tests has the same choices.
LABELS = [list(PYTHONS)[at] for at in (0, len(PYTHONS) // 2, -1)]

# What the soak has found and what is not mended yet (docs/benchmarks.md, "The soak"): seen, it is told, not failed.
OPEN = {
    r"is_killed: .*anonymous executable mapping": "a shell killed in the middle of an injection leaves its two pages",
    r"(is_killed|come_together): left behind: .*(threads|descriptors|files)": "two bootstraps at once make two agents, one of them for ever",
    r"come_together: .*has no attribute 'run'": "two threads load one of the agent's modules at once, one gets half of it",
    r"use of fork\(\) may lead to deadlocks": "from 3.12 on a fork while the agent comes or goes warns of its thread",
}


@pytest.mark.parametrize("name", TARGETS)
def test_attaching_and_leaving_again_and_again(binary, tmp_path, name):
    number = list(TARGETS).index(name)
    program = Program(PYTHONS[LABELS[number % len(LABELS)]], name, tmp_path)
    try:
        program.begin()
        shell, chance = Shell(binary, tmp_path), random.Random(number)
        for _ in range(CYCLES):
            cycle(shell, program, chance)
        assert program.end() > 0
    except Failure as failure:
        for pattern, reason in OPEN.items():
            if re.search(pattern, str(failure), re.DOTALL):
                pytest.xfail(f"{reason}: {failure}")
        raise
    finally:
        program.kill()
