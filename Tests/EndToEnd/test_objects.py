"""Memory, objects, source and exec in real targets, the main thread running Python and blocked."""

import signal

from support import UNTOUCHED, eventually


def test_memory(sonde, target):
    rows = sonde.rows(target, "memory -n 1000")
    counts = {row["type"]: row["count"] for row in rows}
    assert counts["shop.Inventory"] == 1
    assert [row["size"] for row in rows] == sorted((row["size"] for row in rows), reverse=True)
    (totals,) = sonde.rows(target, "memory totals")
    assert totals["rss"] > 1 << 20 and totals["gc_enabled"] is True
    rows = sonde.rows(target, "memory diff --for 200ms")
    assert all(row["more"] or row["grown"] for row in rows)
    rows = sonde.rows(target, "memory --referrers shop.INVENTORY | where holder == 'module shop'")
    assert [row["way"] for row in rows] == ["key 'INVENTORY'"]
    target.is_as_found_within(2, UNTOUCHED)
    assert target.is_working()


def test_objects_and_source(sonde, target):
    rows = sonde.rows(target, "inspect shop.Cart")
    kinds = {row["name"]: row["kind"] for row in rows}
    assert kinds["tax_rate"] == "class attribute" and kinds["total"] == "property"
    (row,) = sonde.rows(target, "inspect --instances shop.Inventory --where 'self is not None'")
    assert row["type"] == "shop.Inventory"
    rows = sonde.rows(target, "source shop:checkout")
    assert rows[0]["code"] == "def checkout(cart, user):" and rows[-1]["code"].startswith("    return ")
    (row,) = sonde.rows(target, "sc -d -i shop.Inventory")
    assert row["instances"] == 1 and row["mro"] == ["shop.Inventory", "object"]
    target.is_as_found_within(2, UNTOUCHED)
    assert target.is_working()


def test_tracing_ends_with_a_killed_shell(sonde, shop, python):
    one = shop(python)
    tracing = "exec __import__('_tracemalloc').is_tracing()"
    commands = f"memory tracemalloc start; {tracing}; wait 60s"
    process = sonde.start(one.pid, "--allow", "exec", "-c", commands)
    assert process.stdout.readline() == "True\n"
    process.send_signal(signal.SIGKILL)
    process.wait()
    has_ended = lambda: sonde(one.pid, "--allow", "exec", "-c", tracing).succeeded().out == "False\n"
    assert eventually(has_ended)
    outcome = sonde.on(one, "memory tracemalloc start")
    assert outcome.status == 4, outcome


def test_exec_of_a_file_and_of_lines(sonde, shop, tmp_path):
    one = shop()
    path = tmp_path / "look.py"
    path.write_text("import sys\nfor n in range(2):\n    print(n)\nlen(sys.argv) > 0\n")
    outcome = sonde(one.pid, "--allow", "exec", "-c", f"exec -f {path}").succeeded()
    assert outcome.out == "0\n1\nTrue\n"
    lines = "exec '''\n    x = {1: 'a|b'}\n    if x:\n        print(x[1]); y = 2\n    y\n'''"
    outcome = sonde(one.pid, "--allow", "exec", "-c", lines).succeeded()
    assert outcome.out == "a|b\n2\n"
    outcome = sonde(one.pid, "--allow", "exec", "--timeout", "2s", "-c", "exec while True: pass")
    assert outcome.status == 124, outcome
    assert one.is_working()
