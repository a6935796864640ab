"""The tables of docs/compatibility.md."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PAGE = ROOT / "docs/compatibility.md"
# What the last run of the tests found.
FOUND = ROOT / ".build/compatibility/found.json"

SECTIONS = [
    (
        "interpreters",
        "The interpreters",
        "Their names here are the columns of the other tables; `3.11-debian` is the distribution's own, `linked in` an "
        "interpreter in\nthe executable itself.",
        "name",
    ),
    (
        "states",
        "States of the target",
        "The way in is the one that Sonde chooses: ptrace before 3.14; from 3.14 on the interpreter is asked through its "
        "remote\ndebugging interface first.",
        "the main thread is",
    ),
    (
        "ways",
        "States, by a way in that was asked for by name",
        "With `--via`. Before 3.14 there is only ptrace, and the table above is its table. Between two calls into C that hold the GIL"
        "\nremote execution gets in by chance, and is not tried.",
        "the main thread is",
    ),
    (
        "kinds",
        "Kinds of programs",
        "Started in this way, or built so. Each waits for its input when it is attached to, where nothing else is said; of "
        "servers it\nis a worker process, which then has to answer requests. The agent comes into the main interpreter only.",
        "program",
    ),
    (
        "places",
        "Places",
        "Containers as they are made of namespaces and a root of their own, seen by root outside.",
        "the target is in",
    ),
]
