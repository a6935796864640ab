"""What a pattern finds: a plain Python function, and how it came to be there."""

from . import reading
from .probes.layout import Layout

_FunctionType = reading.FunctionType


class _Sample:
    def method(self):
        """Only its type is of interest."""


_MethodType = type(_Sample().method)


class Found:
    """A function that can be observed.

    `name` is the path by which it was found, `kind` what it is there, `binds_first` whether its first parameter
    is bound (a method's `self`, a class method's `cls`).
    """

    __slots__ = ("name", "function", "kind", "binds_first")

    def __init__(self, name, function, kind, binds_first):
        self.name = name
        self.function = function
        self.kind = kind
        self.binds_first = binds_first and Layout(function.__code__).positional != ()

    @property
    def layout(self):
        """The function's parameters."""
        return Layout(self.function.__code__)

    @property
    def params(self):
        """The names of the parameters, and of those behind a decorator."""
        names = list(self.layout.names)
        wrapped = self._wrapped()
        if wrapped is not None:
            names += [name for name in Layout(wrapped.__code__).names if name not in names]
        return names

    def row(self):
        """The reply's entry for it."""
        return {"func": self.name, "kind": self.kind, "params": self.params}

    def _wrapped(self):
        """The function behind a decorator that hands on whatever it is given."""
        if self.layout.varargs is None and self.layout.varkeywords is None:
            return None
        inner = dict.get(self.function.__dict__, "__wrapped__")
        for _ in range(20):
            function, _, _ = plain_function(inner)
            if function is None:
                return None
            further = dict.get(function.__dict__, "__wrapped__")
            if further is None:
                return function
            inner = further
        return None

    def wrapped_lookup(self, name, skipped):
        """A function of (varargs, varkeywords) that gives the parameter of the wrapped function, or None."""
        function = self._wrapped()
        if function is None:
            return None
        layout = Layout(function.__code__)
        keyword_defaults = function.__kwdefaults__ or {}
        if name in layout.keyword_only:
            default = keyword_defaults.get(name)
            return lambda positional, keywords: keywords.get(name, default)
        if name not in layout.positional:
            return None
        index = layout.positional.index(name) - skipped
        defaults = function.__defaults__ or ()
        from_end = len(layout.positional) - layout.positional.index(name)
        default = defaults[-from_end] if from_end <= len(defaults) else None

        def lookup(positional, keywords):
            if 0 <= index < len(positional):
                return positional[index]
            return keywords.get(name, default)

        return lookup


def plain_function(value, depth=0):
    """The Python function behind a value: (function, kind, binds_first), or (None, reason, False)."""
    kind = type(value)
    if depth > 20:
        return None, "it is wrapped too deeply", False
    if kind is _FunctionType:
        return value, Layout(value.__code__).kind, False
    if issubclass(kind, staticmethod):
        function, found, _ = plain_function(staticmethod.__dict__["__func__"].__get__(value), depth + 1)
        return function, "staticmethod" if function and found == "function" else found, False
    if issubclass(kind, classmethod):
        function, found, _ = plain_function(classmethod.__dict__["__func__"].__get__(value), depth + 1)
        return function, "classmethod" if function and found == "function" else found, True
    if issubclass(kind, property):
        function, found, _ = plain_function(property.__dict__["fget"].__get__(value), depth + 1)
        return function, "property" if function else "the property has no Python getter", True
    if kind is _MethodType:
        function, found, _ = plain_function(value.__func__, depth + 1)
        return function, "method" if function and found == "function" else found, True
    for name in ("__wrapped__", "func", "__func__", "fget"):
        if reading.is_class(value):
            break
        inner = _plain_attribute(value, name)
        if inner is not reading.MISSING:
            function, found, binds = plain_function(inner, depth + 1)
            if function is not None:
                return function, found, binds
    if reading.is_class(value):
        return None, "it is a class", False
    call = reading.class_attribute(kind, "__call__")
    if type(call) is _FunctionType:
        return call, "method", True
    if id(kind) in reading.BUILTIN_CALLABLES:
        return None, "it is written in C, and only Python functions can be observed", False
    return None, "it is no function but of type {}".format(reading.type_name(kind)), False


def _plain_attribute(value, name):
    """An attribute of a wrapper such as `functools.partial` or `lru_cache`: instance data or the type's own member."""
    found = reading.class_attribute(type(value), name)
    if type(found) is reading.MemberDescriptor:
        try:
            return found.__get__(value)
        except AttributeError:
            return reading.MISSING
    space = reading.namespace(value)
    if space is None:
        return reading.MISSING
    return dict.get(space, name, reading.MISSING)
