"""The functions an expression may call."""

import sys

from .errors import rejected
from .inspecting import LARGE
from .iterating import FEW
from .percent import Percent
from .values import LIKE_SETS, PLAIN, SCALARS, SEQUENCES, SETS, VIEWS, Stream, name_of, type_mro

SAME_SUM = sys.version_info[:2] == (3, 12)
OTHER_SORT = sys.version_info >= (3, 13)
CLASSES = {
    "int": int,
    "float": float,
    "str": str,
    "bool": bool,
    "list": list,
    "tuple": tuple,
    "dict": dict,
    "set": set,
    "range": range,
}


class Functions(Percent):
    """One method for each function of the language, `call_…`; the last parameter is always the budget."""

    def call_len(self, value, budget):
        return self.length(value)

    def call_abs(self, value, budget):
        value = self.lift(value, "used with abs()")
        if type(value) is int:
            self.integer_of(budget, value.bit_length())
        return abs(value)

    def call_any(self, values, budget):
        for value in self.iterate(values, 1, budget or self.budget()):
            if value if id(type(value)) in PLAIN else self.truth(value):
                return True
        return False

    def call_all(self, values, budget):
        for value in self.iterate(values, 1, budget or self.budget()):
            if not (value if id(type(value)) in PLAIN else self.truth(value)):
                return False
        return True

    # Numbers

    def call_int(self, *values):
        values, budget = values[:-1], values[-1]
        if not values:
            return 0
        value = self.lift(values[0], "made an int")
        if len(values) == 2 and values[1] is not None:
            return int(self.digits_in(value, budget), self.lift(values[1], "used as a base"))
        if len(values) == 2:
            raise TypeError("'NoneType' object cannot be interpreted as an integer")
        kind = type(value)
        if kind is str:
            return self.parse_integer(self.digits_in(value, budget))
        if kind is int:
            self.integer_of(budget, value.bit_length())
        return int(value)

    def digits_in(self, text, budget):
        """The text of a number, charged."""
        if type(text) is str and len(text) > 100:
            self.text_of(budget, len(text))
            self.spend(budget, (min(len(text), 20000) >> 3) ** 2 >> 8)
            length = len(text.strip())
            if length > self.limits.digits * 3:
                raise self.exceeded("digits")
            if length > self.limits.digits:
                count = sum(map(str.isalnum, text))
                if count > self.limits.digits:
                    if count * 3 > self.limits.bits or self.limits.digits < 4300:
                        raise self.exceeded("digits")
                    raise ValueError(
                        "Exceeds the limit (%d digits) for integer string conversion" % self.limits.digits
                    )
        return text

    def parse_integer(self, text):
        if len(text) < 600:
            return int(text)
        sign, digits = 1, text.strip()
        if digits[0] in "+-":
            sign, digits = -1 if digits[0] == "-" else 1, digits[1:]
        if not digits.isdecimal():
            return int(text)
        value = 0
        for at in range(0, len(digits), 600):  # a target may allow fewer digits at once
            part = digits[at : at + 600]
            value = value * 10 ** len(part) + int(part)
        return sign * value

    def call_float(self, *values):
        value = self.lift(values[0], "made a float") if len(values) == 2 else 0.0
        if type(value) is str:
            self.text_of(values[-1], len(value))
        return float(value)

    def call_bool(self, *values):
        return self.truth(values[0]) if len(values) == 2 else False

    def call_round(self, value, *rest):
        places = rest[0] if len(rest) == 2 else None
        value = self.lift(value, "rounded")
        if places is None:
            return round(value)
        places = self.lift(places, "used as a number of digits")
        if type(value) is int and type(places) is int and places < 0:
            self.integer_of(rest[-1], value.bit_length())
            self.spend(rest[-1], (value.bit_length() >> 6) ** 2 >> 6)
            if -places > value.bit_length() // 3 + 2:
                return 0
        return round(value, places)

    def call_divmod(self, left, right, budget):
        left, right = self.lift(left, "divided"), self.lift(right, "divided")
        self.divide("divmod", left, right, budget)
        return divmod(left, right)

    def call_pow(self, left, right, *rest):
        budget = rest[-1]
        if len(rest) == 1 or rest[0] is None:
            return self.power(left, right, budget)
        values = [self.lift(value, "used with pow()") for value in (left, right, rest[0])]
        if all(type(value) is int or type(value) is bool for value in values):
            bits = [value.bit_length() for value in values]
            self.integer_of(budget, max(bits))
            self.spend(budget, (bits[1] if right > 0 else bits[2]) * (bits[2] // 30 + 1) ** 2 >> 6)
        return pow(*values)

    def call_ord(self, value, budget):
        return ord(self.lift(value, "used with ord()"))

    def call_chr(self, value, budget):
        value = self.lift(value, "used with chr()")
        if type(value) is int and not -(1 << 31) <= value < 1 << 31:
            raise OverflowError("Python int too large to convert to C int")  # since 3.13 a ValueError
        return chr(value)

    def based(self, function, value, budget):
        value = self.lift(value, "written as text")
        if type(value) is int:
            self.text_of(budget, value.bit_length())
            self.integer_of(budget, value.bit_length())
        return function(value)

    def call_hex(self, value, budget):
        return self.based(hex, value, budget)

    def call_bin(self, value, budget):
        return self.based(bin, value, budget)

    def call_oct(self, value, budget):
        return self.based(oct, value, budget)

    # Text

    def call_str(self, *values):
        return self.represent(values[0], values[-1], "s") if len(values) == 2 else ""

    def call_repr(self, value, budget):
        return self.represent(value, budget)

    # Containers

    def call_list(self, *values):
        return list(self.whole_of(values[0], values[-1])) if len(values) == 2 else []

    def call_tuple(self, *values):
        return tuple(self.whole_of(values[0], values[-1])) if len(values) == 2 else ()

    def call_set(self, *values):
        return self.set_of(values[0], values[-1]) if len(values) == 2 else set()

    def call_dict(self, *values, **named):
        budget = values[-1]
        made = {}
        if len(values) == 2:
            source = self.lift(values[0], "made a dict") if type(values[0]) is not Stream else values[0]
            if type(source) is dict:
                self.elements_of(budget, len(source))
                self.searchable(source, budget)
                made.update(source)
            else:
                self.update(made, source, budget)
        made.update(named)
        return made

    def update(self, made, source, budget):
        """Adds the pairs of an iterable to a dict."""
        budget = budget or self.budget()
        for at, pair in enumerate(self.iterate(source, 3, budget)):
            kind = type(pair)
            if not (id(kind) in SEQUENCES or kind is str or id(kind) in SETS or kind is Stream or kind is dict):
                pair = self.lift(pair, "unpacked")
                if id(type(pair)) in SCALARS and type(pair) is not range:
                    raise TypeError("cannot convert dictionary update sequence element #%d to a sequence" % at)
            items = self.unpack(pair, 2, budget)
            if len(items) != 2:
                length = (at, len(items))
                raise ValueError("dictionary update sequence element #%d has length %d; 2 is required" % length)
            made[self.key(items[0], budget)] = items[1]

    def call_range(self, *values):
        bounds = [self.lift(value, "used with range()") for value in values[:-1]]
        return range(*[int(each) if type(each) is bool else each for each in bounds])

    def source(self, value):
        """An iterator over one iterable, for zip() and the like, which is not paid for yet."""
        return iter(self.items(value)[0])

    def call_enumerate(self, value, *rest):
        start = rest[0] if len(rest) == 2 else 0
        return Stream(enumerate(self.source(value), self.lift(start, "used as a number")))

    def call_zip(self, *values, **named):
        sources = [self.source(value) for value in values[:-1]]
        if "strict" in named and self.truth(named["strict"]):
            return Stream(strictly(sources))
        return Stream(zip(*sources))

    def call_reversed(self, value, budget):
        kind = type(value)
        if kind is Stream or id(kind) in SETS:
            raise TypeError("'%s' object is not reversible" % name_of(value))
        if id(kind) in SEQUENCES or kind is str or kind is range or kind is bytes:
            return Stream(reversed(value))
        if kind is dict or id(kind) in VIEWS:
            return Stream(reversed(self.whole_of(value, budget)))
        if id(kind) in PLAIN or self.user_code:
            return Stream(reversed(value))
        return Stream(reversed(self.lift(value, "reversed")))

    def call_sorted(self, value, budget, key=None, reverse=False):
        budget = self.budget() if budget is None else budget
        items = list(self.whole_of(value, budget))
        reverse = self.truth(reverse)  # before 3.12 it had to be a number
        keys = items if key is None else [self.keyed(key, item, budget) for item in items]
        self.comparable(keys, budget, len(keys).bit_length())
        if OTHER_SORT and len(keys) > 2 and any(map(unordered, keys)):
            if len(keys) >= 64:
                raise rejected("this process's Python does not sort NaN and sets as CPython 3.12 does")
            order = range(len(keys))[:: -1 if reverse else 1]
            return [items[at] for at in insertion_order(list(order), keys)][:: -1 if reverse else 1]
        if key is None:
            return sorted(items, reverse=reverse)
        order = sorted(range(len(items)), key=keys.__getitem__, reverse=reverse)
        return [items[at] for at in order]

    def keyed(self, key, item, budget):
        """What `key=` makes of one item."""
        self.spend(budget, 3)
        return getattr(self, "call_" + key)(item, budget)

    def comparable(self, values, budget, factor=1):
        """Refuses values whose comparison would run code; charges what is more than a number each."""
        if SCALARS.issuperset(map(id, map(type, values))):
            if factor > 1 and values and type(values[0]) is str:
                self.spend(budget, sum(len(value) for value in values if type(value) is str) * factor >> 10)
            return
        if self.user_code:
            return
        for at, value in enumerate(values):
            if id(type(value)) not in PLAIN and len(values) > 1:
                values[at] = self.lift(value, "compared")
        self.plain(list(values), "compared", budget)
        self.spend(budget, len(values) * factor >> 3)

    # What goes through data once

    def extreme(self, choose, values, key, default):
        """min() and max()."""
        budget = values[-1]
        if len(values) > 2:
            if default is not self:
                name = choose.__name__
                raise TypeError("Cannot specify a default for %s() with multiple positional arguments" % name)
            items = list(values[:-1])
        elif key is None and type(values[0]) is not Stream:
            items = list(self.whole_of(values[0], budget))
        else:
            return self.extreme_of(choose, values[0], key, default, budget or self.budget())
        if not items:
            if default is self:
                raise ValueError("%s() iterable argument is empty" % choose.__name__)
            return default
        if key is not None:
            return self.extreme_of(choose, items, key, default, budget or self.budget())
        self.comparable(items, budget)
        return choose(items)

    def extreme_of(self, choose, values, key, default, budget):
        """The same one element at a time, because each may fail on its way."""
        best = best_key = self
        compare = self.less if choose is min else self.greater
        for item in self.iterate(values, 1, budget):
            item_key = item if key is None else self.keyed(key, item, budget)
            if best is self or compare(item_key, best_key, budget):
                best, best_key = item, item_key
        if best is not self:
            return best
        if default is self:
            raise ValueError("%s() iterable argument is empty" % choose.__name__)
        return default

    def call_min(self, *values, **named):
        return self.extreme(min, values, named.get("key"), named.get("default", self))

    def call_max(self, *values, **named):
        return self.extreme(max, values, named.get("key"), named.get("default", self))

    def call_sum(self, values, *rest):
        start, budget = rest[0] if len(rest) == 2 and rest[0] is not None else 0, rest[-1]
        if len(rest) == 2 and rest[0] is None:
            start = None
        if type(start) is str:
            raise TypeError("sum() can't sum strings [use ''.join(seq) instead]")
        if type(values) is not Stream and (type(start) is int or type(start) is float):
            items = self.whole_of(values, budget)
            if SCALARS.issuperset(map(id, map(type, items))):
                return self.total(items, start, budget)
        budget = budget or self.budget()
        return self.total_of(self.iterate(values, 1, budget), start, budget)

    def sum_built(self, items, budget):
        """sum() of a list that an expression made, of built-in values."""
        if len(items) < FEW:
            value = sum(items)
            if type(value) is int and -LARGE < value < LARGE or type(value) is float and SAME_SUM:
                return value
        return self.call_sum(items, budget)

    def total(self, items, start, budget):
        """sum() of scalars."""
        value = sum(items, start)
        if type(value) is float and not SAME_SUM:
            return self.total_of(iter(items), start, budget)
        if type(value) is int and value.bit_length() > 64:
            self.spend(budget, len(items) * (value.bit_length() >> 10))
            self.integer_of(budget, value.bit_length())
        return value

    def total_of(self, items, value, budget):
        """sum() as CPython 3.12 does it: integers first, then floats with compensation, then anything."""
        if type(value) is int:
            for item in items:
                kind = type(item)
                value = self.add(value, item, budget)
                if not (kind is int or kind is bool) or not -(1 << 63) <= value < 1 << 63:
                    break
            else:
                return value
        if type(value) is float:
            error = 0.0
            for item in items:
                kind = type(item)
                if kind is float:
                    total = value + item
                    if abs(value) >= abs(item):
                        error += (value - total) + item
                    else:
                        error += (item - total) + value
                    value = total
                elif (kind is int or kind is bool) and -(1 << 63) <= item < 1 << 63:
                    value += item
                else:
                    value = self.add(settled(value, error), item, budget)
                    break
            else:
                return settled(value, error)
        for item in items:
            value = self.add(value, item, budget)
        return value

    def call_isinstance(self, value, classes):
        """isinstance(), by the class alone: `__class__` may be a property."""
        kind = type(value)
        for name in classes:
            for each in type_mro(kind):
                if each is CLASSES[name]:
                    return True
        return False


def unordered(value):
    """Whether a value may have no place in an order, as NaN and sets have none: what sorting makes of it varies."""
    kind = type(value)
    if kind is list or kind is tuple:
        return any(map(unordered, value))
    return kind is float and value != value or id(kind) in LIKE_SETS


def insertion_order(order, keys):
    """Some places of `keys`, sorted as CPython 3.12 does it below 64: a run, then binary insertion."""
    run = 2
    falls = keys[order[1]] < keys[order[0]]
    while run < len(order) and (keys[order[run]] < keys[order[run - 1]]) is falls:
        run += 1
    if falls:
        order[:run] = order[:run][::-1]
    for at in range(run, len(order)):
        place = order.pop(at)
        low, high = 0, at
        while low < high:
            middle = (low + high) >> 1
            if keys[place] < keys[order[middle]]:
                high = middle
            else:
                low = middle + 1
        order.insert(low, place)
    return order


def settled(value, error):
    """A float sum with its compensation, where that is finite."""
    return value + error if error and error - error == 0 else value


def strictly(sources):
    """zip(strict=True), which Python has since 3.10."""
    done = object()
    while sources:
        row = []
        for at, source in enumerate(sources):
            item = next(source, done)
            if item is done:
                if at:
                    before = "" if at == 1 else "s 1-%d" % at
                    raise ValueError("zip() argument %d is shorter than argument%s" % (at + 1, before or " 1"))
                for later, other in enumerate(sources[1:], 2):
                    if next(other, done) is not done:
                        raise ValueError("zip() argument %d is longer than argument 1" % later)
                return
            row.append(item)
        yield tuple(row)
