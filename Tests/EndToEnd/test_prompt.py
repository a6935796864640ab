"""The prompt, through a real pseudo-terminal."""

import os
import signal
import stat

import pexpect
import pytest

# The longest any expected text may take; nothing here waits that long unless it fails.
DEADLINE = 20


@pytest.fixture
def home(tmp_path):
    return tmp_path


@pytest.fixture
def environment(sonde):
    return {**sonde.environment, "NO_COLOR": "1"}


@pytest.fixture
def start(binary, environment):
    """Starts the shell on a terminal of its own; all are ended when the test is over."""
    started = []

    def start(*arguments, columns=80, env=()):
        child = pexpect.spawn(
            str(binary),
            [str(argument) for argument in arguments],
            env={**environment, **dict(env)},
            encoding="utf-8",
            timeout=DEADLINE,
            dimensions=(24, columns),
        )
        child.delaybeforesend = None
        started.append(child)
        return child

    yield start
    for child in started:
        child.close(force=True)


def prompt(child, text="sonde> "):
    child.expect_exact(text)


def shows(child, text):
    """Waits for output that comes right after the line was entered, when the terminal stops marking pasted text."""
    child.expect_exact("\x1b[?2004l" + text)


def leave(child):
    """Leaves with Ctrl-D and gives the status."""
    child.send("\x04")
    child.expect(pexpect.EOF)
    child.wait()
    return child.exitstatus


def test_a_prompt_appears_and_control_d_leaves(start):
    child = start()
    prompt(child)
    child.sendline("echo one; echo two")
    shows(child, "one\r\ntwo\r\n")
    prompt(child)
    assert leave(child) == 0
    assert "probes" not in child.before


def test_exit_leaves_with_its_status(start):
    child = start()
    prompt(child)
    child.sendline("exit 3")
    child.expect(pexpect.EOF)
    child.wait()
    assert child.exitstatus == 3


def test_a_mistake_is_shown_with_a_caret_and_the_shell_stays(start):
    child = start()
    prompt(child)
    child.sendline("watc shop:checkout")
    shows(child, "error: unknown command 'watc' (did you mean 'watch'?)\r\n  watc shop:checkout\r\n  ^~~~\r\n")
    prompt(child)
    assert leave(child) == 0


def test_a_line_is_edited(start):
    child = start()
    prompt(child)
    # Home, End, Left, Delete, Ctrl-W, and a character of several bytes.
    child.send("cho one\x1b[He\x1b[F twoX\x1b[D\x1b[3~ wrong\x17é€")
    child.send("\r")
    shows(child, "one two é€\r\n")
    prompt(child)
    leave(child)


def test_a_long_line_wraps_and_is_taken_whole(start):
    child = start(columns=40)
    prompt(child)
    text = "x" * 500
    child.send("echo " + text + "\r")
    shows(child, "" + text + "\r\n")
    prompt(child)
    leave(child)


def test_an_open_bracket_goes_on_in_the_next_line(start):
    child = start()
    prompt(child)
    child.sendline("timeout 60s {")
    child.expect_exact("... ")
    child.sendline("echo inside")
    child.expect_exact("... ")
    child.sendline("}")
    shows(child, "inside\r\n")
    prompt(child)
    leave(child)


def test_pasted_lines_run_together_and_only_on_return(start):
    child = start()
    prompt(child)
    child.send("\x1b[200~echo one\recho two\r\x1b[201~")
    child.expect_exact("echo two")
    child.send("\r")
    shows(child, "one\r\ntwo\r\n")
    prompt(child)
    leave(child)


def test_tab_completes_command_names(start):
    child = start()
    prompt(child)
    child.send("sess\t")
    child.expect_exact("sonde> sessions ")
    child.send("\x15st\t\t")
    child.expect(r"stack\s+status")
    child.expect_exact("sonde> sta")
    child.send("\x15wat\t")
    child.expect_exact("sonde> watch ")
    child.send("\x15echo done\r")
    shows(child, "done\r\n")
    prompt(child)
    leave(child)


def test_control_c_on_a_half_typed_line_gives_a_fresh_prompt(start):
    child = start()
    prompt(child)
    child.send("echo half")
    child.expect_exact("half")
    child.send("\x03")
    child.expect_exact("^C\r\n")
    prompt(child)
    # The same by a signal, and in a statement's second line.
    child.sendline("timeout 60s {")
    child.expect_exact("... ")
    child.kill(signal.SIGINT)
    child.expect_exact("^C\r\n")
    prompt(child)
    child.sendline("echo whole")
    shows(child, "whole\r\n")
    prompt(child)
    assert leave(child) == 0


def test_history_lasts_from_session_to_session(start, home):
    first = start()
    prompt(first)
    for text in ("echo alpha", "echo beta", " echo secret", "history | head 1"):
        first.sendline(text)
        prompt(first)
    leave(first)
    file = home / "state/sonde/history"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert file.read_text().splitlines() == ["echo alpha", "echo beta", "history | head 1"]

    second = start()
    prompt(second)
    # Up searches by what is typed; Ctrl-R anywhere in the line.
    second.send("ec\x1b[A\x1b[A\r")
    shows(second, "alpha\r\n")
    prompt(second)
    second.send("\x12bet")
    second.expect_exact("echo beta")
    second.send("\r")
    shows(second, "beta\r\n")
    prompt(second)
    leave(second)


def test_two_shells_at_once_lose_no_history(start, home):
    shells = [start() for _ in range(2)]
    for child in shells:
        prompt(child)
    for number in range(5):
        for name, child in zip("ab", shells):
            child.sendline(f"echo {name}{number}")
            shows(child, f"{name}{number}\r\n")
            prompt(child)
    for child in shells:
        leave(child)
    lines = (home / "state/sonde/history").read_text().splitlines()
    assert sorted(lines) == sorted(f"echo {name}{number}" for name in "ab" for number in range(5))


def test_a_history_that_cannot_be_kept_is_told_once(start, home):
    (home / "state").write_text("in the way")
    child = start()
    child.expect_exact("warning: cannot read the history")
    prompt(child)
    child.sendline("echo one")
    shows(child, "one\r\n")
    prompt(child)
    child.sendline("echo two")
    shows(child, "two\r\n")
    prompt(child)
    assert "warning" not in child.before
    leave(child)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_to_leave_restores_the_terminal(start, number):
    child = start()
    prompt(child)
    child.send("half")
    child.expect_exact("half")
    assert not child.getecho()
    child.kill(number)
    child.expect(pexpect.EOF)
    child.wait()
    assert child.exitstatus == 128 + number


def test_the_terminal_is_left_as_it_was_found(binary, environment, home):
    # A shell around it, so that the terminal outlives it.
    child = pexpect.spawn("/bin/sh", env={**environment, "PS1": "$ "}, encoding="utf-8", timeout=DEADLINE)
    child.expect_exact("$ ")
    child.sendline(f"cd {home}; stty -g > before; {binary}; status=$?; stty -g > after; echo status $status")
    prompt(child)
    child.sendline("echo one")
    shows(child, "one\r\n")
    prompt(child)
    child.send("\x04")
    child.expect_exact("status 0")
    assert (home / "before").read_text() == (home / "after").read_text()
    child.close(force=True)


def test_in_the_background_it_waits_for_the_terminal(binary, environment):
    child = pexpect.spawn(
        "/bin/bash", ["--norc", "-i"], env={**environment, "PS1": "$ "}, encoding="utf-8", timeout=DEADLINE
    )
    child.expect_exact("$ ")
    child.sendline(f"{binary} &")
    # The shell tells of a stopped job before its next prompt.
    while True:
        child.sendline("jobs")
        if child.expect([r"Stopped.*\r\n", r"Running.*\r\n"]) == 0:
            break
    child.sendline("fg")
    prompt(child)
    child.sendline("echo one")
    shows(child, "one\r\n")
    prompt(child)
    child.send("\x04")
    child.expect_exact("$ ")
    child.close(force=True)


def test_no_colour_where_it_is_not_wanted(start):
    for env, coloured in (({"NO_COLOR": ""}, True), ({"NO_COLOR": "1"}, False)):
        child = start(env=env)
        prompt(child, "sonde\x1b[0m> " if coloured else "sonde> ")
        child.sendline("nonsense")
        child.expect("error:")
        assert ("\x1b[1;31m" in child.before) == coloured
        child.expect_exact("> ")
        leave(child)


def test_a_dumb_terminal_gets_plain_lines(start):
    child = start(env={"TERM": "dumb"})
    prompt(child)
    child.sendline("echo one")
    child.expect_exact("\r\none\r\n")
    prompt(child)
    child.kill(signal.SIGINT)
    prompt(child)
    child.send("\x04")
    child.expect(pexpect.EOF)
    assert "\x1b" not in child.before


def test_settings_are_read_at_the_start(start, home):
    settings = home / "config/sonde/rc.sonde"
    settings.parent.mkdir(parents=True)
    settings.write_text('echo "settings read"\n')
    child = start()
    child.expect_exact("settings read\r\n")
    prompt(child)
    leave(child)


# With a target.


def test_the_prompt_names_the_target(start, shop):
    target = shop()
    child = start(target.pid)
    child.expect(rf"sonde {target.pid} [^>\r\n]*> ")
    leave(child)
    child = start(target.pid, "--allow", "exec")
    child.expect(rf"sonde {target.pid} [^>\r\n]* \[exec\]> ")
    leave(child)


def test_control_c_stops_a_watch_and_not_the_shell(start, shop):
    target = shop()
    child = start(target.pid, columns=200)
    child.expect(r"> ")
    child.sendline("watch shop:checkout -n 0")
    child.expect(r"\d  shop\.checkout ")
    child.send("\x03")
    child.expect(rf"sonde {target.pid} [^>\r\n]*> ")
    child.sendline("status")
    child.expect_exact(" 0 probes\r\n")
    child.expect(rf"sonde {target.pid} [^>\r\n]*> ")
    assert leave(child) == 0
    assert target.is_working()


def test_leaving_says_nothing_of_others_probes(start, sonde, shop):
    target = shop()
    other = sonde.start(target.pid, "-o", "jsonl", "-c", "watch shop:checkout -n 0")
    assert other.stdout.readline()
    child = start(target.pid)
    child.expect(r"> ")
    child.send("\x04")
    child.expect(pexpect.EOF)
    assert "probes" not in child.before
    assert other.poll() is None


def test_the_shell_outlives_its_target(start, shop):
    target = shop()
    child = start(target.pid)
    child.expect(r"> ")
    child.sendline("watch shop:checkout -n 0 | count")
    child.expect_exact("\r\n")
    target.kill()
    child.expect(r"error: .*\r\n")
    child.expect(r"> ")
    child.sendline("echo still here")
    shows(child, "still here\r\n")
    child.expect(r"> ")
    assert leave(child) == 0


def test_tab_completes_functions_of_the_target(start, shop):
    target = shop()
    child = start(target.pid)
    child.expect(r"> ")
    child.send("watch shop:chec\t")
    child.expect_exact("watch shop:checkout ")
    child.send("\x15watch shop.che\t")
    child.expect_exact("watch shop.checkout ")
    child.send("\x15")
    leave(child)


def test_an_unknown_target_leaves_with_its_status(start):
    child = start("999999999")
    child.expect(r"error:.*\r\n")
    child.expect(pexpect.EOF)
    child.wait()
    assert child.exitstatus == 3
