"""The main job on every interpreter, with the target's main thread running Python and waiting in the system."""

import json
import signal
import time

from support import UNTOUCHED, eventually

WATCH = "watch shop:checkout -n 5 if cost > 20 | select cost, args"


def test_five_slow_calls(sonde, target):
    outcome = sonde.on(target, WATCH, "-o", "jsonl").succeeded()
    rows = [json.loads(line) for line in outcome.out.splitlines()]
    assert len(rows) == 5
    for row in rows:
        assert list(row) == ["cost", "args"]
        assert row["cost"] > 20
        assert len(row["args"]) == 2
    target.is_as_found_within(2, UNTOUCHED)
    assert target.is_working()


def test_a_killed_shell_leaves_no_probe(sonde, target):
    process = sonde.start(target.pid, "-c", "watch shop:checkout -n 0 --for 60s", "-o", "jsonl")
    process.stdout.readline()
    assert "checkout" in target.state()["changed"] or target.state()["hooks_changed"]
    process.send_signal(signal.SIGKILL)
    start = time.monotonic()
    target.is_as_found_within(2, UNTOUCHED)
    assert time.monotonic() - start < 2
    assert target.is_working()


def one_row(sonde, target, command):
    rows = sonde.rows(target, command)
    assert len(rows) == 1
    target.is_as_found_within(2, UNTOUCHED)
    return rows[0]


def test_a_function(sonde, target):
    row = one_row(sonde, target, 'watch shop:checkout -n 1 if user.tier == "gold" and error is None')
    assert row["func"] == "shop.checkout"
    assert list(row["arg"]) == ["cart", "user"]
    assert "shop.User" in row["arg"]["user"]
    assert row["result"]["payment"].startswith("paid-")
    assert row["error"] is None
    assert row["cost"] >= 1
    assert abs(row["ts"] - time.time()) < 30


def test_calls_through_an_older_reference(sonde, target):
    row = one_row(sonde, target, "watch shop:checkout -n 1 if cart.number % 2 == 1 | select number=cart.number")
    assert row["number"] % 2 == 1


def test_a_method_that_raises(sonde, target):
    row = one_row(sonde, target, "watch shop:Bank.charge -n 1 -e")
    assert row["func"] == "shop.Bank.charge"
    assert "PaymentError" in json.dumps(row["error"])
    assert row["result"] is None


def test_a_guard_over_an_error(sonde, target):
    row = one_row(sonde, target, "watch shop:Bank.charge -n 1 if error is not None and amount > 0 | select amount, order")
    assert row["amount"] > 0 and row["order"] >= 0


def test_a_static_method(sonde, target):
    row = one_row(sonde, target, "watch shop:Cart.tax -n 1 if amount > 1 | select amount, rate, result")
    assert row["rate"] == 0.2
    assert abs(row["result"] - row["amount"] * 0.2) < 0.01


def test_a_class_method(sonde, target):
    row = one_row(sonde, target, "watch shop:Cart.for_order -n 1 if number % 4 == 0 | select number, result")
    assert row["number"] % 4 == 0
    assert "GiftCart" in json.dumps(row["result"])


def test_a_method_called_much(sonde, target):
    row = one_row(sonde, target, "watch shop:Inventory.reserve -n 1 if count == 4 | select sku, count, result")
    assert row["count"] == 4


def test_a_property(sonde, target):
    row = one_row(sonde, target, "watch shop:Cart.total -n 1 if result > 10 | select result")
    assert row["result"] > 10


def test_a_coroutine(sonde, target):
    row = one_row(sonde, target, "watch shop:notify -n 1 if cost > 14 | select func, cost, result, thread")
    assert row["func"] == "shop.notify"
    assert row["cost"] > 14, "what the coroutine waited counts"
    assert row["result"].startswith("dear ")


def test_the_stack_of_a_call(sonde, target):
    row = one_row(sonde, target, "stack shop:Bank.charge -n 1")
    functions = [frame["func"] for frame in row["stack"]]
    assert functions.index(next(f for f in functions if f.endswith("checkout"))) < functions.index(
        next(f for f in functions if f.endswith("serve"))
    )


def test_threads(sonde, target):
    rows = sonde.rows(target, "thread")
    names = {row["name"] for row in rows}
    assert {"MainThread", "worker-1", "worker-2", "worker-3", "notifier", "taker", "restocker"} <= names
    frames = sonde.rows(target, "stack --all | where name == \"notifier\"")
    assert any("run_until_complete" in frame["func"] for frame in frames)


def test_classes_and_functions(sonde, target):
    classes = sonde.rows(target, "sc shop:*Cart")
    assert {row["cls"].split(".")[-1] for row in classes} == {"Cart", "GiftCart"}
    functions = {row["func"].split(".", 1)[1]: row["kind"] for row in sonde.rows(target, "sm shop:Cart.*")}
    assert functions["Cart.tax"] == "staticmethod"
    assert functions["Cart.for_order"] == "classmethod"
    assert functions["Cart.total"] == "property"


def test_eval(sonde, target):
    rows = sonde.rows(target, "eval len(shop.PRICES) * 2 + shop.PRICES[\"wine\"]")
    assert "24.5" in json.dumps(rows)


def test_exec_needs_permission(sonde, target):
    sonde.on(target, "exec print(1)").failed(4, "--allow exec")
    outcome = sonde.on(target, "exec import shop_helper_that_is_not", "--allow", "exec")
    assert outcome.status == 1 and "ModuleNotFoundError" in outcome.err + outcome.out
    outcome = sonde.on(target, "exec print(sum(range(5)))", "--allow", "exec").succeeded()
    assert "10" in outcome.out
    target.is_as_found_within(2, UNTOUCHED)


def test_exec_runs_under_the_programs_signal_mask(sonde, target):
    code = "import signal; print(sorted(signal.pthread_sigmask(signal.SIG_BLOCK, [])))"
    outcome = sonde.on(target, f"exec '{code}'", "--allow", "exec").succeeded()
    assert outcome.out == "[]\n"


def test_a_guard_that_raises(sonde, target):
    outcome = sonde.on(target, 'watch shop:checkout -n 3 --for 2s if cart.nothing > 3')
    assert outcome.status == 1
    reports = [line for line in outcome.error_lines if "the guard failed in shop.checkout" in line]
    assert len(reports) == 1, outcome
    assert "nothing" in outcome.caret()
    assert "the guard failed on " in outcome.error_lines[-1], "the closing line counts them"
    target.is_as_found_within(2, UNTOUCHED)


def test_status_and_reset(sonde, target):
    watcher = sonde.start(target.pid, "-c", "watch shop:checkout -n 0 --for 60s", "-o", "jsonl")
    watcher.stdout.readline()
    probes = sonde.rows(target, "status")
    assert [probe["pattern"] for probe in probes] == ["shop:checkout"]
    sonde.on(target, "reset").succeeded()
    assert eventually(lambda: watcher.poll() is not None or not target.state()["changed"])
    watcher.communicate(timeout=10)
    target.is_as_found_within(2, UNTOUCHED)


def test_detach_leaves_the_target_as_it_was_found(sonde, target):
    sonde.on(target, "watch shop:checkout -n 2 | select cost ; detach").succeeded()
    target.is_as_found_within(2)
    assert target.files_of_agent() == []
    assert target.is_working()
    # And again: an agent that went can come back.
    sonde.on(target, "watch shop:checkout -n 1 | select cost ; detach").succeeded()
    target.is_as_found_within(2)
