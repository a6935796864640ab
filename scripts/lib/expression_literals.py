"""Random literals as source text, in all the ways Python can write them, and random data for variables."""

import unicodedata

from expression_templates import ATOM, FACTOR, NUMBER

# Two integers in five lie near these, where representations change.
EDGES = [0, 1, 2, 10, 255, 2**31, 2**32, 2**53, 2**63, 2**64, 10**16, 10**22, 2**70, 10**40]
FLOATS = """
    0.0 1.0 0.5 0.1 0.2 0.3 1.5 2.5 3.5 2.675 1e16 1e15 9999999999999998.0 1e-4 1e-5 123456.789 5e-324 2.2250738585072014e-308
    2.225073858507201e-308 1.7976931348623157e308 1e308 1e22 1e23 9007199254740993.0 4503599627370496.5 0.30000000000000004
    1e-300 1.0000000000000002 0.9999999999999999 1e400 1e-400 100.0 3.0 7.0 65504.0 4.35 1e100 6.02e23 72057594037927945.0
""".split()
LETTERS = "abcdeABxyz"
PLAIN = LETTERS * 3 + "0123456789" + "  __--,.:;/"
ODD = "'\"\\\n\t\r\0\x0b\x0c\x1c\x1f\x7f{}%#\x85\xa0\xad"
FOREIGN = "éßñİıſŉǆΣςσаЖ中文٣²½Ⅷ𝒳😀🇩🇪ﬁ\u0301\u0308\u0345\u2028\u200b\ufeff\uffffꭰᲀ\U0001f468\U0010ffff"
KEYS = ["a", "b", "c", "key", "zz", "é", ""]
CODE_POINTS = [0, 9, 10, 65, 97, 127, 128, 0xE9, 0xDF, 0x3A3, 0x301, 0x2028, 0xFFFF, 0x1F600, 0x10FFFF]
NUMBER_TEXTS = """
    12|-7|+3| 42 |1_000|0x1f|0b101|-0o17|007|0|1__0|_1|1_|٣٤|１２|1e5|1.5|-.5|5.|1E+3|inf|-Infinity|nan|1e400|1e-400|
    0x| |--1|1 2|abc|½|²|Z9|ff|-0x1_F|9007199254740993|18446744073709551616|1.7976931348623159e308|0.1e|1_0.0_1|1._0|+nan|
    99999999999999999999|4.9e-324|2.4703282292062327e-324|1.5\\n|\\t8|\u20039\u3000|1\u00b2
""".replace("\n    ", "").strip().split("|")
# Characters that may not stand in a source as they are.
ESCAPED = set("\n\t\r\0\x0b\x0c\x1c\x1f\x7f\x85\xad\u2028\u200b\ufeff\\")
NAMED = {name: unicodedata.lookup(name) for name in ("BULLET", "LATIN SMALL LETTER E WITH ACUTE", "GRINNING FACE")}
SHORT_ESCAPES = {"\n": "\\n", "\t": "\\t", "\r": "\\r", "\\": "\\\\", "\x0b": "\\v", "\x0c": "\\f", "\0": "\\0"}


class Code(str):
    """Source text of an expression, and how strongly it holds together."""

    def __new__(cls, text, level=ATOM):
        self = super().__new__(cls, text)
        self.level = level
        return self


class Literals:
    """Makes literals; what uses it has a `random.Random` as `random`."""

    def pick(self, items):
        return items[int(self.random.random() * len(items))]

    def chance(self, share):
        return self.random.random() < share

    # Values

    def int_value(self):
        random = self.random
        if self.chance(0.6):
            return random.randint(-20, 130)
        value = self.pick(EDGES) + random.randint(-2, 2)
        return -value if self.chance(0.4) else value

    def float_value(self):
        if self.chance(0.5):
            return float(self.pick(FLOATS)) * self.pick((1, 1, -1))
        if self.chance(0.6):
            return round(self.random.uniform(-1000, 1000), self.random.randint(0, 4))
        return self.random.uniform(-1, 1) * 10.0 ** self.random.randint(-20, 20)

    def text_value(self, longest=8):
        pools = self.pick((PLAIN, PLAIN, PLAIN, LETTERS, "ab", PLAIN + ODD, PLAIN + FOREIGN, FOREIGN, "aA1 \tß\n"))
        return "".join(self.pick(pools) for _ in range(self.random.randint(0, longest)))

    # Numbers

    def int_literal(self, value=None):
        value = self.int_value() if value is None else value
        size = abs(value)
        if self.chance(0.8):
            text = str(size)
        else:
            text = self.pick((hex, bin, oct))(size) if size < 1 << 70 else hex(size)
            if self.chance(0.3):
                text = text.upper()
        if self.chance(0.15) and len(text) > 3:
            at = self.random.randint(2, len(text) - 1) if text[1] in "xXbBoO" else self.random.randint(1, len(text) - 1)
            text = text[:at] + "_" + text[at:]
        if self.chance(0.01) and size == 0:
            text = "0_00"
        return Code("-" + text, FACTOR) if value < 0 else Code(text, NUMBER)

    def float_literal(self):
        if self.chance(0.12):
            return Code(self.pick(("float('nan')", "float('inf')", "-float('inf')", "1e999", "-1e999", "-0.0")), FACTOR)
        if self.chance(0.4):
            text = self.pick(FLOATS)
        else:
            text = repr(abs(self.float_value()))
            if text == "inf":
                text = "1e309"
        if self.chance(0.15):
            text = self.pick((text.replace("e", "E"), text.removesuffix("0") if text.endswith(".0") else text))
            if text.startswith("0.") and len(text) > 2:
                text = text[1:]
        if self.chance(0.05) and text[:2].isdigit():
            text = text[0] + "_" + text[1:]
        return Code("-" + text, FACTOR) if self.chance(0.3) else Code(text, NUMBER)

    # Strings

    def string_literal(self, value=None):
        """A string in one of the ways to write it; sometimes two that stand beside each other."""
        value = self.text_value() if value is None else value
        if len(value) > 1 and self.chance(0.06):
            at = self.random.randint(1, len(value) - 1)
            return Code(self.one_string(value[:at]) + self.pick((" ", "")) + self.one_string(value[at:]))
        return Code(self.one_string(value))

    def one_string(self, value):
        quote = self.pick(("'", "'", "'", '"', '"', "'''", '"""'))
        raw = "\\" in value and self.chance(0.3)
        if raw and (quote[0] in value or ESCAPED.intersection(value) != {"\\"} or (len(value) - len(value.rstrip("\\"))) % 2):
            raw = False
        if raw:
            return self.pick("rR") + quote + value + quote
        return self.pick(("", "", "", "", "", "", "", "u")) + quote + self.inside(value, quote) + quote

    def inside(self, value, quote, formatted=False):
        """What stands between the quotes for a text."""
        pieces = []
        escapes = self.chance(0.15)
        for at, character in enumerate(value):
            after = value[at + 1 : at + 2]
            if character == "\n" and len(quote) == 3 and self.chance(0.5):
                pieces.append("\n")
            elif character == quote[0]:
                pieces.append("\\" + character)
            elif character in ESCAPED or escapes and self.chance(0.3):
                pieces.append(self.escape(character, after))
            elif formatted and character in "{}":
                pieces.append(character * 2)
            else:
                pieces.append(character)
        if self.chance(0.01):
            pieces.insert(self.random.randint(0, len(pieces)), "\\\n")
        return "".join(pieces)

    def escape(self, character, after):
        """An escape sequence for a character, given the one that stands after it."""
        code = ord(character)
        ways = [f"\\U{code:08x}"]
        if character in SHORT_ESCAPES and not (code == 0 and after.isdigit()):
            ways += [SHORT_ESCAPES[character]] * 4
        if code < 0x10000:
            ways.append(f"\\u{code:04X}")
        if code < 0x100:
            ways += [f"\\x{code:02x}", f"\\{code:03o}"]
        return self.pick(ways)

    def named_string(self):
        name = self.pick(list(NAMED))
        return Code("'\\N{%s}'" % self.pick((name, name.lower())))

    def number_text(self):
        text = self.pick(NUMBER_TEXTS) if self.chance(0.6) else str(self.pick((self.int_value, self.float_value))())
        return text.replace("\\n", "\n").replace("\\t", "\t")

    # Leaves: the simplest expression of each kind

    def leaf(self, kind):
        return getattr(self, "leaf_" + kind)()

    def leaf_int(self):
        return self.int_literal()

    def leaf_small(self):
        return self.int_literal(self.random.randint(-6, 12))

    def leaf_place(self):
        return self.int_literal(self.pick((0, 0, 0, 0, -1, -1, 1, 1, 2, -2, 3, 5)))

    def leaf_tiny(self):
        return Code(str(self.random.randint(0, 4)), NUMBER) if self.chance(0.92) else Code("-1", FACTOR)

    def leaf_power(self):
        return self.float_literal() if self.chance(0.5) else self.leaf_tiny()

    def leaf_shift(self):
        return self.int_literal(self.random.randint(0, 70)) if self.chance(0.95) else Code("-1", FACTOR)

    def leaf_step(self):
        return self.int_literal(self.pick((1, 2, 3, -1, -2, -3, 5, 0)))

    def leaf_width(self):
        return self.int_literal(self.random.randint(-2, 20))

    def leaf_base(self):
        return self.int_literal(self.pick((10, 16, 2, 8, 36, 0, 7, 1, 37, -1)))

    def leaf_codepoint(self):
        value = self.pick(CODE_POINTS) if self.chance(0.7) else self.pick((self.random.randint(0, 0x2FF), -1, 0x110000, 2**40))
        return self.int_literal(value)

    def leaf_float(self):
        return self.float_literal()

    def leaf_bool(self):
        return Code(self.pick(("True", "False")))

    def leaf_none(self):
        return Code("None")

    def leaf_str(self):
        return self.named_string() if self.chance(0.01) else self.string_literal()

    def leaf_char(self):
        return self.string_literal(self.pick(self.pick((LETTERS, LETTERS, PLAIN, ODD, FOREIGN))))

    def leaf_key(self):
        return self.string_literal(self.pick(KEYS))

    def leaf_digit(self):
        return self.string_literal(self.pick("0123456789"))

    def leaf_numtext(self):
        return self.string_literal(self.number_text())

    def leaf_inttext(self):
        return self.string_literal(self.pick(NUMBER_TEXTS[:16] + ["zz", "0XfF", "1010", "-77", "0b2", "777"]))

    def display(self, left, right, kind, most=3):
        return Code(left + ", ".join(self.leaf(kind) for _ in range(self.random.randint(0, most))) + right)

    def leaf_ints(self):
        return self.display("[", "]", self.pick(("int", "small")))

    def leaf_floats(self):
        return self.display("[", "]", "float")

    def leaf_strs(self):
        return self.display("[", "]", "str")

    def leaf_mixed(self):
        return Code("[" + ", ".join(self.leaf(self.pick(("int", "str", "float", "none", "ints"))) for _ in range(2)) + "]")

    def leaf_lists(self):
        return self.display("[", "]", "ints")

    def leaf_itup(self):
        return Code(f"({self.leaf_int()}, {self.leaf_small()})")

    def leaf_tup(self):
        return Code(f"({self.leaf_str()}, {self.leaf_float()})")

    def leaf_pairs(self):
        return Code(f"[({self.leaf_key()}, {self.leaf_int()})]")

    def leaf_counts(self):
        return Code("{" + ", ".join(f"{self.leaf_key()}: {self.leaf_int()}" for _ in range(self.random.randint(0, 3))) + "}")

    def leaf_byint(self):
        return Code("{" + f"{self.leaf_small()}: {self.leaf_str()}" + "}")

    def leaf_hashed(self):
        return Code("{" + f"{self.leaf_float()}: {self.leaf_str()}, None: {self.leaf_small()}" + "}")

    def leaf_rec(self):
        return Code("{'id': %s, 'name': %s, 'cost': %s}" % (self.leaf_small(), self.leaf_str(), self.leaf_float()))

    def leaf_rows(self):
        return Code("[" + self.leaf_rec() + "]")

    def leaf_iset(self):
        return Code("{" + f"{self.leaf_small()}, {self.leaf_int()}" + "}")

    def leaf_sset(self):
        return Code("{" + f"{self.leaf_char()}, {self.leaf_str()}" + "}")

    def leaf_range(self):
        return Code(f"range({self.leaf_small()})")

    def leaf_bigrange(self):
        return Code(f"range({self.leaf_int()}, {self.leaf_int()})")

    def leaf_view(self):
        return Code(f"{self.leaf_counts()}.{self.pick(('keys', 'values', 'items'))}()")

    leaf_gints = leaf_ints
    leaf_gstrs = leaf_strs
