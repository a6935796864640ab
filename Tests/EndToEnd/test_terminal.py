"""Commands on a target at the prompt; test_prompt.py has the prompt itself."""

import re

import pexpect
import pytest
from support import UNTOUCHED

PROMPT = r"sonde[^\r\n]*> "


@pytest.fixture
def shared(shop):
    one = shop()
    yield one
    one.is_as_found_within(2, UNTOUCHED)


@pytest.fixture
def prompt(binary, sonde):
    """Starts an interactive `sonde` in a terminal of 24 by 100."""
    started = []

    def start(*arguments):
        child = pexpect.spawn(
            str(binary), list(map(str, arguments)), env=sonde.environment, dimensions=(24, 100), timeout=15,
            encoding="utf-8",
        )  # fmt: skip
        started.append(child)
        child.expect(PROMPT)
        return child

    yield start
    for child in started:
        child.close(force=True)


def plain(text):
    """Terminal output without its control sequences."""
    return re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]|\x1b[=>]|\r|\x08", "", text)


def leave(child, status=0):
    child.sendeof()
    child.expect(pexpect.EOF)
    child.wait()
    assert child.exitstatus == status


def test_a_line_and_the_end(prompt, shared):
    child = prompt(shared.pid)
    child.sendline("eval 40 + 2")
    child.expect("42")
    child.expect(PROMPT)
    leave(child)


def test_a_table_for_a_person(prompt, shared):
    child = prompt(shared.pid)
    child.sendline("thread | sort name | select name, daemon | head 3")
    child.expect(PROMPT)
    lines = plain(child.before).splitlines()
    heading = next(number for number, line in enumerate(lines) if line.split() == ["name", "daemon"])
    assert any(line.split()[0] == "MainThread" for line in lines[heading + 1 :] if line.split())
    leave(child)


def test_a_line_goes_on(prompt, shared):
    child = prompt(shared.pid)
    child.sendline("thread |")
    child.expect(r"\.\.\. ")
    child.sendline("count")
    child.expect("count")
    child.expect(PROMPT)
    leave(child)


def test_the_prompt_shows_what_is_allowed(prompt, shared):
    child = prompt(shared.pid, "--allow", "exec")
    assert "exec" in plain(child.after)
    child.sendline("exec print(6 * 7)")
    child.expect("42")
    child.expect(PROMPT)
    leave(child)


def test_without_a_target(prompt, shared):
    child = prompt()
    child.sendline("status")
    child.expect("no target")
    child.expect(PROMPT)
    child.sendline(f"attach {shared.pid}")
    child.expect(PROMPT)
    child.sendline("eval 40 + 2")
    child.expect("42")
    child.expect(PROMPT)
    leave(child)
