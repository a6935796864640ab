"""`%`-formatting: sizes are worked out before Python does it."""

import sys

from .text import Text, whole_number

OLD_CHARACTERS = sys.version_info < (3, 9)  # %c of an integer that is no C long was another error
LARGE = 1 << 63


class Percent(Text):
    """`"%s" % value`."""

    def percent(self, template, values, budget):
        """`template % values`, for a str on the left."""
        budget = self.budget() if budget is None else budget
        if not self.user_code:
            values = self.lift(values, "formatted")
            self.plain(values, "formatted", budget)
        self.text_of(budget, len(template), True)
        length = len(template) + self.percent_size(template, values, budget)
        self.text_of(budget, length, True)
        return template % values

    def percent_size(self, template, values, budget):
        """How many characters the conversions of a template make at the most."""
        single = type(values) is not tuple
        left = [values] if single else list(values)
        left.reverse()
        size = at = 0
        while True:
            at = template.find("%", at) + 1
            if not at:
                return size
            self.spend(budget, 6)
            named = None
            if template.startswith("(", at):
                close = self.closing(template, at)
                if close < 0 or type(values) is not dict:
                    return size  # Python's own error is on its way
                key = template[at + 1 : close]
                self.searchable(values, budget)
                if key not in values:
                    return size
                named, at = values[key], close + 1
            while template[at : at + 1] in tuple("#0- +"):
                at += 1
            at, width = self.percent_number(template, at, left)
            precision = 0
            if template.startswith(".", at):
                at, precision = self.percent_number(template, at + 1, left)
            while template[at : at + 1] in ("h", "l", "L"):
                at += 1
            kind = template[at : at + 1]
            at += 1
            if kind == "%":
                continue
            if "(" in template and type(values) is dict:
                value = named
            elif not left:
                return size
            else:
                value = left.pop()
            size += max(width, precision) + self.percent_value(kind, value, precision, budget)
            if size > self.limits.characters:
                raise self.exceeded("characters")

    @staticmethod
    def closing(template, at):
        """Where the bracket that opens at `at` closes, or -1."""
        depth = 0
        for place in range(at, len(template)):
            if template[place] == "(":
                depth += 1
            elif template[place] == ")":
                depth -= 1
                if not depth:
                    return place
        return -1

    def percent_number(self, template, at, left):
        """A width or precision at `at`: the place after it, and its value."""
        if template.startswith("*", at):
            value = left.pop() if left else 0
            at += 1
            value = abs(value) if type(value) is int else 0
        else:
            begin = at
            while template[at : at + 1].isdecimal():
                at += 1
            value = whole_number(template[begin:at]) if at > begin else 0
        if value > self.limits.width:
            raise self.exceeded("width")
        return at, value

    def percent_value(self, kind, value, precision, budget):
        """How long one value becomes without padding."""
        if OLD_CHARACTERS and kind == "c" and type(value) is int and not -LARGE <= value < LARGE:
            raise OverflowError("%c arg not in range(0x110000)")
        if type(value) is int and kind not in ("s", "r", "a", "c"):
            self.digits(value, budget, 2 if kind in ("x", "X", "o") else 10)
            return value.bit_length() // 3 + 330
        if kind in ("s", "r", "a"):
            if type(value) is str and kind == "s":
                return len(value)
            return len(self.represent(value, budget, kind))
        return 330
