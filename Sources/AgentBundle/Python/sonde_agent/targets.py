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

    `name` is the path by which it was found, `kind` what it is there, `binds_first` whether its first positional
    argument is bound (a method's `self`, a class method's `cls`).
    """

    __slots__ = ("name", "function", "kind", "binds_first", "wrapped")

    def __init__(self, name, function, kind, binds_first):
        layout = Layout(function.__code__)
        self.name = name
        self.function = function
        self.kind = kind
        self.binds_first = binds_first and (layout.positional != () or layout.varargs is not None)
        self.wrapped = _wrapped_parameters(function, layout)

    @property
    def layout(self):
        """The function's parameters."""
        return Layout(self.function.__code__)

    @property
    def params(self):
        """The names of the parameters, and of those behind a decorator."""
        return list(self.layout.names) + [parameter.name for parameter in self.wrapped]

    def row(self):
        """The reply's entry for it."""
        return {"func": self.name, "kind": self.kind, "params": self.params}


class WrappedParameter:
    """A parameter of the function behind a decorator, as the decorator's own `*args` and `**kwargs` have it."""

    __slots__ = ("name", "index", "default")

    def __init__(self, name, index, default):
        self.name = name
        self.index = index
        self.default = default

    def find(self, positional, keywords):
        """(whether it was passed, its value or its default)."""
        if self.index is not None and self.index < len(positional):
            return True, positional[self.index]
        if self.name in keywords:
            return True, keywords[self.name]
        return False, self.default

    def __call__(self, positional, keywords):
        return self.find(positional, keywords)[1]


def _wrapped_parameters(function, layout):
    """The parameters behind a decorator that hands on whatever it is given; those that are not its own."""
    if layout.varargs is None and layout.varkeywords is None:
        return ()
    inner = innermost(function)
    if inner is None:
        return ()
    behind = Layout(inner.__code__)
    defaults = inner.__defaults__ or ()
    without = len(behind.positional) - len(defaults)
    result = []
    for index, name in enumerate(behind.positional):
        if name not in layout.names and index >= len(layout.positional):
            default = defaults[index - without] if index >= without else None
            place = index - len(layout.positional) if layout.varargs is not None else None
            result.append(WrappedParameter(name, place, default))
    keyword_defaults = inner.__kwdefaults__ or {}
    for name in behind.keyword_only:
        if name not in layout.names:
            result.append(WrappedParameter(name, None, keyword_defaults.get(name)))
    return tuple(result)


def innermost(function):
    """The function at the end of `__wrapped__`, or None."""
    found = None
    for _ in range(20):
        inner = dict.get(function.__dict__, "__wrapped__")
        function = plain_function(inner)[0] if inner is not None else None
        if function is None:
            return found
        found = function
    return found


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
