"""Whether a source file is still what was loaded from it."""

import os
import sys

from . import reading


def change_of(path, module):
    """What speaks against the file being what the module was loaded from, in words; None when nothing does.

    The compiled file beside it has the time and the size of the source that the import read. Where there is none, the
    file is only held against the start of the process.
    """
    try:
        now = os.stat(path)
    except OSError:
        return "the file is not there any more"
    noted = _noted(module)
    if noted is not None and noted != (int(now.st_mtime) & 0xFFFFFFFF, now.st_size & 0xFFFFFFFF):
        return "the file has changed since it was loaded"
    began = process_start()
    if noted is None and began is not None and now.st_mtime > began + 1:
        return "the file is newer than the process: it may not be what was loaded"
    return None


def _noted(module):
    """(time, size) of the source that was compiled, from the header of the compiled file (PEP 552)."""
    module = sys.modules.get(module) if type(module) is str else None
    space = reading.namespace(module) if module is not None else None
    path = space.get("__cached__") if space is not None else None
    if type(path) is not str:
        path = _cached(space.get("__file__")) if space is not None else None
    if path is None:
        return None
    try:
        with open(path, "rb") as file:
            header = file.read(16)
    except (OSError, ValueError):
        return None
    if len(header) < 16 or header[4:8] != b"\0\0\0\0":
        return None  # it goes by the source's hash
    return int.from_bytes(header[8:12], "little"), int.from_bytes(header[12:16], "little")


def _cached(path):
    """Where the compiled file of a source file is; 3.15 no longer keeps that in the module."""
    tag = sys.implementation.cache_tag
    if type(path) is not str or not path.endswith(".py") or not tag or sys.pycache_prefix is not None:
        return None
    folder, _, name = path.rpartition("/")
    level = ".opt-{}".format(sys.flags.optimize) if sys.flags.optimize else ""
    return "{}/__pycache__/{}.{}{}.pyc".format(folder, name[:-3], tag, level)


def process_start():
    """When this process began, in seconds since 1970; None when the kernel does not say (proc(5))."""
    try:
        with open("/proc/self/stat", "rb") as file:
            ticks = int(file.read().rpartition(b")")[2].split()[19])
        with open("/proc/stat", "rb") as file:
            boot = next(int(line.split()[1]) for line in file if line.startswith(b"btime "))
    except (OSError, ValueError, IndexError, StopIteration):
        return None
    return boot + ticks / float(os.sysconf("SC_CLK_TCK"))
