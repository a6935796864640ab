"""Runs every part of the tests and counts them. Called by scripts/test, which has installed what was missing."""

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from xml.etree.ElementTree import ParseError

from results import Results, from_junit, from_unittest

ROOT = Path(__file__).resolve().parent.parent.parent
BUILD = ROOT / ".build"
LOGS = BUILD / "test-logs"
REQUIRED_IN_CI = [f"3.{minor}" for minor in range(8, 14)]


def run(name, command, minutes, environment=None):
    """Run a command with its output in a log; its exit status (124 when it took too long) and its output."""
    log = LOGS / f"{name}.log"
    with open(log, "wb") as output:
        process = subprocess.Popen(
            [str(word) for word in command],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env={**os.environ, **(environment or {})},
            start_new_session=True,
        )
        try:
            status = process.wait(timeout=minutes * 60)
        except subprocess.TimeoutExpired:
            output.write(f"\nstopped after {minutes} minutes\n".encode())
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            status = 124
    return status, log.read_text(errors="replace")


def checked(name, status, results):
    """A part that ended badly is never all passed, whatever it counted."""
    if status != 0 and results.failed == 0:
        results.add(Results.failure(f"{name}: ended with status {status}"))
    return results


def interpreters():
    found = subprocess.run([ROOT / "scripts/find-pythons"], stdout=subprocess.PIPE, text=True, check=True)
    return [tuple(line.split(" ", 1)) for line in found.stdout.splitlines()]


def pythons():
    """Fetch the newest, look for the rest: what is missing is named, and fails in CI when it is one of the older."""
    status, text = run("fetch-pythons", ["scripts/fetch-pythons"], 10)
    found = subprocess.run([ROOT / "scripts/find-pythons", "--missing"], stdout=subprocess.PIPE, text=True, check=True)
    said = [line for line in text.splitlines() if "out of reach" in line or "CPython" in line]
    results = Results()
    for version in found.stdout.split():
        reasons = [line for line in said if version in line] or ["not on PATH, not among pyenv's versions"]
        why = f"CPython {version} is missing: {reasons[-1]}"
        must = os.environ.get("CI") and version in REQUIRED_IN_CI
        results.add(Results.failure(why) if must else Results.skip(why))
    print("    " + "\n    ".join(f"{label:12} {path}" for label, path in interpreters()))
    return results


def build():
    """The tests, and what is shipped: some bounds hold only for that."""
    results = Results()
    for name, command in ("build", ["swift", "build", "--build-tests"]), ("build-release", ["scripts/build-release"]):
        status, _ = run(name, command, 45)
        results.add(Results(passed=1) if status == 0 else Results.failure(f"{name}: warnings are errors"))
    return results


def swift():
    """Each target's tests in a process of their own: what computes or traces for long keeps no deadline waiting."""
    results = Results()
    for target in sorted(path.name for path in (ROOT / "Tests").glob("*Tests")):
        one = swift_target(target)
        print(f"    {target:22} {one.line}")
        results.add(one)
    return results


def swift_target(target):
    name = f"swift-{target}"
    # XCTest's own report, and beside it the one of Swift Testing.
    reports = [LOGS / f"{name}.xml", LOGS / f"{name}-swift-testing.xml"]
    for old in reports:
        old.unlink(missing_ok=True)
    command = ["swift", "test", "--skip-build", "--filter", f"^{target}\\.", "--xunit-output", reports[0]]
    status, _ = run(name, command, 15)
    results = Results()
    try:
        for report in reports:
            if report.exists():
                results.add(from_junit(report))
    except ParseError:
        results = Results()
    if results.passed + results.failed == 0:
        return Results.failure(f"{name}: the tests did not come to their end (status {status})")
    results.failures = [f"{name}: {failure}" for failure in results.failures]
    return checked(name, status, results)


def unittest(name, python, arguments, environment=None):
    status, text = run(name, [python, "-B", "-m", "unittest", "discover", "-v", *arguments], 10, environment)
    results = from_unittest(text)
    if results is None or results.passed + results.failed == 0:
        return Results.failure(f"{name}: no test ran (status {status})")
    results.skips = [f"{name}: {reason}" for reason in results.skips]
    results.failures = [f"{name}: {failure}" for failure in results.failures]
    return checked(name, status, results)


def architecture():
    results = unittest("script-tests", sys.executable, ["-s", "scripts/tests", "-t", "scripts/tests"])
    status, text = run("architecture", ["scripts/check-architecture"], 5)
    results.add(Results(passed=1) if status == 0 else Results.failure("the architecture:\n" + text.rstrip()))
    return results


def format():
    folders = ["Package.swift", "Sources", "Tests", "Benchmarks", "Fuzzing"]
    status, text = run("format", ["swift", "format", "lint", "--strict", "--parallel", "--recursive", *folders], 10)
    if status == 0:
        return Results(passed=1)
    return Results.failure("swift format lint --strict:\n" + "\n".join(text.splitlines()[:20]))


def agent():
    results = Results()
    environment = {"PYTHONPATH": str(ROOT / "Sources/AgentBundle/Python"), "PYTHONWARNINGS": "error::SyntaxWarning"}
    # Two at a time: they wait for their targets more than they compute.
    with ThreadPoolExecutor(2) as pool:
        futures = {
            label: pool.submit(unittest, f"agent-{label}", path, ["-s", "Tests/Agent", "-t", "."], environment)
            for label, path in interpreters()
        }
        for label, future in futures.items():
            print(f"    {label:12} {future.result().line}")
            results.add(future.result())
    return results


def e2e():
    status, _ = run("e2e-environment", ["scripts/lib/e2e-environment"], 10)
    if status != 0:
        return Results.failure("the end-to-end tests' environment could not be made (see its log)")
    report = LOGS / "e2e.xml"
    report.unlink(missing_ok=True)
    # Two files at a time: they wait for their targets more than they compute.
    command = [BUILD / "venv/bin/python", "-B", "-m", "pytest", "Tests/EndToEnd", f"--junitxml={report}"]
    status, _ = run("e2e", [*command, "-n", "2", "--dist", "loadfile"], 30)
    if not report.exists():
        return Results.failure(f"e2e: the end-to-end tests did not end well (status {status})")
    return checked("e2e", status, from_junit(report))


PARTS = {
    "pythons": pythons,
    "build": build,
    "swift": swift,
    "architecture": architecture,
    "format": format,
    "agent": agent,
    "e2e": e2e,
}


def show_end_of(log):
    lines = log.read_text(errors="replace").splitlines() if log.exists() else []
    telling = ("FAILED", "ERROR", "FAIL:", "ERROR:", "E  ", "✘ Test ", "error:")
    errors = [line for line in lines if line.startswith(telling) or ": error: " in line]
    for line in errors[:30] or lines[-15:]:
        print(f"    | {line[:400]}")
    print(f"    the whole log: {log.relative_to(ROOT)}")


def main(wanted):
    unknown = [name for name in wanted if name not in PARTS]
    if unknown:
        sys.exit(f"scripts/test: no part {', '.join(unknown)}; there are {' '.join(PARTS)}")
    LOGS.mkdir(parents=True, exist_ok=True)
    total = Results()
    for name, part in PARTS.items():
        if wanted and name not in wanted:
            continue
        print(f"== {name}")
        start = time.monotonic()
        try:
            results = part()
        except Exception as error:  # A part that breaks must not keep the others from running.
            results = Results.failure(f"{name}: {type(error).__name__}: {error}")
        total.add(results)
        print(f"   {name}: {results.line} ({time.monotonic() - start:.0f} s)")
        if results.failed and name != "pythons":
            logs = [log for log in sorted(LOGS.glob("*.log")) if log.stem == name or log.stem.startswith(f"{name}-")]
            for log in logs:
                if len(logs) == 1 or any(failure.startswith(f"{log.stem}: ") for failure in results.failures):
                    show_end_of(log)
    print("== summary")
    for failure in total.failures:
        print(f"failed: {failure}")
    for skip in total.skips:
        print(f"skipped: {skip}")
    print(total.line)
    sys.exit(1 if total.failed else 0)


if __name__ == "__main__":
    main(sys.argv[1:])
