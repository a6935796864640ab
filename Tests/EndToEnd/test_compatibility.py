"""Every interpreter in every state, every kind of program and place: docs/compatibility.md says what this finds."""

import json
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from compatibility import Column, NotTried, STATES
from compatibility_kinds import KINDS
from compatibility_places import PLACES
from conftest import PYTHONS
from support import ROOT, Sonde

sys.path.insert(0, str(ROOT / "scripts/lib"))

from compatibility_page import parse  # noqa: E402
from compatibility_tables import FOUND, PAGE, SECTIONS  # noqa: E402

COLUMNS = [Column(label, path) for label, path in PYTHONS.items()]
ASKED = [
    Column(column.label, column.python, way)
    for column in COLUMNS
    if column.minor >= 14
    for way in ("remote-exec", "ptrace")
]
# Table, row, column: what is to be tried.
CELLS = {
    (table, row.words, name(column)): (row, column)
    for table, rows, columns, name in (
        ("states", STATES, COLUMNS, lambda column: column.label),
        ("ways", STATES, ASKED, lambda column: f"{column.label} {column.way}"),
        ("kinds", KINDS, COLUMNS, lambda column: column.label),
        ("places", PLACES, COLUMNS, lambda column: column.label),
    )
    for row in rows
    for column in columns
    if getattr(row, "applies", lambda column: True)(column)
}


@pytest.fixture(scope="module")
def answers(request, binary, room, tmp_path_factory):
    """The future text of every cell that is wanted; some at a time, most of them wait most of the time."""
    wanted = [item.callspec.params["cell"] for item in request.session.items if "cell" in getattr(item, "fixturenames", ())]
    place = room / "compatibility"
    place.mkdir(mode=0o755)
    sonde = Sonde(binary, tmp_path_factory.mktemp("home"))
    with ThreadPoolExecutor(6) as pool:
        futures = {}
        for cell in wanted:
            row, column = CELLS[cell]
            futures[cell] = pool.submit(row.cell, sonde, place, column)
        yield futures
        for future in futures.values():
            future.cancel()
    sonde.close()
    keep({cell: future.result() for cell, future in futures.items() if not future.cancelled() and not future.exception()})


def keep(texts):
    """Write down what was found, beside what earlier runs found in other cells."""
    before = json.loads(FOUND.read_text()) if FOUND.exists() else {}
    found = {"interpreters": {column.label: column.facts for column in COLUMNS}}
    for cell in CELLS:
        table, row, column = cell
        text = texts.get(cell) or before.get(table, {}).get(row, {}).get(column)
        if text:
            found.setdefault(table, {}).setdefault(row, {})[column] = text
    FOUND.parent.mkdir(parents=True, exist_ok=True)
    FOUND.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n")


@pytest.fixture(scope="module")
def page():
    return parse(PAGE.read_text(), SECTIONS) if PAGE.exists() else {}


@pytest.mark.parametrize("cell", CELLS, ids=lambda cell: "-".join(cell).replace(" ", "_"))
def test_as_the_page_says(answers, page, cell):
    table, row, column = cell
    try:
        text = answers[cell].result(timeout=300)
    except NotTried as reason:
        pytest.skip(str(reason))
    said = page.get("interpreters", {}).get(CELLS[cell][1].label)
    if said and said != (here := CELLS[cell][1].facts):
        pytest.skip(f"the page speaks of CPython {said['version']}, this is {here['version']} or built in another way")
    said = page.get(table, {}).get(row, {}).get(column)
    assert text == said, "if this is right, scripts/generate-compatibility makes the page anew"
