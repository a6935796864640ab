"""Places for docs/compatibility.md: containers, made of namespaces and a root of their own."""

import os
import sys
from dataclasses import dataclass
from pathlib import Path

from compatibility import TARGETS, NotTried, answer, namespace_pid, running
from support import ROOT, eventually


@dataclass
class Place:
    """A place: its words in the page, and the options of targets/place.py that make it."""

    words: str
    options: tuple
    # The user inside, as seen from here; who is not root may not be able to reach every interpreter.
    user: int = 0

    def cell(self, sonde, room, column):
        if os.geteuid() != 0:
            raise NotTried("only root can make namespaces and roots")
        if Path("/tmp") in ROOT.parents:
            raise NotTried("the checkout is below /tmp, which these places have not got")
        if self.user and not is_reachable(column.python):
            raise NotTried("the interpreter is in a directory of root's own")
        # Beside the room, which is below /tmp, the place needs nothing but the interpreter and the checkout.
        command = [sys.executable, TARGETS / "place.py", *self.options, "--"]
        command += [column.python, TARGETS / "states.py", "read"]
        with running(command, room, environment={"TMPDIR": str(room)}) as outer:
            pid = eventually(lambda: only_child(outer.pid))
            text = answer(sonde, pid, column)
            assert left_inside(pid) == []
        return text


def is_reachable(path):
    """Whether another user may run it: each directory above it can be searched by everybody."""
    return all(parent.stat().st_mode & 1 for parent in Path(path).resolve().parents)


def only_child(pid):
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return int(children[0]) if children else None


def left_inside(pid):
    root, name = Path(f"/proc/{pid}/root"), f"sonde-{namespace_pid(pid)}.*"
    return [path for place in ("tmp", "var/tmp", "dev/shm", "run") for path in (root / place).glob(name)]


OWN_ROOT = ("--root", "rw", "--directories", "tmp")

PLACES = [
    Place("a mount namespace, with a root and /tmp of its own", OWN_ROOT),
    Place("a pid and a mount namespace", (*OWN_ROOT, "--pid")),
    Place("a network namespace", ("--net",)),
    Place("a user namespace, root inside being user 100000", (*OWN_ROOT, "--pid", "--user", "100000"), 100000),
    Place("a user namespace, user 1000 inside being 101000", (*OWN_ROOT, "--user", "100000", "--uid", "1000"), 101000),
    Place("a pid namespace, under another user", (*OWN_ROOT, "--pid", "--uid", "1000"), 1000),
    Place("a read-only root with a /tmp", ("--root", "ro", "--pid", "--directories", "tmp")),
    Place("a read-only root without /tmp, with /dev/shm", ("--root", "ro", "--pid", "--directories", "dev/shm")),
    Place("a read-only root in which nothing can be written", ("--root", "ro", "--pid")),
    Place("all namespaces at once", (*OWN_ROOT, "--pid", "--net", "--user", "100000", "--uid", "1000"), 101000),
]
