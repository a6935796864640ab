"""The operators on any two values, with their limits: what generated code calls when types are not known."""

import math
import operator

from .errors import rejected
from .inspecting import Inspection
from .values import SETS, VIEWS

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
                self.spend(budget, (bits >> 10) ** 2 >> 4)
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
            self.spend(budget, (bits[0] >> 6) * (bits[1] >> 6) >> 8)
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
        if not self.user_code:
            action = "used with '%s'" % operation
            one, other = self.lift(left, action), self.lift(right, action)
            if one is not left or other is not right:
                return self.BY_SIGN[operation](self, one, other, budget)
        kinds = id(type(left)), id(type(right))
        if operation in ("-", "&", "|", "^"):
            if kinds[0] in SETS or kinds[0] in VIEWS:
                self.spend(budget, len(left))
                if kinds[1] in SETS or kinds[1] in VIEWS:
                    self.elements_of(budget, len(left) + len(right))
                    self.plain(left, "compared", budget)
                self.plain(right, "compared", budget)
            elif kinds[1] in VIEWS or kinds[1] in SETS:
                self.plain(left, "compared", budget)
                self.plain(right, "compared", budget)
            elif type(left) is dict and type(right) is dict and operation == "|":
                self.elements_of(budget, len(left) + len(right))
                self.searchable(left, budget)
                self.searchable(right, budget)
                return {**left, **right}
        if whole(type(left)) and whole(type(right)):
            self.integer_of(budget, max(left.bit_length(), right.bit_length()))
        return NATIVE[operation](left, right)

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
