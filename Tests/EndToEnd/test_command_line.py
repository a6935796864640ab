"""The command line without a terminal: what runs, where it is written, and the status it leaves with."""

import signal
import subprocess

import pytest

DEADLINE = 30


@pytest.fixture
def run(binary, sonde):
    """Runs the program; standard input is empty unless it is given."""

    def run(*arguments, input="", env=(), **options):
        return subprocess.run(
            [str(binary), *map(str, arguments)],
            input=input,
            env={**sonde.environment, **dict(env)},
            timeout=DEADLINE,
            text=True,
            stdout=options.pop("stdout", subprocess.PIPE),
            stderr=subprocess.PIPE,
            **options,
        )

    return run


@pytest.fixture
def start(binary, sonde):
    """Starts the program with pipes; it is ended when the test is over."""
    started = []

    def start(*arguments):
        child = subprocess.Popen(
            [str(binary), *map(str, arguments)],
            env=sonde.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(child)
        return child

    yield start
    for child in started:
        child.kill()
        child.wait()
        for stream in (child.stdin, child.stdout, child.stderr):
            stream.close()


@pytest.mark.parametrize(
    "commands, status, output",
    [
        ("echo one; echo two", 0, "one\ntwo\n"),
        ("echo one\necho two", 0, "one\ntwo\n"),
        ("", 0, ""),
        ("exit 7", 7, ""),
        ("status", 3, ""),
        ("nonsense", 2, ""),
        ("echo one; nonsense", 2, ""),
        ("exec print(1)", 4, ""),
        ("run nowhere", 1, ""),
        ("timeout 50ms { repeat 100 every 1s { echo x } }", 124, "x\n"),
    ],
)
def test_commands_and_their_status(run, commands, status, output):
    done = run("-c", commands)
    assert (done.returncode, done.stdout) == (status, output), done.stderr
    assert (done.stderr == "") == (status in (0, 7))


def test_standard_input_is_a_script(run):
    done = run(input="timeout 10s {\n  echo one\n}\necho two\n")
    assert (done.returncode, done.stdout, done.stderr) == (0, "one\ntwo\n", "")
    # Nothing of it runs when any of it is wrong, and the mistake is shown with its place.
    done = run(input="echo one\n\necho two\n  watc x\n")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "standard input:4:3: error: unknown command 'watc' (did you mean 'watch'?)\n    watc x\n    ^~~~\n"
    )


def test_a_script_and_its_arguments(run, tmp_path):
    script = tmp_path / "greet.sonde"
    script.write_text("param who\nparam times = 1\necho \"$who $times\"\n")
    assert run("-f", script, "it's {me}", "times=3").stdout == "it's {me} 3\n"
    assert run("-f", script, "me", "-o", "json").stdout == "me 1\n"
    assert run("run", script, "it's {me}", "2").stdout == "it's {me} 2\n"
    assert run("-f", "-", "me", input=script.read_text()).stdout == "me 1\n"
    done = run("-f", script)
    assert done.returncode == 2
    assert done.stderr.startswith(f"{script}:1:1: error: the script needs a value for 'who'")
    done = run("-f", tmp_path / "nowhere")
    assert (done.returncode, done.stderr) == (2, f"error: cannot read {tmp_path}/nowhere: No such file or directory\n")
    script.write_bytes(b"echo \xff\n")
    done = run("-f", script)
    assert (done.returncode, done.stderr) == (2, f"error: {script} is not UTF-8\n")


def test_a_typo_touches_no_target(run):
    done = run("999999999", "-c", "watc x")
    assert done.returncode == 2
    assert done.stderr.startswith("error: unknown command 'watc'")


def test_checking_runs_nothing(run, tmp_path):
    script = tmp_path / "a.sonde"
    script.write_text("echo one\n")
    done = run("check", script)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    script.write_text("echo one\n" * 6 + "ehco two\n")
    done = run("check", script)
    assert done.returncode == 2
    assert done.stderr.startswith(f"{script}:7:1: error: ")


CLOSED = "error: the output was closed by its reader\n"


def test_a_reader_that_goes_away_is_told_in_one_line(start):
    child = start("-c", "repeat 100000 { echo row }")
    assert child.stdout.readline() == "row\n"
    child.stdout.close()
    assert child.stderr.read() == CLOSED
    assert child.wait(DEADLINE) == 1


def test_a_reader_that_goes_away_ends_a_watch(run, start, shop):
    target = shop()
    child = start(target.pid, "-q", "-o", "jsonl", "-c", "watch shop:checkout -n 0")
    assert child.stdout.readline().startswith('{"ts":')
    child.stdout.close()
    assert child.wait(DEADLINE) == 1
    assert child.stderr.read() == CLOSED
    assert " 0 probes\n" in run(target.pid, "-c", "status").stderr


def test_a_full_disk_is_an_error(run):
    with open("/dev/full", "w") as full:
        done = run("-c", "echo one", stdout=full)
    assert (done.returncode, done.stderr) == (1, "error: cannot write the output: No space left on device\n")


def test_rows_are_flushed_one_by_one(start):
    child = start("-c", "echo one; repeat 100 every 60s { echo two }")
    assert [child.stdout.readline() for _ in range(2)] == ["one\n", "two\n"]


def test_an_interrupt_ends_what_runs(start):
    child = start("-c", "repeat 100 every 60s { echo one }")
    assert child.stdout.readline() == "one\n"
    child.send_signal(signal.SIGINT)
    assert child.wait(DEADLINE) == 130


def test_a_second_interrupt_leaves_at_once(start):
    child = start("-c", "defer { echo last; repeat 100 every 60s { echo two } }; echo one; repeat 100 every 60s { echo x }")
    assert child.stdout.readline() == "one\n"
    child.send_signal(signal.SIGINT)
    while child.stdout.readline() != "two\n":
        pass
    child.send_signal(signal.SIGINT)
    assert child.wait(DEADLINE) == 130


def test_an_interrupt_while_a_script_is_awaited(start):
    child = start()
    # It ignores nothing before it listens: the first interrupt may also end it as any program.
    child.send_signal(signal.SIGINT)
    assert child.wait(DEADLINE) in (130, -signal.SIGINT)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_to_leave(start, number):
    child = start("-c", "repeat 100 every 60s { echo one }")
    assert child.stdout.readline() == "one\n"
    child.send_signal(number)
    assert child.wait(DEADLINE) == 128 + number


def test_colour_only_where_it_is_wanted(run):
    assert "\x1b" not in run("-c", "nonsense").stderr
    assert "\x1b" in run("-c", "nonsense", env={"CLICOLOR_FORCE": "1"}).stderr
    assert "\x1b" not in run("-c", "nonsense", env={"CLICOLOR_FORCE": "1", "NO_COLOR": "1"}).stderr
    assert "\x1b" in run("-c", "nonsense", "--color", "always", env={"NO_COLOR": "1"}).stderr


def test_help_and_usage(run):
    done = run("--help")
    assert done.returncode == 0 and done.stderr == ""
    assert all(f"\n  {verb} " in done.stdout for verb in ("ps", "doctor", "eval", "where", "check", "run"))
    assert run("--version").stdout.startswith("sonde ")
    done = run("--nonsense")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("error: Unknown option '--nonsense'\n")


def test_expressions_alone(run):
    assert run("eval", "cost * 2 if 'x' in params else 0", "--var", "cost=120.5", "--var", 'params=["x"]').stdout == (
        "241.0\n"
    )
    assert run("eval", "(1, 'a')", "-o", "json").stdout == '[1,"a"]\n'
    done = run("eval", 'parms[0] == "x"', "--var", 'params=["x"]')
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "error: unknown name 'parms' (did you mean 'params'?)\n  parms[0] == \"x\"\n  ^~~~~\n"
    )
    done = run("eval", "params[5]", "--var", 'params=["x"]')
    assert done.returncode == 1
    assert "~~~~~~~~~" in done.stderr


def test_json_lines_are_filtered(run):
    rows = '{"cost":1,"user":"a"}\n\n{"cost":500,"user":"b"}\r\n{"cost":300,"user":"c"}'
    assert run("where", "cost > 100", input=rows).stdout == '{"cost":500,"user":"b"}\n{"cost":300,"user":"c"}\n'
    done = run("where", "cost > 100 | sort cost | select user", input=rows)
    assert done.stdout == '{"user":"c"}\n{"user":"b"}\n'
    assert run("where", "cost > 100", "-o", "csv", input=rows).stdout.splitlines() == ["cost,user", "500,b", "300,c"]
    done = run("where", "cost > 100", input='{"cost":1}\nnonsense\n{"cost":200}\n{"cost":\n')
    assert (done.returncode, done.stdout) == (1, '{"cost":200}\n')
    assert done.stderr.splitlines()[0].startswith("standard input:2: warning: no JSON, left out: ")
    assert done.stderr.splitlines()[1] == "standard input: warning: 2 lines were no JSON and were left out"
    assert run("where", "cost >", input=rows).returncode == 2
