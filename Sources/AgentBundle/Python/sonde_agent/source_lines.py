"""The text of source lines, without `linecache`, which brings `re` and `tokenize` into the target."""

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
            lines = self._read(path)
            if len(self._files) >= _FILES:
                self._files.clear()
            self._files[path] = lines
        return lines[number - 1].strip() if number and 0 < number <= len(lines) else None

    def frame(self, path, number, func):
        """A frame as it is sent."""
        return {"file": path, "line": number, "func": func, "code": self.line(path, number)}

    def _read(self, path):
        if path[:1] == "<":
            return []
        try:
            with open(path, "rb") as file:
                return file.read(_BYTES).decode("utf-8", "replace").split("\n")
        except (OSError, ValueError):
            return []
