"""Whatever is wrong gets one clear line and the right exit status, and changes nothing in the target."""

import os
import signal
import subprocess
import time

import pytest
from support import UNTOUCHED, Shop


@pytest.fixture
def process():
    """Starts a process that is not ours to look into; killed by its pid at the end."""
    started = []

    def start(*words, **options):
        started.append(subprocess.Popen([str(word) for word in words], **options))
        return started[-1]

    yield start
    for one in started:
        if one.poll() is None:
            one.kill()
        one.wait()


@pytest.fixture
def watched(shop):
    """A shop that must come out of the test untouched."""
    one = shop()
    yield one
    one.is_as_found_within(2, UNTOUCHED)
    assert one.is_working()


def test_a_pid_that_is_not(sonde, process):
    ended = process("true")
    ended.wait()
    outcome = sonde(ended.pid, "-c", "status").failed(3, str(ended.pid))
    assert len(outcome.error_lines) == 1


def test_a_process_that_is_not_python(sonde, process):
    sleeper = process("sleep", "60")
    outcome = sonde(sleeper.pid, "-c", "status").failed(3, "Python")
    assert len(outcome.error_lines) == 1
    assert sleeper.poll() is None


def test_no_such_command_line(sonde):
    sonde("no-such-program-anywhere.py", "-c", "status").failed(3, "no-such-program-anywhere.py")


def test_another_users_process(sonde, watched, other_user):
    prefix, binary = other_user
    sonde(watched.pid, "-c", "status", prefix=prefix, binary=binary).failed(4, str(watched.pid))


def test_root_looks_into_another_users_process(sonde, room, other_user):
    prefix, _ = other_user
    place = room / "nobody"
    place.mkdir()
    shop = Shop("/usr/bin/python3", place, prefix=prefix)
    try:
        assert len(sonde.rows(shop, "watch shop:checkout -n 2 | select cost")) == 2
        sonde.on(shop, "detach").succeeded()
        shop.is_as_found_within(2)
    finally:
        assert shop.close() == []


@pytest.mark.parametrize("milliseconds", [0, 5, 10, 20, 30, 45, 60, 80, 110, 150])
def test_a_process_that_exits_while_we_attach(sonde, process, any_python, milliseconds):
    program = "import sys, time; print(flush=True); sys.stdin.readline(); time.sleep(float(sys.argv[1]))"
    short = process(
        any_python, "-c", program, milliseconds / 1000, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    short.stdout.readline()
    attaching = sonde.start(short.pid, "-c", "eval 1 + 1")
    short.stdin.write("go\n")
    short.stdin.flush()
    out, err = attaching.communicate(timeout=20)
    if attaching.returncode == 0:
        assert "2" in out
    else:
        assert attaching.returncode == 3, (out, err)
        assert len([line for line in err.splitlines() if "error: " in line]) == 1, err
    assert short.wait(timeout=10) == 0
    assert short.stderr.read() == ""


def test_a_pattern_that_matches_nothing(sonde, watched):
    outcome = sonde.on(watched, "watch shop:chekout").failed(1, "chekout", "did you mean")
    assert "checkout" in outcome.err
    sonde.on(watched, "watch shp:checkout").failed(1, "shp")
    sonde.on(watched, "watch json.tool:main").failed(1, "json.tool")


def test_a_pattern_imports_nothing(sonde, watched):
    sonde.on(watched, "watch turtle:Turtle.left").failed(1, "turtle")
    assert sonde.rows(watched, 'sc "turtle:*"') == []


@pytest.mark.parametrize("pattern", ["shop:", ":checkout", "shop:[", '"shop:checkout()"'])
def test_a_pattern_that_is_none(sonde, watched, pattern):
    outcome = sonde.on(watched, f"watch {pattern} -n 1 --for 1s")
    assert outcome.status in (1, 2), outcome
    assert len([line for line in outcome.error_lines if "error: " in line]) == 1, outcome


@pytest.mark.parametrize(
    "guard, marked",
    [
        ("cost > > 3", ">"),
        ("cost >", ""),
        ("__import__('os')", "__import__"),
        ("user.__class__ == 1", "__class__"),
        ("(lambda: 1)()", "lambda"),
        ("open('x')", "open"),
    ],
)
def test_a_bad_expression(sonde, watched, guard, marked):
    outcome = sonde.on(watched, f"watch shop:checkout if {guard}").failed(2)
    assert marked in outcome.caret()


def test_a_misspelt_parameter(sonde, watched):
    outcome = sonde.on(watched, "watch shop:checkout if usr.tier == \"gold\"").failed(2, "usr", "did you mean", "user")
    assert outcome.caret() == "usr"


def test_a_misspelt_command_and_stage(sonde, watched):
    outcome = sonde.on(watched, "wach shop:checkout").failed(2, "wach", "watch")
    assert outcome.caret() == "wach"
    outcome = sonde.on(watched, "thread | wher state == 1").failed(2, "wher", "where")
    assert outcome.caret() == "wher"


def test_nothing_is_attached_for_a_typo(sonde, shop):
    one = shop()
    sonde.on(one, "watch shop:checkout if cost >").failed(2)
    assert one.differences() == {}


def test_an_error_in_line_seven(sonde, watched, tmp_path):
    script = tmp_path / "seven.sonde"
    lines = ["# a script", "param limit = 20", "", 'echo "one"', "thread | count", "", "watch shop:checkout if cost >> limit >"]
    script.write_text("\n".join(lines) + "\n")
    outcome = sonde(watched.pid, "-f", script).failed(2, "seven.sonde:7:")
    assert outcome.out == "", "nothing runs before all of it is known to be right"
    outcome.caret()


def test_a_failure_in_line_three(sonde, watched, tmp_path):
    script = tmp_path / "three.sonde"
    script.write_text('echo "one"\n\nwatch shop:nothing -n 1\necho "never"\n')
    outcome = sonde(watched.pid, "-f", script).failed(1, "three.sonde:3:", "nothing")
    assert outcome.out == "one\n"


def test_a_script_that_is_not(sonde, watched, tmp_path):
    sonde(watched.pid, "-f", tmp_path / "absent.sonde").failed(2, "absent.sonde")


def test_bad_arguments(sonde):
    assert sonde("--no-such-option").status == 2
    assert sonde("1", "-c", "status", "-o", "nonsense").status == 2
    assert sonde("1", "-c", "status", "-f", "x").status == 2


def test_a_closed_pipe(sonde, watched, binary):
    words = [str(binary), str(watched.pid), "-c", "watch shop:checkout -n 0 --for 30s", "-o", "jsonl"]
    first = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=sonde.environment, text=True)
    sonde.processes.append(first)
    head = subprocess.run(["head", "-n", "1"], stdin=first.stdout, stdout=subprocess.PIPE, timeout=20, check=True)
    first.stdout.close()
    assert head.stdout.count(b"\n") == 1
    start = time.monotonic()
    status = first.wait(timeout=10)
    assert time.monotonic() - start < 5
    assert status == 1
    lines = [line for line in first.stderr.read().splitlines() if not line.startswith("attached to ")]
    assert lines == ["error: the output was closed by its reader"]
    watched.is_as_found_within(2, UNTOUCHED)


def test_the_target_is_killed_in_mid_watch(sonde, shop):
    one = shop()
    watcher = sonde.start(one.pid, "-c", "watch shop:checkout -n 0 --for 60s", "-o", "jsonl")
    watcher.stdout.readline()
    one.kill()
    _, err = watcher.communicate(timeout=10)
    assert watcher.returncode == 3
    assert len([line for line in err.splitlines() if "error: " in line]) == 1, err


def test_a_stopped_target(sonde, shop):
    one = shop()
    os.kill(one.pid, signal.SIGSTOP)
    try:
        start = time.monotonic()
        outcome = sonde.on(one, "status", "--timeout", "2s").failed(1, "stopped", "kill -CONT")
        assert time.monotonic() - start < 10, outcome
    finally:
        os.kill(one.pid, signal.SIGCONT)
    assert one.is_working()


def ended_at_once(sonde, *words):
    """It ended within some seconds, a debug build's start included, and on its own."""
    start = time.monotonic()
    outcome = sonde(*words)
    assert time.monotonic() - start < 10
    assert outcome.status in (0, 1, 2), outcome.status
    return outcome


HARD_SOURCES = {
    "brackets": ("(" * 60_000, "longer than 4096"),
    "a short pile of brackets": ("(" * 4_000, "nested deeper"),
    "mixed brackets": ("([{" * 1_300, "nested deeper"),
    "nots": ("not " * 1_000 + "1", "nested deeper"),
    "a string without end": ("'abc", "string"),
    "an f-string without end": ("f'{x", "f-string"),
    "f-strings in f-strings": ("f'{" * 1_300, "nested deeper"),
    "a bidirectional mark": ("'\u202etxt' == s", "U+202E"),
    "a byte order mark": ("1 + \ufeff1", "U+FEFF"),
    "an escape sequence": ("x \x1b[2J > 1", "U+001B"),
    "a lone surrogate": ("'\ud800'", "UTF-8"),
    "another encoding": (b"'na\xefve' == s", "UTF-8"),
    "nothing": ("", "no expression"),
    "a long name": ("x" * 5_000, "longer than 4096"),
}


@pytest.mark.parametrize("name", HARD_SOURCES)
def test_a_hard_expression(sonde, name):
    source, message = HARD_SOURCES[name]
    raw = source if isinstance(source, bytes) else source.encode("utf-8", "surrogatepass")
    outcome = ended_at_once(sonde, "eval", "--", raw).failed(2, message)
    assert not set(outcome.err) & {"\x1b", "\u202e", "\ufeff"}, outcome


@pytest.mark.parametrize(
    "expression", ["int('z' * 100, 36) > 0", "'aa\\n\\t'.expandtabs(9223372036854775807)", "9**9**9"]
)
def test_a_hard_value(sonde, expression):
    outcome = ended_at_once(sonde, "eval", expression)
    assert outcome.status in (0, 1), outcome
    assert len(outcome.error_lines) in (0, 3), outcome


HARD_SCRIPTS = {
    "10 MB of brackets": b"eval " + b"(" * 10_000_000,
    "10 MB of an open string": b"echo '" + b"a" * 10_000_000,
    "10 MB of a number": b"let x = " + b"9" * 10_000_000,
    "60,000 braces": b"if true " + b"{ " * 60_000,
    "NUL bytes": b"eval " + b"\0" * 1_000,
    "another encoding": b"echo 'na\xefve'",
    "a surrogate": b"echo '\xed\xa0\x80'",
    "a bidirectional mark": "echo {'\u202etxt'}".encode(),
}


@pytest.mark.parametrize("name", HARD_SCRIPTS)
def test_a_hard_script(sonde, tmp_path, name):
    script = tmp_path / "hard.sonde"
    script.write_bytes(b"echo 1\n" + HARD_SCRIPTS[name] + b"\n")
    for words in (("check", script), ("run", script)):
        outcome = ended_at_once(sonde, *words)
        assert outcome.status in (1, 2), outcome
        assert len([line for line in outcome.error_lines if "error: " in line]) == 1, outcome
        assert outcome.out == ""
        assert len(outcome.err) < 2_000
        assert not set(outcome.err) & {"\0", "\x1b", "\u202e"}, outcome
