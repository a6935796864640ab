"""Where the time goes: monitor, trace, tt and top, each through the shell on every interpreter."""

import json

from support import UNTOUCHED


def test_monitor_counts_every_call(sonde, target):
    rows = sonde.rows(target, "monitor shop:checkout --every 500ms -n 3")
    assert len(rows) == 3 and all(row["func"] == "shop.checkout" for row in rows)
    assert sum(row["calls"] for row in rows) >= 10
    for row in rows:
        assert row["errors"] <= row["calls"]
        assert row["calls"] == 0 or row["p50"] <= row["p95"] <= row["p99"] <= row["max"] * 1.02, row
    target.is_as_found_within(2, UNTOUCHED)
    assert target.is_working()


def test_trace_is_a_tree(sonde, target):
    rows = sonde.rows(target, "trace shop:checkout -n 2 --for 20s if error is None")
    assert len(rows) == 2
    for row in rows:
        top, *below = row["tree"]
        assert top["func"] == "shop.checkout" and top["depth"] == 0
        assert {"shop.price_of", "shop.think_time"} <= {call["func"] for call in below}, row
        # What a call took has what it called in it.
        assert all(0 <= call["own_ms"] <= call["ms"] + 0.001 and call["ms"] <= top["ms"] + 0.001 for call in row["tree"]), row
    target.is_as_found_within(2, UNTOUCHED)
    assert target.is_working()


def test_tt_keeps_calls_and_makes_one_again(sonde, target):
    lines = 'tt shop:checkout -n 3 --for 20s if error is None; echo "kept"; tt --list; tt --delete 1; tt --list'
    out = sonde.on(target, lines, "-o", "jsonl").succeeded().out
    recorded, listed = (
        [json.loads(line) for line in part.splitlines() if line.startswith("{")] for part in out.split("kept\n")
    )
    assert [row["index"] for row in recorded] == [1, 2, 3]
    assert [row["index"] for row in listed if "index" in row] == [1, 2, 3, 2, 3]
    replay = "tt shop:price_of -n 1 --for 20s; tt --replay 1"
    sonde.on(target, replay).failed(4, "--allow exec")
    again = sonde.rows(target, replay, "--allow", "exec")
    assert again[0]["result"] == again[1]["value"], again
    target.is_as_found_within(2, UNTOUCHED)
    assert target.is_working()


def test_top_finds_what_computes(sonde, target, tmp_path):
    flame, scope = tmp_path / "flame.svg", tmp_path / "stacks.json"
    rows = sonde.rows(target, f'top --for 1s --idle --flame "{flame}" --speedscope "{scope}"')
    assert rows and all(0 <= row["own"] <= row["total"] <= 100.5 for row in rows)
    assert any(row["func"].startswith("shop.") for row in rows)
    assert flame.read_text().lstrip().startswith("<") and "shop." in flame.read_text()
    assert json.loads(scope.read_text())["profiles"]
    assert target.is_working()
