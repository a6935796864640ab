"""Search over everything that is loaded: classes and functions by the glob of their full names.

Other than a probe's pattern, a search's `*` runs across dots, and a pattern without a dot is also compared
with the plain name: `sc *Cart*` finds `shop.cart.CartLine`, `sm checkout` finds `shop.checkout`.
"""

from itertools import islice

from . import reading
from .class_facts import class_names, facts_of
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
        self._takes_all = not self._pattern.strip("*")

    def may_match_in(self, module):
        """Whether anything of the module may match."""
        prefix = module + "."
        return self._by_name or prefix.startswith(self._literal) or self._literal.startswith(prefix)

    def matches(self, module, qualname):
        """Whether the pattern matches what the module has under that name."""
        if self._takes_all or matches(self._pattern, module + "." + qualname):
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
    """(qualified name, class, its facts) of the classes that a namespace defines, and of those in them."""
    for name in class_names(space):
        value = space.get(name)
        if not reading.is_class(value):
            continue
        inner = reading.class_dict(value)
        if inner.get("__module__") in modules:
            name = prefix + name
            if reading.qualified_name(value) != name:
                continue  # another name for it
            facts = facts_of(value)
            yield name, value, facts
            if facts.has_classes and depth < _NESTING:
                for item in _classes(inner, modules, name + ".", depth + 1):
                    yield item


def find_classes(pattern, check):
    """(module, qualified name, class, its facts) of the classes that the pattern matches, one by one."""
    search = Search(pattern)
    has_found = False
    for module, space, own in _modules(search, check):
        whole = search.names_owner(module)
        for name, cls, facts in _classes(space, own):
            if whole or search.matches(module, name):
                has_found = True
                yield module, name, cls, facts
    if not has_found and not has_glob(pattern):
        raise not_found(pattern, loaded_modules())


def find_all_functions(pattern, check):
    """The functions and methods that the pattern matches, each where it was defined, one by one."""
    search = Search(pattern)
    seen = set()
    for module, space, own in _modules(search, check):
        for found in _functions(search, module, space, own):
            if id(found.function) not in seen:
                seen.add(id(found.function))
                yield found
    if not seen and not has_glob(pattern):
        raise not_found(pattern, loaded_modules())


def first_of(found, limit):
    """(the first ones of what was found, whether there are more)."""
    items = list(islice(found, limit + 1))
    return items[:limit], len(items) > limit


def _functions(search, module, space, own):
    """The functions of one module that the pattern matches; some perhaps twice."""
    whole = search.names_owner(module)
    for name, value in reading.snapshot(space):
        if type(name) is str and not reading.is_class(value) and (whole or search.matches(module, name)):
            found = _found(module + "." + name, value, None, own)
            if found is not None:
                yield found
    for name, cls, _ in _classes(space, own):
        in_class = whole or search.names_owner(module + "." + name)
        for member, value in reading.snapshot(reading.class_dict(cls)):
            if type(member) is str and (in_class or search.matches(module, name + "." + member)):
                found = _found("{}.{}.{}".format(module, name, member), value, cls, own)
                if found is not None:
                    yield found


def _found(name, value, owner, modules):
    """The function behind a value, or None when it has none or belongs elsewhere."""
    if reading.is_module(value):
        return None
    function, kind, binds_first = plain_function(value)
    if function is None or function.__module__ not in modules:
        return None
    if owner is None and type(value) is not reading.FunctionType and not _wraps(value):
        return None  # an instance that can be called: its class has the method
    if owner is not None and kind not in ("staticmethod", "classmethod", "property"):
        binds_first = True
        kind = "method" if kind == "function" else kind
    return Found(name, function, kind, binds_first)


def _wraps(value):
    space = reading.namespace(value)
    return space is not None and "__wrapped__" in space
