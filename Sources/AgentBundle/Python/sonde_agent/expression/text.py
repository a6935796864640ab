"""Text of values: str(), repr(), f-strings and format specifications, as CPython 3.12 has them."""

import sys

from .characters import CASES, CLASSES, Changed
from .errors import ExpressionError, rejected
from .iterating import Iterating
from .values import CONTAINERS, PLAIN, SCALARS, Identities, Record, Stream, foreign, type_dict, type_mro

OLD_PADDING = sys.version_info < (3, 10)
OLD_ZERO = sys.version_info < (3, 11)
ARGUMENTS = BaseException.__dict__["args"].__get__
SPEAKING_ERRORS = Identities((BaseException, KeyError, OSError))
OS_FIELDS = ("errno", "strerror", "filename", "filename2")
CHANGED_CLASSES = Changed(CLASSES)
CHANGED_CASES = Changed(CASES)
DEFAULT_DIGITS = 4300  # what CPython allows by itself


class Spec:
    """A format specification, taken apart."""

    __slots__ = ("fill", "align", "sign", "zero", "alternate", "pad", "width", "group", "precision", "type")


def read_spec(text, action):
    """Takes a specification apart by CPython 3.12's grammar, or raises its ValueError."""
    spec = Spec()
    at, end = 0, len(text)
    spec.fill = spec.align = spec.sign = spec.group = spec.type = ""
    spec.zero = spec.alternate = spec.pad = False
    spec.width = spec.precision = None
    if end > 1 and text[1] in "<>=^":
        spec.fill, spec.align, at = text[0], text[1], 2
    elif end and text[0] in "<>=^":
        spec.align, at = text[0], 1
    if at < end and text[at] in "+- ":
        spec.sign = text[at]
        at += 1
    if at < end and text[at] == "z":
        spec.zero = True
        at += 1
    if at < end and text[at] == "#":
        spec.alternate = True
        at += 1
    if at < end and text[at] == "0" and not spec.fill:
        spec.pad = True
        at += 1
    begin = at
    while at < end and text[at].isdecimal():
        at += 1
    if at > begin:
        spec.width = whole_number(text[begin:at])
    if at < end and text[at] in ",_":
        spec.group = text[at]
        at += 1
        if at < end and text[at] in ",_":
            if text[at] != spec.group:
                raise ValueError("Cannot specify both ',' and '_'.")
            raise ValueError("Cannot specify '%s' with '%s'." % (spec.group, text[at]))
    if at < end and text[at] == ".":
        begin = at = at + 1
        while at < end and text[at].isdecimal():
            at += 1
        if at == begin:
            raise ValueError("Format specifier missing precision")
        spec.precision = whole_number(text[begin:at])
    if end - at > 1:
        raise ValueError("Invalid format specifier '%s' for object of type '%s'" % (text[:100], action))
    spec.type = text[at:]
    return spec


def whole_number(digits):
    if len(digits) > 18:
        raise ValueError("Too many decimal digits in format string")
    return int(digits)


class Text(Iterating):
    """Values as text."""

    def digits(self, value, budget, base=10):
        """Makes sure that an integer has no more digits than may be written."""
        bits = value.bit_length()
        if bits > self.limits.bits:
            raise self.exceeded("bits")
        if base != 10:
            return
        if bits > 600:  # writing takes the square of the length
            self.spend(budget, (bits >> 5) ** 2 >> 7)
        if bits * 0.30103 < self.limits.digits - 1:
            return
        if abs(value) >= 10**self.limits.digits:
            if self.limits.digits < DEFAULT_DIGITS:
                raise self.exceeded("digits")
            raise ValueError("Exceeds the limit (%d digits) for integer string conversion" % self.limits.digits)

    def write_integer(self, value):
        """The decimal text of an integer, also where the target has lowered Python's own limit."""
        try:
            return int.__repr__(value)
        except ValueError:
            text, sign = "", "-" if value < 0 else ""
            value = abs(value)
            while value:
                value, part = divmod(value, 10**600)
                text = (("%0600d" % part) if value else "%d" % part) + text
            return sign + text

    def represent(self, value, budget, how="r"):
        """`repr(value)`; with `how` "s" `str(value)`, with "a" `ascii(value)`."""
        kind = type(value)
        if kind is str:
            if how == "s":
                return value
            if len(value) > self.limits.characters:
                raise self.exceeded("characters")
            self.text_of(budget, len(value) + 2, True)
            text = ascii(value) if how == "a" else self.repr_text(value)
            self.text_of(budget, len(text))
            return text
        if kind is int:
            if -1000000000 < value < 1000000000:
                return repr(value)
            self.digits(value, budget)
            return self.write_integer(value)
        if id(kind) in SCALARS:
            if kind is bytes:
                self.text_of(budget, len(value) * 4 + 3)
            elif kind is range:
                self.digits(value.start, budget)
                self.digits(value.stop, budget)
                self.digits(value.step, budget)
            return repr(value)
        if id(kind) in CONTAINERS:
            self.text_of(budget, self.measure(value, budget))
            text = repr(value)
            if CHANGED_CLASSES.ranges:
                self.known_inside(value)
            return ascii(value) if how == "a" else text
        if kind is Stream or kind is Record:
            return repr(value)
        if self.user_code:
            return str(value) if how == "s" else repr(value)
        if how == "s":
            text = self.error_text(value, budget)
            if text is not None:
                return text
        raise foreign(value, "written as text")

    def error_text(self, value, budget):
        """`str()` of an exception whose class leaves that to one of Python's own; else None."""
        classes = type_mro(type(value))
        if not any(each is BaseException for each in classes):
            return None
        for each in classes:
            names = type_dict(each)
            if each in SPEAKING_ERRORS:
                arguments = ARGUMENTS(value)
                if each is OSError:
                    arguments += tuple(names[field].__get__(value) for field in OS_FIELDS)
                if SCALARS.issuperset(map(id, map(type, arguments))):
                    self.text_of(budget, self.measure(arguments, budget) + 100, True)
                    return names["__str__"](value)
                return None
            if "__str__" in names or "__repr__" in names and each is not BaseException:
                return None
        return None

    def repr_text(self, value):
        self.known_characters(value)
        return repr(value)

    def known_characters(self, text, changed=CHANGED_CLASSES):
        """Refuses characters about which this Python and CPython 3.12 do not agree."""
        found = changed.find(text)
        if found is not None:
            raise rejected("this process's Python does not know the character U+%04X as CPython 3.12 does" % ord(found))

    def known_inside(self, value):
        """The same for all text in a container, which has been measured."""
        for item in value:
            if type(item) is str:
                self.known_characters(item)
            elif id(type(item)) in CONTAINERS:
                self.known_inside(item)
        if type(value) is dict:
            self.known_inside(list(value.values()))

    def measure(self, value, budget):
        """How long `repr(value)` may be, having checked that `value` is plain."""
        self.plain(value, "written as text", budget)
        budget = self.budget() if budget is None else budget
        length, level = 0, [value]
        while level:
            below = []
            for container in level:
                items = list(container)
                if type(container) is dict:
                    items += container.values()
                length += 2 * len(items) + 12
                self.allocate(budget, 8 * len(items))
                self.spend(budget, len(items))
                for item in items:
                    kind = type(item)
                    if id(kind) in CONTAINERS:
                        below.append(item)
                    elif kind is int:
                        if -1000000000 < item < 1000000000:
                            length += 10
                        else:
                            self.digits(item, budget)
                            length += item.bit_length() // 3 + 2
                    elif kind is str:
                        if len(item) > self.limits.characters:
                            raise self.exceeded("characters")
                        self.spend(budget, len(item) >> 6)
                        length += len(repr(item))
                        if length > self.limits.characters:
                            raise self.exceeded("characters")
                    elif kind is bytes:
                        length += 4 * len(item) + 3
                    elif kind is range:
                        length += len(self.represent(item, budget))
                    else:
                        length += 24 if kind is float else 5
                if length > self.limits.characters:
                    raise self.exceeded("characters")
            level = below
        return length

    def format(self, value, conversion, spec, budget):
        """One replacement field of an f-string: `f"{value!conversion:spec}"`."""
        if conversion is not None:
            value = self.represent(value, budget, conversion)
        kind = type(value)
        if not spec:
            if kind is str:
                self.text_of(budget, len(value), True)
                return value
            return self.represent(value, budget, "s")
        if id(kind) not in PLAIN and not self.user_code:
            value = self.lift(value, "formatted")  # refused: its class has a __format__
            raise foreign(value, "formatted")
        if kind is str:
            return self.format_text(value, spec, budget)
        if kind is int or kind is bool:
            return self.format_integer(value, spec, budget)
        if kind is float:
            return self.format_float(value, spec, budget)
        return format(value, spec)  # raises Python's own TypeError

    def joined(self, parts, budget):
        """The text of an f-string whose fields are formatted already."""
        self.text_of(budget, sum(map(len, parts)))
        return "".join(parts)

    def long(self, text, budget):
        """A text that is not short, charged."""
        self.text_of(budget, len(text), True)
        return text

    def sized(self, spec, budget, length):
        """Holds a specification's width and precision against the limits; `length` is the text's without padding."""
        for size in (spec.width, spec.precision):
            if size is not None and size > self.limits.width:
                raise self.exceeded("width")
        self.text_of(budget, max(spec.width or 0, length), True)

    def format_text(self, value, text, budget):
        spec = read_spec(text, "str")
        self.sized(spec, budget, len(value))
        if spec.type not in ("", "s"):
            raise ValueError("Unknown format code '%s' for object of type 'str'" % spec.type)
        if spec.zero:
            raise ValueError("Negative zero coercion (z) not allowed in string format specifier")
        if spec.group:
            raise ValueError("Cannot specify '%s' with 's'." % spec.group)
        if spec.pad and OLD_PADDING:  # since 3.10 a zero before the width only sets the fill
            if not spec.align:
                width = "" if spec.width is None else str(spec.width)
                text = "0<" + width + ("" if spec.precision is None else ".%d" % spec.precision)
                if spec.sign or spec.alternate or spec.align == "=":
                    return format(value, spec.sign + "#" * spec.alternate)
        return format(value, text)

    def format_integer(self, value, text, budget):
        spec = read_spec(text, type(value).__name__)
        if spec.type in "eEfFgG%" and spec.type:
            return self.format_float(float(value), text, budget)
        if spec.zero:
            raise ValueError("Negative zero coercion (z) not allowed in format specifier with integer format code")
        base = 10 if spec.type in ("", "d", "n") else 2
        self.digits(value, budget, base)
        bits = value.bit_length()
        size = bits // (3 if base == 10 else 1) + 4
        self.sized(spec, budget, size * 2 if spec.group else size)
        if spec.type and spec.type not in "bcdoxXn":
            return format(0, spec.type)  # raises
        if bits > 2000 and spec.type in ("", "d"):
            value = self.small_enough(value)
        return format(value, text)

    def small_enough(self, value):
        """An integer that this Python agrees to write; refused when the target has lowered the limit."""
        try:
            int.__repr__(value)
        except ValueError:
            raise ExpressionError("Rejected", "this process has lowered Python's limit of digits") from None
        return value

    def format_float(self, value, text, budget):
        spec = read_spec(text, "float")
        precision = 6 if spec.precision is None else spec.precision
        if spec.type and spec.type not in "eEfFgGn%":
            raise ValueError("Unknown format code '%s' for object of type 'float'" % spec.type)
        self.sized(spec, budget, (320 if abs(value) > 1e15 else 20) * 2 + min(precision, self.limits.width))
        if spec.zero and OLD_ZERO:
            at = text.index("z", 1 if spec.fill == "z" else 0)
            text = text[:at] + text[at + 1 :]
            plain = "%s.%d%s" % ("#" if spec.alternate else "", precision, spec.type)
            if spec.precision is None:
                plain = spec.type
            written = format(value, plain)
            if written[0] == "-" and not any(digit in written.lower().split("e")[0] for digit in "123456789inf"):
                value = 0.0 if not value else abs(value)
        return format(value, text)
