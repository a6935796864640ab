"""A program that is launched gets the agent as it starts, and is what it would be without."""

import json
import os
import signal
import stat
import subprocess
import time

import pytest
from support import eventually

# What the first line sees, then a life that ends with the line after the file `go` appears.
PROGRAM = """\
import sys; seen = ("_sonde_agent" in sys.modules, sys.getprofile(), sys.gettrace(), sorted(globals()))
import json, os, time
def tell(path):
    flags = list(sys.flags)
    child = os.popen(sys.executable + " -c 'import os; print(sorted(os.environ))'").read()
    with open(path + ".new", "w") as file:
        json.dump({"agent": seen[0], "hooks": [repr(seen[1]), repr(seen[2])], "names": seen[3], "argv": sys.argv,
            "orig": getattr(sys, "orig_argv", None), "path": sys.path, "flags": repr(flags), "name": __name__,
            "environment": sorted(os.environ), "child": child, "modules": sorted(m for m in sys.modules if "sonde" not in m),
            "group": os.getpgid(0) == os.getpid()}, file)
    os.rename(path + ".new", path)
def work(n): return n * 2
tell(sys.argv[1])
deadline = time.monotonic() + 60
while not os.path.exists(sys.argv[1] + ".go") and time.monotonic() < deadline:
    work(21)
    time.sleep(0.01)
print("last line", flush=True)
sys.exit(7)
"""


@pytest.fixture
def program(tmp_path):
    """The program in its several shapes: words by name."""
    script = tmp_path / "program.py"
    script.write_text(PROGRAM)
    package = tmp_path / "packed"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "__main__.py").write_text(PROGRAM)

    def words(python, shape, answer):
        python = str(python)
        if shape == "shebang":
            own = tmp_path / f"own-{answer.name}.py"
            own.write_text(f"#!{python}\n{PROGRAM}")
            own.chmod(own.stat().st_mode | stat.S_IXUSR)
            return [str(own), str(answer)]
        return {
            "script": [python, str(script), str(answer)],
            "module": [python, "-m", "packed", str(answer)],
            "code": [python, "-c", PROGRAM, str(answer)],
            "directory": [python, str(package), str(answer)],
            "isolated": [python, "-I", "-B", str(script), str(answer)],
        }[shape]

    return words


SHAPES = ["script", "module", "code", "directory", "isolated", "shebang"]


def seen(answer):
    assert eventually(answer.exists, 20), "the program did not come to tell what it sees"
    return json.loads(answer.read_text())


def alone(sonde, words, answer, tmp_path):
    """What the program sees without Sonde."""
    answer.with_name(answer.name + ".go").touch()
    done = subprocess.run(words, cwd=tmp_path, env=sonde.environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, timeout=60)
    assert (done.returncode, done.stdout) == (7, b"last line\n")
    found = seen(answer)
    answer.unlink()
    answer.with_name(answer.name + ".go").unlink()
    return found


@pytest.mark.parametrize("shape", SHAPES)
def test_a_program_is_what_it_would_be(sonde, python, program, shape, tmp_path):
    answer = tmp_path / "answer"
    words = program(python, shape, answer)
    expected = alone(sonde, words, answer, tmp_path)
    assert not expected.pop("agent") and not expected.pop("group")
    shell = sonde.start("launch", "-o", "jsonl", "-c", "eval 40 + 2; detach", "--", *words, cwd=tmp_path)
    found = seen(answer)
    found.pop("agent")
    assert found.pop("group")
    extra = set(found.pop("modules")) - set(expected.pop("modules"))
    # Of built-in modules only, and the agent's own.
    own = {"_ast", "_json", "_socket", "_weakref", "atexit", "binascii", "itertools", "math", "select"}
    assert extra <= own, extra
    assert found == expected
    # The program has the shell's output, and so is ended before that is read to its end.
    shell.wait(timeout=30)
    answer.with_name(answer.name + ".go").touch()
    out, err = shell.communicate(timeout=30)
    lines = out.splitlines()
    assert shell.returncode == 0 and "last line" in lines and any('"value":42' in line for line in lines), (out, err)


def test_its_functions_are_watched(sonde, any_python, program, tmp_path):
    answer = tmp_path / "answer"
    script = tmp_path / "watch.sonde"
    # The function is there some lines after the first.
    script.write_text("param seconds\nrepeat 2 every 1s { echo {seconds} }\nwatch __main__:work -n 3 | select result\n")
    words = program(any_python, "script", answer)
    shell = sonde.start("launch", "-o", "jsonl", "-f", script, "5", "--", *words)
    shell.wait(timeout=30)
    answer.with_name(answer.name + ".go").touch()
    out, err = shell.communicate(timeout=30)
    assert shell.returncode == 0 and out.count('{"result":42}') == 3, (out, err)


def test_a_script_on_standard_input_is_not_the_programs(sonde, any_python, tmp_path):
    code = "import sys, time; print(repr(sys.stdin.read()), flush=True); time.sleep(1)"
    words = ["--", any_python, "-c", code]
    outcome = sonde("launch", *words, stdin="echo one\nrepeat 2 every 500ms { echo two }\n").succeeded()
    assert sorted(outcome.out.split()) == ["''", "one", "two", "two"]
    # With commands of its own, the shell leaves standard input to the program.
    outcome = sonde("launch", "-c", "repeat 2 every 500ms { echo two }", *words, stdin="text").succeeded()
    assert sorted(outcome.out.split()) == ["'text'", "two", "two"]


def test_the_exit_status_is_told(sonde, any_python, tmp_path):
    words = ["--", any_python, "-c", "import time; time.sleep(0.5); raise SystemExit(7)"]
    outcome = sonde("launch", "-c", "repeat 2 every 1500ms { echo x }", *words).succeeded()
    assert " ended with status 7\n" in outcome.err
    words[-1] = "import os, time; time.sleep(0.5); os.kill(os.getpid(), 15)"
    outcome = sonde("launch", "-c", "repeat 2 every 1500ms { echo x }", *words).succeeded()
    assert " was ended by signal 15 (Terminated)\n" in outcome.err
    outcome = sonde("launch", "-q", "-c", "repeat 2 every 1500ms { echo x }", *words).succeeded()
    assert outcome.err == ""


def launched(sonde, any_python, tmp_path, *options):
    """A shell that is busy, and the pid of its program, which lives until it reads the end of a pipe."""
    mark = tmp_path / "pid"
    code = f"import os, time; open({str(mark)!r}, 'w').write(str(os.getpid())); time.sleep(20)"
    shell = sonde.start("launch", *options, "--", any_python, "-c", code, stdout=subprocess.PIPE)
    assert eventually(lambda: mark.exists() and mark.read_text(), 20)
    return shell, int(mark.read_text())


def is_running(pid):
    try:
        with open(f"/proc/{pid}/stat") as text:
            return text.read().rsplit(")", 1)[1].split()[0] not in "ZX"
    except OSError:
        return False


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_the_program_goes_on_when_the_shell_ends(sonde, any_python, tmp_path, number):
    shell, pid = launched(sonde, any_python, tmp_path, "-c", "echo on; repeat 100 every 60s { echo x }")
    try:
        assert shell.stdout.readline() == "on\n"
        shell.send_signal(number)
        assert shell.wait(timeout=20) == {2: 130, 15: 143, 9: -9}[number]
        time.sleep(0.3)
        assert is_running(pid)
        assert sonde(pid, "-c", "eval 40 + 2; detach", "-o", "jsonl").succeeded().rows[0]["value"] == 42
    finally:
        os.kill(pid, signal.SIGKILL)


@pytest.mark.parametrize("milliseconds", [1, 5, 10, 20, 40, 60, 90, 130, 200])
def test_a_shell_that_is_killed_early_harms_no_program(sonde, any_python, tmp_path, milliseconds):
    started, out = tmp_path / "started", tmp_path / "out"
    code = f"open({str(out)!r}, 'a').write('first\\n'); import json; open({str(out)!r}, 'a').write('last\\n')"
    words = ["sh", "-c", 'touch "$0"; exec "$@"', started, any_python, "-c", code]
    shell = sonde.start("launch", "-c", "repeat 100 every 60s { echo x }", "--", *words)
    if milliseconds > 40:
        assert eventually(started.exists, 20, 0.001)
        milliseconds -= 40
    time.sleep(milliseconds / 1000)
    shell.kill()
    # Whoever has the pipe too goes on until its end.
    assert shell.communicate(timeout=20)[1] == "" or started.exists()
    if started.exists():
        assert out.read_text() == "first\nlast\n"


def test_what_cannot_be_launched(sonde, tmp_path):
    sonde("launch", "-c", "status", "--", "no-such-program").failed(3, "cannot start no-such-program: No such file")
    sonde("launch", "-c", "status", "--", tmp_path).failed(3, "cannot start")
    sonde("launch", "-c", "nonsense", "--", "touch", tmp_path / "x").failed(2, "nonsense")
    assert not (tmp_path / "x").exists()
    sonde("launch", "-c", "status").failed(2, "The program to start is missing")
    outcome = sonde("launch", "-c", "status", "--", "false").failed(3)
    assert " ended with status 1\n" in outcome.err


def test_a_program_that_is_no_python(sonde):
    shell = sonde.start("launch", "-c", "status", "--", "sh", "-c", "exec sleep 20 > /dev/null 2>&1")
    out, err = shell.communicate(timeout=20)
    assert (shell.returncode, out) == (3, "") and "holds no Python interpreter" in err, err
    pid = int(err.split("process ")[1].split()[0])
    assert f"process {pid} goes on without an agent\n" in err
    assert is_running(pid)
    os.kill(pid, signal.SIGKILL)
