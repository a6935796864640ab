"""Imports extension modules and forgets them again, and loads and unloads shared libraries: the dynamic loader at work."""

import importlib
import sys
import time

import work

# By module: an expression over it, and what it gives.
MODULES = {
    "_decimal": (lambda m: str(m.Decimal("1.1") + m.Decimal("2.2")), "3.3"),
    "_sqlite3": (lambda m: isinstance(m.sqlite_version, str), True),
    "_json": (lambda m: m.encode_basestring_ascii("a\n"), '"a\\n"'),
    "_bisect": (lambda m: m.bisect_left([1, 2, 3], 2), 1),
    "_heapq": (lambda m: m.heappushpop([2, 3], 1), 1),
    "json": (lambda m: m.loads("[1, 2]"), [1, 2]),
    "colorsys": (lambda m: m.rgb_to_hsv(1.0, 0.0, 0.0), (0.0, 1.0, 1.0)),
}
LIBRARIES = ("libresolv.so.2", "libnsl.so.1", "libBrokenLocale.so.1", "libthread_db.so.1")


def import_again(name):
    use, expected = MODULES[name]
    sys.modules.pop(name, None)
    try:
        module = importlib.import_module(name)
    except ImportError:  # not every interpreter is built with all of them
        return
    work.check(name, use(module), expected)


def load_and_unload(name):
    try:
        import _ctypes
        import ctypes

        library = ctypes.CDLL(name)
    except (ImportError, OSError):  # nor has every machine all libraries
        return
    _ctypes.dlclose(library._handle)


def main():
    # libffi opens its own file when it is first used on some systems, and keeps it: before anything is counted.
    for name in LIBRARIES:
        load_and_unload(name)
    work.begin()
    work.ready()
    number = 0
    while not work.is_ending():
        for name in MODULES:
            import_again(name)
            work.do(number)
        for name in LIBRARIES:
            load_and_unload(name)
            work.do(number)
        number += 1
        time.sleep(0.002)
    work.finish()


main()
