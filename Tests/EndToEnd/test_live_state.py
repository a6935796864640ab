"""What the target is doing and how it is set up: threads, tasks, loggers, modules, variables, the collector."""

from support import UNTOUCHED, eventually


def test_threads_and_their_locks(sonde, target):
    names = [row["name"] for row in sonde.rows(target, "thread -n 3 --for 100ms")]
    assert len(names) == 3
    rows = sonde.rows(target, "thread --locks")
    assert all(row["relation"] in ("holds", "waits") and row["deadlock"] is None for row in rows)
    target.is_as_found_within(2, UNTOUCHED)
    assert target.is_working()


def test_tasks(sonde, target):
    def tasks():
        rows = sonde.rows(target, "tasks")
        return rows if rows and all(row["coro"].startswith("shop.") for row in rows) else None

    assert eventually(tasks)
    assert target.is_working()


def test_a_level_goes_back_with_the_shell(sonde, target):
    before = sonde.rows(target, "logger root")[0]["level"]
    script = "logger root --level critical --for 1m | select level; logger root | select level"
    rows = sonde.rows(target, script)
    assert [row["level"] for row in rows] == ["CRITICAL", "CRITICAL"]
    assert eventually(lambda: sonde.rows(target, "logger root")[0]["level"] == before)


def test_how_it_is_set_up(sonde, target):
    assert any(row["module"] == "shop" for row in sonde.rows(target, "modules shop"))
    assert any(row["name"] == "PATH" for row in sonde.rows(target, "env"))
    assert sonde.rows(target, "gc")[0]["generation"] == 0
    sonde.on(target, "gc --collect").failed(4)
    assert sonde.rows(target, "gc --collect", "--allow", "exec")[0]["took_ms"] > 0
