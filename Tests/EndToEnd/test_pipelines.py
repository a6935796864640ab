"""Stages, formats and sinks over real rows."""

import csv
import io
import json

import pytest


@pytest.fixture(scope="module")
def shared(room, any_python):
    from conftest import open_shop

    one = open_shop(room, any_python)
    yield one
    assert one.close() == []


def test_where_select_and_head(sonde, shared):
    rows = sonde.rows(shared, "watch shop:checkout -n 40 | where cost > 20 | select cost, user=user.name | head 3")
    assert len(rows) == 3
    assert all(list(row) == ["cost", "user"] and row["cost"] > 20 for row in rows)


def test_a_guard_means_the_same_behind_the_bar(sonde, shared):
    condition = 'cost > 20 and user.tier == "gold" and len(user.name) > 2 and error is None'
    guarded = sonde.rows(shared, f"watch shop:checkout -n 3 if {condition} | select cost, tier=user.tier")
    filtered = sonde.rows(shared, f"watch shop:checkout -n 0 --for 20s | where {condition} | select cost, tier=user.tier | head 3")
    for rows in (guarded, filtered):
        assert len(rows) == 3
        assert all(row["cost"] > 20 and row["tier"] == "gold" for row in rows)


def test_sort_tail_and_count(sonde, shared):
    names = [row["name"] for row in sonde.rows(shared, "thread | sort name | select name")]
    assert names == sorted(names) and len(names) >= 7
    assert [row["name"] for row in sonde.rows(shared, "thread | sort name desc | select name | tail 2")] == names[1::-1]
    assert sonde.rows(shared, 'thread | where name.startswith("worker") | count') == [{"count": 3}]
    by_daemon = sonde.rows(shared, "thread | count by daemon")
    assert sum(row["count"] for row in by_daemon) == len(sonde.rows(shared, "thread"))


def test_several_lines_in_one(sonde, shared):
    outcome = sonde.on(shared, "echo one ; thread | count ; echo two").succeeded()
    assert outcome.out.startswith("one\n") and outcome.out.endswith("two\n")


@pytest.mark.parametrize("how", ["option", "stage"])
def test_json(sonde, shared, how):
    command = "thread | sort name | select name, daemon"
    outcome = sonde.on(shared, command, "-o", "json") if how == "option" else sonde.on(shared, f"{command} | to json")
    rows = json.loads(outcome.succeeded().out)
    assert {"name": "MainThread", "daemon": False} in rows


def test_csv(sonde, shared):
    outcome = sonde.on(shared, 'thread | sort name | select name, odd="a,\\"b\\"" | head 2', "-o", "csv").succeeded()
    rows = list(csv.reader(io.StringIO(outcome.out)))
    assert rows[0] == ["name", "odd"]
    assert rows[1] == ["MainThread", 'a,"b"'] and len(rows) == 3


def test_a_table_down_a_pipe_is_plain(sonde, shared):
    outcome = sonde.on(shared, 'thread | where name == "MainThread" | select name, long="x" * 300', "-o", "table")
    assert "MainThread" in outcome.succeeded().out
    assert "x" * 300 in outcome.out, "a pipe gets all of it"
    assert "\x1b" not in outcome.out


def test_save(sonde, shared, tmp_path):
    path = tmp_path / "slow.jsonl"
    outcome = sonde.on(shared, f'watch shop:checkout -n 2 | select cost, func | save "{path}"').succeeded()
    assert outcome.out == ""
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    assert len(rows) == 2 and rows[0]["func"] == "shop.checkout"


def test_save_where_nothing_can_be_written(sonde, shared, tmp_path):
    sonde.on(shared, f'thread | save "{tmp_path}/absent/x.jsonl"').failed(1, "absent/x.jsonl")


def test_rows_come_one_by_one(sonde, shared):
    process = sonde.start(shared.pid, "-c", "watch shop:checkout -n 0 --for 60s | select cost", "-o", "jsonl")
    first = json.loads(process.stdout.readline())
    assert first["cost"] > 0
    assert process.poll() is None, "the first row is there while the stream goes on"


def test_data_and_messages_are_apart(sonde, shared):
    outcome = sonde.on(shared, "watch shop:checkout -n 2 | select cost", "-o", "jsonl").succeeded()
    assert len(outcome.rows) == 2
    assert "{" not in outcome.err


def test_depth_of_capture(sonde, shared):
    deep = sonde.rows(shared, "watch shop:checkout -n 1 -x 2 if len(cart.lines) > 0 | select lines=len(cart.lines)")
    assert deep[0]["lines"] > 0
    shallow = sonde.on(shared, "watch shop:checkout -n 1 if len(cart.lines) > 0 | select lines=len(cart.lines)")
    assert shallow.status == 1 and "a larger -x captures more" in shallow.err


def test_two_shells_at_once(sonde, shared):
    first = sonde.start(shared.pid, "-c", "watch shop:checkout -n 10 | select func", "-o", "jsonl")
    second = sonde.start(shared.pid, "-c", "watch shop:notify -n 10 | select func", "-o", "jsonl")
    for process, function in ((first, "shop.checkout"), (second, "shop.notify")):
        out, err = process.communicate(timeout=20)
        assert [json.loads(line)["func"] for line in out.splitlines()] == [function] * 10, err
    shared.is_as_found_within(2, ("changed",))
