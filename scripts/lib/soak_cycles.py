"""What the soak does to a target in one cycle: attach, look, detach; or look and be killed."""

import json
import os
import subprocess
import time

from soak_program import Failure

# No command of a cycle takes a second on a quiet machine.
DEADLINE = 60
# A shell that is killed takes its probes with it in that time.
PROBES_GONE = 2.0


class Shell:
    """Runs `sonde` in a home of its own."""

    def __init__(self, binary, home):
        self.binary = str(binary)
        kept = {key: value for key, value in os.environ.items() if not key.startswith("XDG_") and key != "SONDE"}
        self.environment = {**kept, "HOME": str(home), "XDG_STATE_HOME": str(home), "XDG_CONFIG_HOME": str(home)}

    def start(self, program, commands):
        """In a session of its own: a Ctrl-C is for the soak, which lets a cycle end."""
        return subprocess.Popen(
            [self.binary, str(program.pid), "-o", "jsonl", "-c", commands],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=self.environment,
            start_new_session=True)

    def rows(self, program, commands):
        """The rows that the commands give; they must succeed."""
        process = self.start(program, commands)
        try:
            out, err = process.communicate(timeout=DEADLINE)
        except subprocess.TimeoutExpired:
            raise Failure(f"sonde -c '{commands}' did not end within {DEADLINE} s") from None
        finally:
            # Whatever happened: nothing of ours goes on by itself.
            if process.poll() is None:
                process.kill()
                process.communicate()
        if process.returncode != 0:
            raise Failure(f"sonde -c '{commands}' ended with status {process.returncode}: {err.strip()}")
        try:
            return [json.loads(line) for line in out.splitlines()]
        except ValueError:
            raise Failure(f"sonde -c '{commands}' gave no JSON lines: {out[:500]!r}") from None


def watches(shell, program, random):
    """Three calls, and away."""
    rows = shell.rows(program, "watch work:step -n 3 | select args, result; detach")
    if len(rows) != 3 or any(row["result"] != row["args"][0] * 3 + 1 for row in rows):
        raise Failure(f"not three right observations: {rows}")


def looks_around(shell, program, random):
    """Several commands, over two sessions."""
    threads = shell.rows(program, "thread | select name")
    rows = shell.rows(program, "stack work:step -n 1; watch work:step -n 2 if result > 0 | select cost; detach")
    if not threads or len(rows) != 3:
        raise Failure(f"{len(threads)} threads, {len(rows)} observations")


def is_killed(shell, program, random):
    """The shell dies at any moment: the target must not mind, and the probes must go."""
    # Most of what can go wrong is in the first moments; on a busy machine they are longer.
    delay = random.uniform(0, random.choice((0.03, 0.1, 0.4)))
    process = shell.start(program, "watch work:step -n 0 --for 60s")
    try:
        process.wait(timeout=delay)
        raise Failure(f"sonde ended by itself with status {process.returncode}: {process.stderr.read().strip()}")
    except subprocess.TimeoutExpired:
        pass
    finally:
        process.kill()
        process.communicate()
    killed = time.monotonic()
    try:
        program.must_work()
        while True:
            asked = time.monotonic()
            probes = shell.rows(program, "status")
            if not probes:
                break
            if asked > killed + PROBES_GONE:
                raise Failure(f"{asked - killed:.1f} s after its shell was killed there is still {probes}")
        shell.rows(program, "detach")
    except Failure as failure:
        raise Failure(f"the shell was killed after {delay * 1000:.1f} ms: {failure}") from None


def come_together(shell, program, random):
    """Two shells at once: one may be refused because the other is at it, and one detach must remove all."""
    processes = [shell.start(program, "watch work:step -n 2 | select cost") for _ in range(2)]
    said = []
    for process in processes:
        try:
            said.append(process.communicate(timeout=DEADLINE)[1].strip())
        except subprocess.TimeoutExpired:
            for each in processes:
                each.kill()
                each.communicate()
            raise Failure(f"one of two shells did not end within {DEADLINE} s") from None
    for process, text in zip(processes, said):
        if process.returncode != 0 and "already traced" not in text:
            raise Failure(f"one of two shells ended with status {process.returncode}: {text}")
    if all(process.returncode != 0 for process in processes):
        raise Failure(f"each of two shells was refused: {said}")
    shell.rows(program, "detach")


# How often each is done, and what it is.
CYCLES = {watches: 5, looks_around: 2, is_killed: 2, come_together: 1}


def cycle(shell, program, random, kinds=CYCLES):
    """One cycle of a kind drawn by its weight, and the checks that follow each; gives the name of the kind."""
    act = random.choices(list(kinds), kinds.values())[0]
    try:
        act(shell, program, random)
        program.must_work()
        program.must_be_as_found()
    except Failure as failure:
        raise type(failure)(f"{act.__name__}: {failure}") from None
    return act.__name__
