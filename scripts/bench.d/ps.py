"""`scripts/bench ps`: how long `sonde ps` takes on a machine with many processes.

    scripts/bench ps [--processes 2000] [--pythons 300] [--rounds 30] [--sonde PATH...] [--json]

Most of a machine's processes are no Python: the mix is `sleep`, and idle interpreters of every version that there is, in
turn. CPU is the command's own, user and system; it says more than the time where other work runs beside it.
"""

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
IDLE = ["-S", "-E", "-c", "import signal; signal.pause()"]


def interpreters():
    found = subprocess.run([ROOT / "scripts/find-pythons"], stdout=subprocess.PIPE, text=True, check=True).stdout
    return [line.split(" ", 1)[1] for line in found.splitlines()]


def start(processes, pythons):
    paths = interpreters()
    commands = [[paths[number % len(paths)], *IDLE] for number in range(pythons)]
    commands += [["sleep", "600"]] * (processes - pythons)
    return [subprocess.Popen(command, stdin=subprocess.DEVNULL) for command in commands]


def cpu():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def measure(sonde):
    """One look: milliseconds, milliseconds of CPU, and how many it found."""
    used, begin = cpu(), time.perf_counter()
    done = subprocess.run([sonde, "ps", "-o", "jsonl"], stdout=subprocess.PIPE, check=True)
    return (time.perf_counter() - begin) * 1e3, (cpu() - used) * 1e3, done.stdout.count(b"\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--processes", type=int, default=2000)
    parser.add_argument("--pythons", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--sonde", nargs="+", default=[])
    parser.add_argument("--json", action="store_true", help="one JSON object with all figures")
    options = parser.parse_args()
    if not options.sonde:
        build = ["swift", "build", "-c", "release", "--product", "sonde"]
        subprocess.run(build, cwd=ROOT, stdout=sys.stderr, check=True)
        options.sonde = [str(ROOT / ".build/release/sonde")]
    others = sum(name.isdigit() for name in os.listdir("/proc"))
    started = start(options.processes, options.pythons)
    try:
        # Those that start are no measure: wait until all of them pause.
        deadline = time.monotonic() + 120
        while any(Path(f"/proc/{one.pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "S" for one in started):
            if time.monotonic() > deadline:
                sys.exit("bench ps: the processes did not come to rest")
            time.sleep(0.2)
        looks = {sonde: [] for sonde in options.sonde}
        for _ in range(options.rounds):
            for sonde in options.sonde:
                looks[sonde].append(measure(sonde))
    finally:
        for one in started:
            one.kill()
        for one in started:
            one.wait()
    report = {"processes": options.processes, "pythons": options.pythons, "others": others, "load": os.getloadavg()[0]}
    report["sides"] = {
        sonde: {
            "ms": [round(statistics.median(times), 1), round(max(times), 1)],
            "cpu_ms": [round(statistics.median(used), 1), round(min(used), 1)],
            "found": min(found),
        }
        for sonde, (times, used, found) in ((sonde, list(zip(*all_of_it))) for sonde, all_of_it in looks.items())
    }
    if options.json:
        print(json.dumps(report))
        return
    print("{processes} processes started, of them {pythons} Python; {others} others; load {load:.1f}".format(**report))
    for sonde, side in report["sides"].items():
        print(f"{sonde}: {side['ms'][0]} ms (longest {side['ms'][1]}), CPU {side['cpu_ms'][0]} ms (least {side['cpu_ms'][1]}), ", end="")
        print(f"{side['found']} found")


main()
