"""The operators on any two values, with their limits: what generated code calls when types are not known."""

import math
import operator
import sys

from .errors import rejected
from .inspecting import Inspection
from .values import ITEMS, KEYS, LIKE_SETS, VIEWS, Stream

OLD_VIEWS = sys.version_info < (3, 10)
UPDATES = {"|": "update", "-": "difference_update", "^": "symmetric_difference_update"}
NATIVE = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "//": operator.floordiv,
    "%": operator.mod,
    "**": operator.pow,
    "<<": operator.lshift,
    ">>": operator.rshift,
    "&": operator.and_,
    "|": operator.or_,
    "^": operator.xor,
}


def whole(kind):
    return kind is int or kind is bool


def number(kind):
    return kind is int or kind is float or kind is bool


class Arithmetic(Inspection):
    """`+ - * / // % ** << >> & | ^` and the unary operators."""

    def add(self, left, right, budget):
        one, other = type(left), type(right)
        if number(one) and number(other):
            if one is float or other is float:
                return left + right
            self.integer_of(budget, max(left.bit_length(), right.bit_length()))
            return left + right
        if one is other:
            if one is str:
                self.text_of(budget, len(left) + len(right), True)
                return left + right
            if one is list or one is tuple:
                self.elements_of(budget, len(left) + len(right))
                return left + right
        return self.native("+", left, right, budget)

    def subtract(self, left, right, budget):
        if whole(type(left)) and whole(type(right)):
            self.integer_of(budget, max(left.bit_length(), right.bit_length()))
            return left - right
        return self.native("-", left, right, budget)

    def multiply(self, left, right, budget):
        one, other = type(left), type(right)
        if number(one) and number(other):
            if one is not float and other is not float:
                self.integer_of(budget, left.bit_length() + right.bit_length() - 1)
            return left * right
        if whole(one):
            left, right, one, other = right, left, other, one
        if whole(other):
            if one is str or one is bytes:
                self.text_of(budget, len(left) * max(right, 0), one is str)
                return left * right
            if one is list or one is tuple:
                self.elements_of(budget, len(left) * max(right, 0))
                return left * right
        return self.native("*", left, right, budget)

    def power(self, left, right, budget):
        if whole(type(left)) and whole(type(right)):
            if right > 0 and not -2 < left < 2:
                if right > self.limits.bits:
                    raise self.exceeded("bits")
                bits = int(right * math.log2(abs(left)))
                self.integer_of(budget, bits + 1)
                self.spend(budget, (bits >> 10) ** 2 >> 2)
        elif not (number(type(left)) and number(type(right))):
            return self.native("**", left, right, budget)
        value = left**right
        if type(value) is complex:
            raise rejected("a negative number to a fractional power is a complex number")
        return value

    def shift_left(self, left, right, budget):
        if whole(type(left)) and whole(type(right)):
            if left and right > 0:
                self.integer_of(budget, left.bit_length() + right)
            return left << right
        return self.native("<<", left, right, budget)

    def divide(self, operation, left, right, budget):
        """`//`, `%` and `divmod` on integers that may be large; the caller does the operation."""
        if whole(type(left)) and whole(type(right)):
            bits = left.bit_length(), right.bit_length()
            self.integer_of(budget, max(bits))
            self.spend(budget, (bits[0] >> 6) * (bits[1] >> 6) >> 6)
            return True
        return number(type(left)) and number(type(right))

    def floor_divide(self, left, right, budget):
        if self.divide("//", left, right, budget):
            return left // right
        return self.native("//", left, right, budget)

    def modulo(self, left, right, budget):
        if type(left) is str:
            return self.percent(left, right, budget)
        if self.divide("%", left, right, budget):
            return left % right
        left = self.lift(left, "divided")
        if type(left) is str:
            return self.percent(left, right, budget)
        return self.native("%", left, right, budget)

    def binary(self, operation, left, right, budget):
        """The operators that need no limit of their own."""
        return self.native(operation, left, right, budget)

    def native(self, operation, left, right, budget):
        """Python's operator, after both sides are known to be plain."""
        if operation in ("-", "&", "|", "^"):  # a view of keys or items takes any iterable on the other side
            if type(right) is Stream and type(left) in (KEYS, ITEMS):
                right = list(self.whole_of(right, budget))
            elif type(left) is Stream and type(right) in (KEYS, ITEMS):
                left = list(self.whole_of(left, budget))
        if not self.user_code:
            action = "used with '%s'" % operation
            one, other = self.lift(left, action), self.lift(right, action)
            if one is not left or other is not right:
                return self.BY_SIGN[operation](self, one, other, budget)
        kinds = id(type(left)), id(type(right))
        if operation in ("-", "&", "|", "^"):
            one, other = kinds[0] in LIKE_SETS, kinds[1] in LIKE_SETS
            if one and not other and kinds[0] in VIEWS:
                right, other = right if type(right) is dict else list(self.whole_of(right, budget)), True
            elif other and not one and kinds[1] in VIEWS:
                left, one = left if type(left) is dict else list(self.whole_of(left, budget)), True
            if one and other:
                self.elements_of(budget, len(left) + len(right))
                self.plain(left, "compared", budget)
                self.plain(right, "compared", budget)
                if OLD_VIEWS and (kinds[0] in VIEWS or kinds[1] in VIEWS):
                    return self.old_views(operation, left, right)
            elif type(left) is dict and type(right) is dict and operation == "|":
                self.elements_of(budget, len(left) + len(right))
                self.searchable(left, budget)
                self.searchable(right, budget)
                return {**left, **right}
        if whole(type(left)) and whole(type(right)):
            self.integer_of(budget, max(left.bit_length(), right.bit_length()))
        return NATIVE[operation](left, right)

    def old_views(self, operation, left, right):
        """The operators of dict views, which older versions do in other steps: the order would be another."""
        if operation == "&":
            if id(type(left)) not in VIEWS:
                left, right = right, left
            if type(right) is set and len(left) <= len(right):
                return right.intersection(left)
            if id(type(right)) in VIEWS and len(right) > len(left):
                left, right = right, left
            return {each for each in right if each in left}
        if operation == "^" and type(left) is ITEMS and type(right) is ITEMS:
            made = {each for each in right if each not in left}
            made.update(each for each in left if each not in right)
            return made
        made = set(dict.fromkeys(left) if type(left) is KEYS else left)  # room for a dict's keys is made at once
        getattr(made, UPDATES[operation])(right)
        return made

    def unary(self, operation, value, budget):
        """`-`, `+`, `~` on any value."""
        value = self.lift(value, "used with '%s'" % operation)
        if whole(type(value)):
            self.integer_of(budget, value.bit_length())
        if operation == "-":
            return -value
        if operation == "+":
            return +value
        return ~int(value) if type(value) is bool else ~value

    BY_SIGN = {
        "+": add,
        "-": subtract,
        "*": multiply,
        "/": lambda self, left, right, budget: self.native("/", left, right, budget),
        "//": floor_divide,
        "%": modulo,
        "**": power,
        "<<": shift_left,
        ">>": lambda self, left, right, budget: self.native(">>", left, right, budget),
        "&": lambda self, left, right, budget: self.native("&", left, right, budget),
        "|": lambda self, left, right, budget: self.native("|", left, right, budget),
        "^": lambda self, left, right, budget: self.native("^", left, right, budget),
    }
