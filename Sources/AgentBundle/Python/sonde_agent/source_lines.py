"""The text of source files, without `linecache`, which brings `re` and `tokenize` into the target."""

import sys

from . import reading

_FILES = 64
_BYTES = 2 * 1024 * 1024


class SourceLines:
    """Reads source files as they are asked for, and keeps the last few."""

    def __init__(self):
        self._files = {}

    def line(self, path, number):
        """The line without the space around it, or None."""
        lines = self._files.get(path)
        if lines is None:
            lines = read_lines(path)
            if len(self._files) >= _FILES:
                self._files.clear()
            self._files[path] = lines
        return lines[number - 1].strip() if number and 0 < number <= len(lines) else None

    def frame(self, path, number, func):
        """A frame as it is sent."""
        return {"file": path, "line": number, "func": func, "code": self.line(path, number)}


def read_lines(path):
    """The lines of a file as it is now; empty when there is none."""
    if path[:1] == "<":
        return []
    try:
        with open(path, "rb") as file:
            return file.read(_BYTES).decode("utf-8", "replace").split("\n")
    except (OSError, ValueError):
        return []


def noted_lines(path):
    """The lines that the program itself has noted for code without a file, such as that of a prompt; or empty."""
    module = sys.modules.get("linecache")
    cache = reading.namespace(module).get("cache") if module is not None else None
    entry = dict.get(cache, path) if type(cache) is dict else None
    lines = entry[2] if type(entry) is tuple and len(entry) == 4 else None
    if type(lines) is not list or any(type(line) is not str for line in lines):
        return []
    return [line.rstrip("\n") for line in lines]
