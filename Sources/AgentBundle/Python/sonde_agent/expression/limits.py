"""What one evaluation may cost; every bound in one object, each adjustable by the host."""

from .errors import ExpressionError


class Limits:
    """The bounds of one expression. A bound is checked before the work it bounds is done."""

    FIELDS = (
        ("nodes", 500),  # nodes of a tree
        ("nesting", 40),  # brackets, calls and comprehensions inside each other
        ("steps", 200000),  # an operation, or an element touched by one
        ("characters", 1000000),  # characters of one string
        ("elements", 100000),  # elements of one iteration or container
        ("allocation", 16 * 1024 * 1024),  # bytes allocated in all
        ("bits", 20000),  # bits of one integer
        ("digits", 4300),  # digits between an integer and its text
        ("width", 10000),  # width and precision of a format
        ("depth", 200),  # containers inside each other, in data
        ("collisions", 16),  # keys of one container that have the same hash
    )
    __slots__ = tuple(name for name, _ in FIELDS)

    def __init__(self, **changes):
        for name, value in self.FIELDS:
            setattr(self, name, changes.pop(name, value))
        if changes:
            raise TypeError("no such limit: " + ", ".join(sorted(changes)))


MEASURES = {
    "steps": "steps",
    "characters": "characters in a string",
    "elements": "elements",
    "allocation": "bytes",
    "bits": "bits in an integer",
    "digits": "digits",
    "width": "characters of width or precision",
    "depth": "levels of nested data",
    "collisions": "keys with the same hash",
}


def exceeded(limits, name):
    """The error for the limit `name`, which has just been found too small."""
    return ExpressionError(
        "Limit", "this takes more than %d %s" % (getattr(limits, name), MEASURES[name]), limit=name
    )
