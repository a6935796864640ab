#!/usr/bin/env python3
"""What a probe costs the program, beside Peeka: CPU time a call, streams at a given rate, requests, the profiler.

    scripts/bench overhead [--json] [--python LABEL]... [--only NAME]... [--rounds N]

CPython 3.11 and 3.12 unless told otherwise. A call's cost is CPU time of the calling thread, the loop's own taken off, the
median of --rounds batches (7); what is added is the difference to the same target without the probe, before and after.
$SONDE is another binary than the release build's. One line for what is left out, and why.
"""

import argparse
import contextlib
import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from attach_sides import ROOT, Broken, Peeka, Sonde, environment_of_peers, find_sonde, pythons

sys.path.insert(0, str(ROOT))
from Tests.Agent.client import Client  # noqa: E402

TARGET = ROOT / "scripts/bench.d/overhead_target.py"
BATCH = 0.15  # seconds of CPU time
CALLS = "calls"
# name, the function that is called, Sonde's command, Peeka's words, the most it may add in ns, events in one call
PROBES = [
    ("watch, cost > 10000", "small", "watch __main__:small -n 0 --for 90s if cost > 10000",
     ["watch", "__main__.small", "-n", "-1", "--condition", "cost > 10000"], 300, 1),
    ("watch, params[0] > 100", "small", "watch __main__:small -n 0 --for 90s if params[0] > 100",
     ["watch", "__main__.small", "-n", "-1", "--condition", "params[0] > 100"], 200, 1),
    ("watch, len(params) > 5 and params[0] > 3", "small",
     "watch __main__:small -n 0 --for 90s if len(params) > 5 and params[0] > 3",
     ["watch", "__main__.small", "-n", "-1", "--condition", "len(params) > 5 and params[0] > 3"], 300, 1),
    ("monitor", "small", "monitor __main__:small --every 5s -n 0 --for 90s",
     ["monitor", "__main__.small", "--interval", "5", "-c", "-1"], 300, 1),
    ("stack", "small", "stack __main__:small -n 0 --for 90s", ["stack", "__main__.small", "-n", "-1"], 15000, 1),
    # Ten callees and the function itself: eleven calls and eleven returns.
    ("trace, an event", "ten", "trace __main__:ten -n 0 --for 90s", ["trace", "__main__.ten", "-n", "-1"], 1500, 22),
]
RATES = [(20_000, 0.95), (100_000, 0.50)]
STREAM_SECONDS = 5


class Program:
    """A target that answers."""

    def __init__(self, python, room):
        self.errors = open(room / "target-errors", "a")
        self.process = subprocess.Popen(
            [str(python), "-B", str(TARGET)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.errors, text=True)
        self.pid = self.process.pid
        self.process.stdout.readline()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.errors.close()
        for path in Path("/tmp").glob(f"sonde-{self.pid}.*"):
            path.unlink(missing_ok=True)

    @property
    def is_alive(self):
        return self.process.poll() is None

    def ask(self, *words):
        self.process.stdin.write(" ".join(str(word) for word in words) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise Broken(f"the target died with status {self.process.wait()}")
        return [float(word) for word in line.split()] if line[0].isdigit() or line[0] == "-" else line

    def nanoseconds(self, function, rounds):
        """CPU time of one call, the median of some batches."""
        first = self.ask("time", function, 200)[0]
        calls = max(200, min(1_000_000, int(BATCH * 1e9 / max(first, 20))))
        return statistics.median(self.ask("time", function, calls)[0] for _ in range(rounds))


@contextlib.contextmanager
def running(side, words, room):
    """A command in the background, ended as by Ctrl-C."""
    output = room / f"{side.name}.out"
    with open(output, "wb") as file:
        process = subprocess.Popen(
            [str(word) for word in words], stdin=subprocess.DEVNULL, stdout=file, stderr=subprocess.STDOUT,
            env=side.environment, preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler))
        try:
            yield process, output
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGINT)
                try:
                    process.wait(10)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()


def await_probe(program, function, base, process, output):
    """Waits until calls cost more than they did."""
    ends = time.monotonic() + 30
    while time.monotonic() < ends:
        if process.poll() is not None:
            raise Broken(f"the command ended: {output.read_text(errors='replace').strip()[-200:]}")
        if program.ask("time", function, 2000)[0] > base * 1.2 + 15:
            time.sleep(0.3)
            return
        time.sleep(0.05)
    raise Broken("the probe has not come within 30 s")


def begun(side, program, line, words):
    """The command that a side is asked with; Peeka is attached first."""
    if side.name == "sonde":
        return [side.binary, program.pid, "-o", "jsonl", "-c", line]
    done = subprocess.run(
        [str(word) for word in side.attach(program.pid)], env=side.environment, timeout=60, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True)
    if done.returncode != 0:
        raise Broken(f"attach: {done.stdout.strip()[-200:]}")
    return [side.venv / "bin/peeka-cli", *words]


def added(side, python, probe, room, rounds):
    """Nanoseconds that a probe adds to one event of a call, and what a call takes without it."""
    name, function, line, words, _, events = probe
    with Program(python, room) as program:
        before = program.nanoseconds(function, rounds)
        with running(side, begun(side, program, line, words), room) as (process, output):
            await_probe(program, function, before, process, output)
            during = program.nanoseconds(function, rounds)
        if side.name == "sonde":
            time.sleep(0.3)
            before = (before + program.nanoseconds(function, rounds)) / 2
        return (during - before) / events, before


def stream(side, python, rate, room):
    """Which part of its rate the target keeps, and which part of the observations arrives, at a rate of calls."""
    with Program(python, room) as program:
        calls, seconds = program.ask("pace", rate, STREAM_SECONDS)
        alone = calls / seconds
        base = program.nanoseconds("small", 3)
        line, words = "watch __main__:small -n 0 --for 90s", ["watch", "__main__.small", "-n", "-1"]
        command = begun(side, program, line, words)
        with running(side, command, room) as (process, output):
            await_probe(program, "small", base, process, output)
            start = settled(output)
            calls, seconds = program.ask("pace", rate, STREAM_SECONDS)
            got = settled(output) - start
            process.send_signal(signal.SIGINT)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(10)
            said = [text for text in output.read_text(errors="replace").splitlines() if "dropped" in text]
        return {"kept": calls / seconds / alone, "arrived": got / calls, "said": said[-1][:120] if said else ""}


def settled(output):
    """How many observations have been written, when no more come."""
    last = -1
    while True:
        with open(output, "rb") as file:
            count = sum(b"small" in line for line in file)
        if count == last:
            return count
        last = count
        time.sleep(0.5)


def requests(sonde, python, room):
    """Microseconds from a request to its reply in a session: (`thread`, `sc *`), medians."""
    with Program(python, room) as program:
        subprocess.run([sonde.binary, str(program.pid), "-c", "status"], check=True, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL)
        client = Client(f"/tmp/sonde-{program.pid}.sock")

        def median(command, params):
            times = []
            for _ in range(200):
                start = time.perf_counter_ns()
                client.request(command, params)
                times.append((time.perf_counter_ns() - start) / 1000)
            return statistics.median(times)

        return median("thread", {}), median("sc", {"pattern": "*"})


def profiler(sonde, python, room):
    """The part of a core that `top` takes at 100 Hz beside 50 threads, in percent."""
    with Program(python, room) as program:
        program.ask("threads", 50)
        subprocess.run([sonde.binary, str(program.pid), "-c", "status"], check=True, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL)
        own = {task for task in os.listdir(f"/proc/{program.pid}/task")}
        line = "top --for 5s --hz 100"
        done = subprocess.Popen([sonde.binary, str(program.pid), "-q", "-c", line], stdout=subprocess.DEVNULL,
                                stderr=subprocess.PIPE, text=True)
        time.sleep(1)
        tasks = set(os.listdir(f"/proc/{program.pid}/task")) - own

        def used():
            return sum(int(Path(f"/proc/{program.pid}/task/{task}/schedstat").read_text().split()[0]) for task in tasks)

        if done.poll() is not None or not tasks:
            raise Broken(f"top: {done.stderr.read().strip()[-200:]}")
        start, began = used(), time.monotonic()
        time.sleep(3)
        percent = (used() - start) / 1e7 / (time.monotonic() - began)
        done.wait(30)
        return percent


def attempt(results, key, work):
    try:
        results[key] = work()
    except (Broken, subprocess.SubprocessError, OSError) as error:
        print(f"left out: {key}: {error}", file=sys.stderr)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--python", action="append")
    parser.add_argument("--only", action="append", help="rows whose name holds this")
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    wanted = lambda name: not options.only or any(part in name for part in options.only)  # noqa: E731
    everything = {}
    with tempfile.TemporaryDirectory(prefix="overhead-") as folder:
        room = Path(folder)
        sonde = Sonde(room, find_sonde())
        for label, python in pythons(*(options.python or ["3.11", "3.12"])).items():
            venv = ROOT / f".build/bench-venv-{label}"
            inside, missing = environment_of_peers(python, venv, ["peeka"])
            peeka = Peeka(room, venv)
            sides = [sonde] + ([] if missing else [peeka])
            for name, why in missing.items():
                print(f"left out: {name} on {label}: {why}", file=sys.stderr)
            results = everything[label] = {}
            for probe in filter(lambda probe: wanted(probe[0]), PROBES):
                for side in sides:
                    attempt(results, (probe[0], side.name), lambda: added(side, inside, probe, room, options.rounds))
            for rate, _ in RATES if wanted("stream") else []:
                for side in sides:
                    attempt(results, (f"stream {rate}", side.name), lambda: stream(side, inside, rate, room))
            if wanted("requests"):
                attempt(results, ("requests", "sonde"), lambda: requests(sonde, inside, room))
            if wanted("top"):
                attempt(results, ("top", "sonde"), lambda: profiler(sonde, inside, room))
            report(label, results)
    if options.json:
        print(json.dumps({label: {"/".join(key): value for key, value in each.items()} for label, each in everything.items()}))


def report(label, results):
    print(f"\nCPython {label}; nanoseconds of CPU time added to a call (load {os.getloadavg()[0]:.1f})")
    print(f"{'':42} {'alone':>8} {'Sonde':>9} {'at most':>9} {'Peeka':>10} {'ratio':>7}")
    for name, _, _, _, most, _ in PROBES:
        ours, theirs = results.get((name, "sonde")), results.get((name, "peeka"))
        if ours is None:
            continue
        ratio = f"{theirs[0] / ours[0]:.1f}" if theirs and ours[0] > 0 else "-"
        their = f"{theirs[0]:.0f}" if theirs else "-"
        print(f"{name:42} {ours[1]:8.0f} {ours[0]:9.0f} {most:9} {their:>10} {ratio:>7}")
    for rate, least in RATES:
        for side in ("sonde", "peeka"):
            one = results.get((f"stream {rate}", side))
            if one:
                asked = f"(at least {least:.0%})" if side == "sonde" else ""
                print(f"{side}: {rate} calls a second: keeps {one['kept']:.1%} {asked}, {one['arrived']:.1%} arrive  {one['said']}")
    if ("requests", "sonde") in results:
        thread, classes = results["requests", "sonde"]
        print(f"request to reply: thread {thread:.0f} us (150), sc * {classes:.0f} us (1000)")
    if ("top", "sonde") in results:
        print(f"top at 100 Hz, 50 threads: {results['top', 'sonde']:.2f} % of a core (1)")


if __name__ == "__main__":
    main()
