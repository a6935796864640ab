#!/usr/bin/env python3
"""Measures what looking at objects costs a target; called by `scripts/bench objects [--versions 3.8,3.12] [--json]`.

The target has a heap of a million objects that the garbage collector tracks, and a thread that does nothing but read the
clock. Of each command, the median of some rounds:

- pause: the longest gap in that loop while the command runs. The usual one, just before, is given beside it
- held: how long the one step took that lists the objects, as the agent tells it
- time: from request to reply
- sc: from request to the last byte of the reply of `sc *` with the shell's limit of 100, in a small target whose threads all wait
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
ROUNDS = 5

HEAP = """
import gc, threading, time

class Item:
    def __init__(self, number):
        self.number = number

def gap_of(seconds, since=None):
    # the longest gap in a loop that reads the clock, for so long or until it is told to stop
    longest, last = 0.0, time.perf_counter()
    ends = last + seconds
    while last < ends and (since is None or GOES_ON[0]):
        now = time.perf_counter()
        longest = max(longest, now - last)
        last = now
    return longest * 1000

def begin():
    GOES_ON[0] = True
    RESULT.clear()
    WORKER[:] = [threading.Thread(target=lambda: RESULT.append(gap_of(60, True)))]
    WORKER[0].start()

def end():
    GOES_ON[0] = False
    WORKER[0].join()
    return RESULT[0]

GOES_ON, RESULT, WORKER = [False], [], []
gc.disable()
MANY = [[Item(number)] for number in range(500000)]
gc.enable()
gc.collect()
NEEDLE = [1]
HOLDER = {"needle": NEEDLE, "list": [NEEDLE]}
"""

COMMANDS = {
    "memory": ("memory", {"limit": 20}),
    "memory --referrers": ("referrers", {"expression": "shop.NEEDLE", "depth": 1}),
    "inspect --instances": ("instances", {"class": "shop.Item", "limit": 20}),
}


def measure_heap(target, client, tree_of):
    """Rows of the commands on a heap of a million objects."""
    tracked = target.eval("len(gc.get_objects())")
    rows = []
    for name, (command, params) in COMMANDS.items():
        params = dict(params, pause_ms=60000)
        if "expression" in params:
            params["tree"] = tree_of(params.pop("expression"))
        samples = {"usual": [], "pause": [], "held": [], "time": []}
        for _ in range(ROUNDS):
            samples["usual"].append(target.eval("gap_of(0.5)"))
            target.run("begin()")
            began = time.perf_counter()
            reply = client.request(command, params)
            samples["time"].append((time.perf_counter() - began) * 1000)
            samples["pause"].append(target.eval("end()"))
            samples["held"].append(reply.get("held_ms"))
        row = {"command": name, "objects": tracked}
        for key, values in samples.items():
            row[key] = None if None in values else round(statistics.median(values), 1)
        row["longest"] = round(max(samples["pause"]), 1)
        rows.append(row)
    return rows


def receive(connection):
    """The bytes of one frame; what a shell makes of them is not the agent's time."""
    data = b""
    while len(data) < 4 or len(data) < 4 + int.from_bytes(data[:4], "big"):
        data += connection.recv(1 << 20)
    return data[4:]


def processor_time(pid):
    """What a process's threads have had of the processors, also those that have ended, in milliseconds (proc(5))."""
    with open(f"/proc/{pid}/stat") as file:
        fields = file.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) * 1000 / os.sysconf("SC_CLK_TCK")


def measure_search(pid, client):
    """The median and the 99th percentile of `sc *`, and the target's processor time for one, in milliseconds."""
    times = []
    before = processor_time(pid)
    for _ in range(1000):
        began = time.perf_counter()
        client.send("sc", {"pattern": "*", "limit": 100})
        reply = receive(client.socket)
        times.append((time.perf_counter() - began) * 1000)
    processor = (processor_time(pid) - before) / len(times)
    times.sort()
    return {
        "processor": round(processor, 2),
        "rows": len(json.loads(reply)["data"]["rows"]),
        "median": round(times[500], 2),
        "p99": round(times[990], 2),
    }


def inside():
    """In an interpreter of its own: the target is of the same version."""
    sys.path.insert(0, str(ROOT))
    from Tests.Agent.target import Target
    from Tests.Agent.trees import tree_of

    with Target("class Cart: pass\n") as target:
        search = measure_search(target.process.pid, target.client())
    with Target(HEAP) as target:
        rows = measure_heap(target, target.client(timeout=60), tree_of)
    print(json.dumps({"version": "{}.{}".format(*sys.version_info[:2]), "search": search, "heap": rows}))


def main():
    parser = argparse.ArgumentParser(prog="scripts/bench objects")
    parser.add_argument("--versions", default="3.8,3.11,3.12,3.13,3.14")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.inside:
        return inside()
    found = subprocess.run([ROOT / "scripts/find-pythons"], stdout=subprocess.PIPE, text=True, check=True)
    there = dict(line.split(" ", 1) for line in found.stdout.splitlines())
    for version in arguments.versions.split(","):
        if version not in there:
            print(f"{version}: not found", file=sys.stderr)
            continue
        command = [there[version], "-B", __file__, "--inside"]
        answer = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, timeout=600).stdout
        if arguments.json:
            print(answer, end="", flush=True)
            continue
        result = json.loads(answer)
        search = result["search"]
        print(f"CPython {version}, load {os.getloadavg()[0]:.1f}")
        print(
            f"  sc *: {search['median']} ms, 99th percentile {search['p99']}, {search['rows']} rows; "
            f"processor time in the target {search['processor']} ms"
        )
        for row in result["heap"]:
            print(
                f"  {row['command']}: pause {row['pause']} ms (longest {row['longest']}, usual {row['usual']}), "
                f"held {row['held']}, time {row['time']}, {row['objects']} objects",
                flush=True,
            )


main()
