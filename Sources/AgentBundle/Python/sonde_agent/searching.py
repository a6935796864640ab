"""Search over everything that is loaded: classes and functions by the glob of their full names.

Other than a probe's pattern, a search's `*` runs across dots, and a pattern without a dot is also compared
with the plain name: `sc *Cart*` finds `shop.cart.CartLine`, `sm checkout` finds `shop.checkout`.
"""

import sys

from . import reading
from .errors import AgentError
from .patterns import has_glob, loaded_modules, matches, not_found, splits
from .reading import main_name
from .targets import Found, plain_function

_LIMIT = 1000
_NESTING = 4


def limit_of(params):
    """How many rows are wanted."""
    limit = params.get("limit")
    if limit is None:
        return _LIMIT
    if type(limit) is not int or limit < 0:
        raise AgentError("BadRequest", "'limit' is a number of rows")
    return limit or _LIMIT


class Search:
    """A search's pattern."""

    def __init__(self, pattern):
        if type(pattern) is not str or not pattern:
            raise AgentError("BadPattern", "a search needs a pattern; * finds everything")
        if pattern.strip("*?"):
            splits(pattern if "." in pattern or ":" in pattern else "x." + pattern)
        self.text = pattern
        self._pattern = pattern.replace(":", ".")
        literal = self._pattern
        for mark in "*?":
            literal = literal.partition(mark)[0]
        self._literal = literal if literal != self._pattern or "." in literal else ""
        self._by_name = "." not in self._pattern

    def may_match_in(self, module):
        """Whether anything of the module may match."""
        prefix = module + "."
        return self._by_name or prefix.startswith(self._literal) or self._literal.startswith(prefix)

    def matches(self, module, qualname):
        """Whether the pattern matches what the module has under that name."""
        full = module + "." + qualname
        if matches(self._pattern, full):
            return True
        return self._by_name and matches(self._pattern, qualname.rpartition(".")[2])

    def names_owner(self, owner):
        """Whether the pattern is the full name of a module or class, which then stands for all that it has."""
        return not has_glob(self._pattern) and (
            self._pattern == owner or (self._by_name and owner.rpartition(".")[2] == self._pattern)
        )


def _modules(search, check):
    main = main_name()
    for name, space in sorted(loaded_modules().items()):
        if name == "__main__" and main not in (None, "__main__") and not search.text.startswith("__main__"):
            continue
        check()
        if search.may_match_in(name):
            yield name, space, {name, "__main__"} if name == main else {name}


def _classes(space, modules, prefix="", depth=0):
    """(qualified name, class) of the classes that a namespace defines, and of those in them."""
    for name, value in reading.snapshot(space):
        if type(name) is str and reading.is_class(value) and reading.class_dict(value).get("__module__") in modules:
            if reading.qualified_name(value) != prefix + name:
                continue  # another name for it
            yield prefix + name, value
            if depth < _NESTING:
                for item in _classes(reading.class_dict(value), modules, prefix + name + ".", depth + 1):
                    yield item


def find_classes(pattern, check):
    """(module, qualified name, class) of the classes that the pattern matches."""
    search = Search(pattern)
    found = []
    for module, space, own in _modules(search, check):
        whole = search.names_owner(module)
        for name, cls in _classes(space, own):
            if whole or search.matches(module, name):
                found.append((module, name, cls))
    if not found and not has_glob(pattern):
        raise not_found(pattern, loaded_modules())
    return found


def find_all_functions(pattern, check):
    """The functions and methods that the pattern matches, each where it was defined."""
    search = Search(pattern)
    found = {}
    for module, space, own in _modules(search, check):
        whole = search.names_owner(module)
        for name, value in reading.snapshot(space):
            if type(name) is str and not reading.is_class(value) and (whole or search.matches(module, name)):
                _take(found, module + "." + name, value, None, own)
        for name, cls in _classes(space, own):
            in_class = whole or search.names_owner(module + "." + name)
            for member, value in reading.snapshot(reading.class_dict(cls)):
                if type(member) is str and (in_class or search.matches(module, name + "." + member)):
                    _take(found, "{}.{}.{}".format(module, name, member), value, cls, own)
    if not found and not has_glob(pattern):
        raise not_found(pattern, loaded_modules())
    return list(found.values())


def _take(found, name, value, owner, modules):
    if reading.is_module(value):
        return
    function, kind, binds_first = plain_function(value)
    if function is None or function.__module__ not in modules:
        return
    if owner is None and type(value) is not reading.FunctionType and not _wraps(value):
        return  # an instance that can be called: its class has the method
    if owner is not None and kind not in ("staticmethod", "classmethod", "property"):
        binds_first = True
        kind = "method" if kind == "function" else kind
    found.setdefault(id(function), Found(name, function, kind, binds_first))


def _wraps(value):
    space = reading.namespace(value)
    return space is not None and "__wrapped__" in space


def place_of_class(cls):
    """(file, first line) of a class: what 3.13 and later note, else where its first method stands; None, None."""
    space = reading.class_dict(cls)
    first = space.get("__firstlineno__")
    file = line = None
    for _, value in reading.snapshot(space):
        function = plain_function(value)[0] if id(type(value)) in reading.METHOD_TYPES else None
        if function is not None and function.__module__ == space.get("__module__"):
            code = function.__code__
            if code.co_filename[:1] != "<" and (line is None or code.co_firstlineno < line):
                file, line = code.co_filename, code.co_firstlineno
    if file is None:
        module = sys.modules.get(space.get("__module__"))
        names = reading.namespace(module) if module is not None else None
        path = names.get("__file__") if names is not None else None
        file = path if type(path) is str and path.endswith(".py") else None
    return file, first if type(first) is int else line
