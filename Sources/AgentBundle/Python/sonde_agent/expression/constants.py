"""Constants that CPython 3.12 computes beforehand, and the order of the sets that it makes of them."""

import operator

from .arithmetic import NATIVE

SIGNS = {"neg": operator.neg, "pos": operator.pos, "invert": lambda value: ~(value + 0), "not": operator.not_}
MOST_BITS = 128
DEEP = 60  # a long chain is no constant here, and bounds what the target's stack must hold


class NoConstant(Exception):
    """What is computed when it runs."""


def value_of(node, depth=0):
    """The value of a node that is a constant, or that CPython makes one."""
    if depth > DEEP:
        raise NoConstant
    if node.op == "lit":
        return node.a
    if node.op == "tuple":
        return tuple([value_of(each, depth + 1) for each in node.a])
    if node.op in SIGNS:
        operation, operands = SIGNS[node.op], [value_of(node.a, depth + 1)]
    elif node.op == "binary":
        operation, operands = NATIVE[node.c], [value_of(node.a, depth + 1), value_of(node.b, depth + 1)]
        if any(type(each) not in (int, float, bool) for each in operands) or is_large(node.c, *operands):
            raise NoConstant
    else:
        raise NoConstant
    try:
        return operation(*operands)
    except Exception:
        raise NoConstant from None  # it fails again when it runs


def is_large(operation, left, right):
    """Whether CPython leaves an integer to be computed when it runs."""
    if type(left) is float or type(right) is float:
        return False
    size = left.bit_length()
    if operation == "*":
        return size + right.bit_length() > MOST_BITS
    if operation == "**":
        return size > 0 and right > MOST_BITS // size
    return operation == "<<" and size > 0 and right > MOST_BITS - size


def set_of(nodes):
    """A set in the order of the frozen set that CPython makes of constants; None when they are none.

    It makes that anew in its own order as it merges constants.
    """
    try:
        values = [value_of(each) for each in nodes]
        return set(tuple(set(values))) if values else None
    except (NoConstant, TypeError):
        return None
