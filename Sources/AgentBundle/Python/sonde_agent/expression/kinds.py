"""What is known about a value before the code runs: which types it may have, and how large an integer may be."""

NONE, BOOL, INT, FLOAT, STR, BYTES, LIST, TUPLE, DICT, SET, RANGE, VIEW, STREAM, OTHER = (1 << at for at in range(14))
NUMBER = BOOL | INT | FLOAT
SCALAR = NONE | NUMBER | STR
BUILT_IN = OTHER - 1  # every exact built-in type, and iterators of our own
ANY = BUILT_IN | OTHER


class Kind:
    """A set of types. `bits` bounds integers (None: unbounded), `item` is the kind of a container's elements,
    `plain` says that nothing but built-in values is anywhere inside."""

    __slots__ = ("types", "bits", "item", "plain")

    def __init__(self, types, bits=None, item=None, plain=False):
        self.types = types
        self.bits = bits
        self.item = item
        self.plain = plain or not types & ~SCALAR

    def within(self, types):
        """Whether the value is surely of one of `types`."""
        return not self.types & ~types


UNKNOWN = Kind(ANY)
A_BOOL = Kind(BOOL, 1)
A_FLOAT = Kind(FLOAT)
A_STR = Kind(STR)
SMALL = Kind(INT, 64)
BUILT = Kind(BUILT_IN)
KNOWN = {
    float: A_FLOAT,
    int: Kind(INT),
    bool: A_BOOL,
    str: A_STR,
    type(None): Kind(NONE),
    list: Kind(LIST),
    tuple: Kind(TUPLE),
    dict: Kind(DICT),
    set: Kind(SET),
}


def kind_of(value):
    """The kind of a literal."""
    if type(value) is int:
        return Kind(INT, max(value.bit_length(), 1))
    return KNOWN[type(value)]


def either(one, other):
    """The kind of a value that is the one or the other."""
    if one is other:
        return one
    bits = None if one.bits is None or other.bits is None else max(one.bits, other.bits)
    if not one.types & (INT | BOOL):
        bits = other.bits
    elif not other.types & (INT | BOOL):
        bits = one.bits
    item = either(one.item, other.item) if one.item and other.item else None
    return Kind(one.types | other.types, bits, item, one.plain and other.plain)
