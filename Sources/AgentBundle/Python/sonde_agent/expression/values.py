"""Which values are plain: exact built-in types, whose operators run no code of the target's."""

from .errors import rejected

NoneType = type(None)


class Identities:
    """A set of types, told apart by identity."""

    def __init__(self, types):
        self.ids = frozenset(map(id, types))

    def __contains__(self, kind):
        return id(kind) in self.ids


_empty = {}
KEYS, VALUES, ITEMS = type(_empty.keys()), type(_empty.values()), type(_empty.items())

# Types are told apart by identity and never hashed: a metaclass may define __hash__ and __eq__.
# Built-in types are immortal, so that their ids stay theirs.
SCALARS = frozenset(id(each) for each in (int, float, bool, str, bytes, NoneType, range))
VIEWS = frozenset(id(each) for each in (KEYS, VALUES, ITEMS))
SEQUENCES = frozenset(id(each) for each in (list, tuple))
SETS = frozenset(id(each) for each in (set, frozenset))
LIKE_SETS = SETS | {id(KEYS), id(ITEMS)}
CONTAINERS = SEQUENCES | SETS | VIEWS | {id(dict)}
PLAIN = SCALARS | CONTAINERS

type_mro = type.__dict__["__mro__"].__get__
type_dict = type.__dict__["__dict__"].__get__
type_name = type.__dict__["__name__"].__get__


class Record:
    """Data that the host hands over to be read by field name: `arg.user`.

    `fields` is an exact dict with exact str keys; `kind` is what messages call it.
    """

    __slots__ = ("fields", "kind")

    def __init__(self, fields, kind="record"):
        self.fields = fields
        self.kind = kind

    def __repr__(self):
        return "<%s>" % self.kind


class Cut:
    """Stands for data that a capture left out; an expression that needs it fails with kind "Cut"."""

    __slots__ = ()


class Stream:
    """An iterator that the expression itself made (zip, enumerate, reversed, a generator expression)."""

    __slots__ = ("iterator",)

    def __init__(self, iterator):
        self.iterator = iterator

    def __repr__(self):
        return repr(self.iterator)


STREAM = frozenset((id(Stream),))


def name_of(value):
    """The name of a value's type, as Python's messages have it."""
    kind = type(value)
    if kind is Stream:
        kind = type(value.iterator)
    if kind is Record:
        return value.kind
    return type_name(kind)


def foreign(value, action):
    """The error for a value of the target's own type, for which `action` might run its code."""
    if type(value) is Cut:
        from .errors import ExpressionError

        return ExpressionError("Cut", "capture left this value out")
    if type(value) is Stream:
        return rejected("%s is read once only, and cannot be %s here" % (name_of(value), action))
    return rejected("a %s cannot be %s without running its code (--allow eval)" % (name_of(value), action))


def base_of(value, special):
    """The built-in type whose behaviour `value`'s type inherits, or None.

    `special` names the methods that matter; a class that overrides one of them
    before the built-in type in its method resolution order has none.
    """
    for each in type_mro(type(value)):
        if id(each) in PLAIN:
            return each
        names = type_dict(each)
        for name in special:
            if name in names:
                return None
    return None


COMPARING = ("__eq__", "__ne__", "__lt__", "__le__", "__gt__", "__ge__", "__hash__")
READING = ("__len__", "__iter__", "__getitem__", "__contains__", "__bool__")
COUNTING = (
    "__add__ __radd__ __sub__ __rsub__ __mul__ __rmul__ __truediv__ __rtruediv__ __floordiv__ __rfloordiv__ __mod__ "
    "__rmod__ __divmod__ __rdivmod__ __pow__ __rpow__ __and__ __rand__ __or__ __ror__ __xor__ __rxor__ __lshift__ "
    "__rlshift__ __rshift__ __rrshift__ __neg__ __pos__ __invert__ __abs__ __round__ __int__ __float__ __index__ "
    "__trunc__ __floor__ __ceil__"
).split()
SPEAKING = ("__str__", "__repr__", "__format__")
ALL_BUT_SPEAKING = COMPARING + READING + tuple(COUNTING)


def plain_copy(value, special):
    """A value of an exact built-in type that equals `value`, an instance of a subclass; None if there is none."""
    base = base_of(value, special)
    if base is int:
        return int.__pos__(value)
    if base is float:
        return float.__pos__(value)
    if base is str:
        return str.__str__(value)
    if base is tuple:
        return tuple.__getitem__(value, slice(None))
    if base is list:
        return list.copy(value)
    if base is dict:
        return {key: item for key, item in dict.items(value)} if string_keys(dict.items(value)) else None
    return None


def string_keys(items):
    return all(type(key) is str for key, _ in items)
