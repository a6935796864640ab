"""Takes what one thread prints, and lets all others print as before."""

import sys

from .originals import allocate_lock, get_ident

LIMIT = 256 * 1024

_lock = allocate_lock()
_installed = {}


class _Text:
    """What a thread has printed so far."""

    def __init__(self):
        self.parts = []
        self.left = LIMIT

    def write(self, text):
        if type(text) is not str:
            raise TypeError("write() argument must be str, not {}".format(type(text).__name__))
        if self.left > 0:
            self.parts.append(text[: self.left])
            self.left -= len(text)
        return len(text)

    @property
    def text(self):
        return "".join(self.parts) + ("\n… cut\n" if self.left < 0 else "")


class _Stream:
    """Stands in for `sys.stdout` or `sys.stderr` while code of the shell runs; all but writing is the original's."""

    def __init__(self, original):
        self.original = original
        self.texts = {}

    def write(self, text):
        taken = self.texts.get(get_ident())
        return self.original.write(text) if taken is None else taken.write(text)

    def writelines(self, lines):
        for line in lines:
            self.write(line)

    def flush(self):
        if get_ident() not in self.texts:
            self.original.flush()

    def __getattr__(self, name):
        return getattr(self.original, name)

    def __iter__(self):
        return iter(self.original)


class Captured:
    """A `with` block whose thread's output is kept: `stdout` and `stderr`."""

    def __enter__(self):
        self._texts = {name: _Text() for name in ("stdout", "stderr")}
        with _lock:
            for name, text in self._texts.items():
                stream = _installed.get(name)
                if stream is None or getattr(sys, name) is not stream:
                    stream = _installed[name] = _Stream(getattr(sys, name))
                    setattr(sys, name, stream)
                stream.texts[get_ident()] = text
        return self

    def __exit__(self, *_):
        with _lock:
            for name, text in self._texts.items():
                stream = _installed.get(name)
                if stream is None:
                    continue
                stream.texts.pop(get_ident(), None)
                if not stream.texts:
                    del _installed[name]
                    if getattr(sys, name) is stream:  # else the program has put something else there
                        setattr(sys, name, stream.original)

    @property
    def stdout(self):
        return self._texts["stdout"].text

    @property
    def stderr(self):
        return self._texts["stderr"].text
