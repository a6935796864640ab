"""docs/compatibility.md: made of what the test run found, and read back to be held against it.

What was found is `{table: {row: {column: text}}}`. A cell's text is `ok` or a message; in the page a message stands below
the tables once, and its number in the cells. `–` is a cell that does not apply.
"""

import re

NONE = "–"

HEAD = """# What has been attached to

Made by `scripts/generate-compatibility` from what `Tests/EndToEnd/test_compatibility.py` found; the test fails when this page
says something else. In each cell a program of its own was started and brought into its state, `sonde PID -c "status; detach"`
was run, and the program then had to go on, find everything as it was, do its work right and end with status 0, whatever
sonde's answer. `ok` is an agent that answered and was gone again; a number is a message below; {none} does not apply.

""".format(none=NONE)


def render(found, sections):
    """The page's text.

    `sections` is `[(table, title, words, first_column)]`, in the page's order.
    """
    messages = []

    def cell(text, table):
        if text in ("ok", NONE) or text is None or table == "interpreters":
            return text or NONE
        if text not in messages:
            messages.append(text)
        return f"[{messages.index(text) + 1}]"

    parts = [HEAD]
    for table, title, words, first in sections:
        rows = found[table]
        columns = list(dict.fromkeys(column for row in rows.values() for column in row))
        parts.append(f"## {title}\n\n{words}\n\n")
        parts.append("| " + " | ".join([first, *columns]) + " |\n" + "|---" * (len(columns) + 1) + "|\n")
        for row, cells in rows.items():
            parts.append("| " + " | ".join([row, *(cell(cells.get(column), table) for column in columns)]) + " |\n")
        parts.append("\n")
    parts.append("## The messages\n\n")
    parts += [f"{number}. {text}\n" for number, text in enumerate(messages, 1)]
    return "".join(parts)


def parse(page, sections):
    """What a page says, as it was given to `render`."""
    titles = {title: table for table, title, _, _ in sections}
    messages = dict(re.findall(r"^(\d+)\. (.*)$", page.partition("## The messages")[2], re.M))
    found, rows, columns = {}, None, None
    for line in page.splitlines():
        if line.startswith("## "):
            rows = found.setdefault(titles[line[3:]], {}) if line[3:] in titles else None
            columns = None
        elif line.startswith("| ") and rows is not None:
            first, *cells = line.strip("| ").split(" | ")
            if columns is None:
                columns = cells
                continue
            texts = [messages[cell[1:-1]] if cell.startswith("[") else cell for cell in cells]
            rows[first] = {column: text for column, text in zip(columns, texts) if text != NONE}
    return found
