"""Scripts: parameters, captured pipelines, expectations and exit statuses."""

import json

import pytest
from support import ROOT, UNTOUCHED

EXAMPLES = ROOT / "examples/scripts"


@pytest.fixture(scope="module")
def shared(room, any_python):
    from conftest import open_shop

    one = open_shop(room, any_python)
    yield one
    one.is_as_found_within(2, UNTOUCHED)
    assert one.close() == []


@pytest.fixture
def script(tmp_path):
    def write(text, name="test.sonde"):
        path = tmp_path / name
        path.write_text(text)
        return path

    return write


def test_slow_checkout(sonde, shared):
    outcome = sonde(shared.pid, "-f", EXAMPLES / "slow-checkout.sonde", "-o", "jsonl").succeeded()
    heading, *lines = outcome.out.splitlines()
    rows = [json.loads(line) for line in lines]
    assert heading.startswith("5 checkouts took longer than 20 ms")
    assert len(rows) == 5
    assert [row["cost"] for row in rows] == sorted((row["cost"] for row in rows), reverse=True)
    assert all(row["cost"] > 20 and row["tier"] in ("bronze", "silver", "gold") for row in rows)


def test_slow_checkout_with_arguments(sonde, shared):
    outcome = sonde(shared.pid, "-f", EXAMPLES / "slow-checkout.sonde", "30", "2").succeeded()
    assert outcome.out.startswith("2 checkouts took longer than 30 ms")


def test_nothing_slow_is_an_expectation_that_failed(sonde, shared, script):
    text = (EXAMPLES / "slow-checkout.sonde").read_text().replace("--for 10s", "--for 1s")
    outcome = sonde(shared.pid, "-f", script(text), "100000", "1")
    assert outcome.status == 5, outcome
    assert outcome.out == "no checkout took longer than 100000 ms\n"
    assert "fewer than 1 slow checkouts" in outcome.err


def test_failing_payments(sonde, shared):
    outcome = sonde(shared.pid, "-f", EXAMPLES / "failing-payments.sonde").succeeded()
    assert outcome.out.count("could not pay") == 3


def test_threads(sonde, shared):
    assert "worker-3" in sonde(shared.pid, "-f", EXAMPLES / "threads.sonde").succeeded().out
    outcome = sonde(shared.pid, "-f", EXAMPLES / "threads.sonde", "9")
    assert outcome.status == 5 and "a worker is gone" in outcome.err


def test_who_calls(sonde, shared):
    outcome = sonde(shared.pid, "-f", EXAMPLES / "who-calls.sonde", "shop:Bank.charge").succeeded()
    assert "checkout" in outcome.out and "serve" in outcome.out
    outcome = sonde(shared.pid, "-f", EXAMPLES / "who-calls.sonde").failed(2, "function")


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.sonde")), ids=lambda path: path.stem)
def test_every_example_checks(sonde, path):
    outcome = sonde("check", path)
    assert outcome.status == 0, outcome


@pytest.mark.parametrize(
    "text, status",
    [
        ("echo done", 0),
        ("exit 0", 0),
        ("exit 7", 7),
        ("expect 1 > 2", 5),
        ("assert 1 > 2", 5),
        ("expect 1 > 2\necho on", 5),
        ("reset watch_999", 1),
        ("let x = 1 / 0", 1),
        ("nonsense", 2),
        ("exec print(1)", 4),
        ("timeout 300ms { watch shop:checkout -n 0 --for 60s if cost > 100000 }", 124),
        ("on error continue\nreset watch_999\necho on", 1),
    ],
)
def test_exit_status(sonde, shared, script, text, status):
    outcome = sonde(shared.pid, "-f", script(text + "\n"))
    assert outcome.status == status, outcome
    if "echo on" in text:
        assert "on\n" in outcome.out
    if status not in (0, 7):
        assert len([line for line in outcome.error_lines if "error: " in line]) == 1, outcome


def test_standard_input(sonde, shared):
    outcome = sonde(shared.pid, stdin='let n = (thread | count)\nif len(n) == 1 { echo "counted" }\n').succeeded()
    assert outcome.out == "counted\n"
    sonde(shared.pid, stdin="echo one\nthread |\n").failed(2)


def test_control_flow(sonde, shared, script):
    text = """
param names = ["a", "b"]
let total = 0
for name in names { echo "name {name}" }
for t in (thread | where name.startswith("worker") | sort name) {
    let total = total + 1
    if t.name == "worker-1" { echo "first {t.name}" } else { echo "then {t.name}" }
}
echo "{total} in all"
"""
    outcome = sonde(shared.pid, "-f", script(text)).succeeded()
    assert outcome.out.splitlines() == [
        "name a", "name b", "first worker-1", "then worker-2", "then worker-3", "3 in all",
    ]  # fmt: skip


def test_the_whole_timeout(sonde, shared):
    outcome = sonde.on(shared, "watch shop:checkout -n 0 --for 60s if cost > 100000", "--timeout", "1s")
    assert outcome.status in (0, 124), outcome
