"""A short soak: every target of scripts/soak, over some interpreters, a few cycles each."""

import random
import sys
from pathlib import Path

import pytest
from conftest import PYTHONS

sys.path.append(str(Path(__file__).resolve().parent.parent.parent / "scripts/lib"))

from soak_cycles import Shell, cycle  # noqa: E402
from soak_program import TARGETS, Program  # noqa: E402

ROUNDS = 3
# The oldest, the newest and one between take turns; each run of the tests has the same choices.
LABELS = [list(PYTHONS)[at] for at in (0, len(PYTHONS) // 2, -1)]

@pytest.mark.parametrize("name", TARGETS)
def test_attaching_and_leaving_again_and_again(binary, tmp_path, name):
    number = list(TARGETS).index(name)
    program = Program(PYTHONS[LABELS[number % len(LABELS)]], name, tmp_path)
    try:
        program.begin()
        shell, chance = Shell(binary, tmp_path), random.Random(number)
        for _ in range(ROUNDS):
            cycle(shell, program, chance)
        assert program.end() > 0
    finally:
        program.kill()
