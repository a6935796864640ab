"""Random f-strings and `%`-formatting."""

from expression_literals import PLAIN, Code

FIELD_KINDS = "int int small float float str str bool none any any".split()
TYPES = {"int": "dxXobcneEfFgG%", "float": "eEfFgGn%", "str": "s", "bool": "dxXobn", "small": "dxXobce%", "none": "s", "any": "sdf"}
FILLS = "*-0 x😀é\u0301<^"
CONVERSIONS = "d i u x X o c s r a e E f F g G".split()


class Texts:
    """Makes formatted text; what uses it is a generator of expressions with literals."""

    def fstring(self, depth):
        quote = self.pick(("'", "'", '"', "'''", '"""'))
        raw = self.chance(0.03)
        pieces = []
        for _ in range(self.random.randint(1, 3)):
            if self.chance(0.6):
                text = "".join(self.pick(PLAIN + "{}") for _ in range(3)) if raw else self.text_value(5)
                pieces.append(self.raw_text(text) if raw else self.inside(text, quote, formatted=True))
            if self.chance(0.85):
                pieces.append(self.field(depth))
        prefix = self.pick(("rf", "fR", "Rf")) if raw else self.pick("fffF")
        made = prefix + quote + "".join(pieces) + quote
        if self.chance(0.05):
            made = self.one_string(self.text_value(3)) + " " + made
        return Code(made)

    def raw_text(self, text):
        return text.replace("{", "{{").replace("}", "}}")

    def field(self, depth):
        """A replacement field: the value, `=`, a conversion, a specification."""
        kind = self.pick(FIELD_KINDS)
        code = self.part(kind, depth)
        conversion = self.pick(("!r", "!s", "!a")) if self.chance(0.15) else ""
        # Releases of 3.12 differ in how `=` shows escapes, comments and `!=`.
        plain = not any(each in code for each in ("\\", "!=", "#"))
        shown = self.pick(("=", " = ")) if plain and self.chance(0.05) else ""
        if conversion:
            kind = "str"
        spec = ":" + self.spec(kind, depth) if self.chance(0.7) else ""
        before = " " if code.startswith("{") or self.chance(0.03) else ""
        return "{" + before + code + shown + conversion + spec + "}"

    def spec(self, kind, depth):
        """A format specification for a value of a kind; now and then one that does not suit it."""
        random = self.random
        parts = []
        if self.chance(0.4):
            parts.append(self.pick(("", self.pick(FILLS))) + self.pick("<>^=" if kind not in ("str", "none") else "<>^"))
        if self.chance(0.25) and kind not in ("str", "none") or self.chance(0.02):
            parts.append(self.pick("+- "))
        if self.chance(0.04) and kind == "float" or self.chance(0.01):
            parts.append("z")
        if self.chance(0.15) and kind not in ("str", "none") or self.chance(0.01):
            parts.append("#")
        if self.chance(0.2):
            parts.append("0")
        if self.chance(0.6):
            parts.append(self.nested(depth) if self.chance(0.15) else str(random.randint(1, 18)))
        if self.chance(0.15) and kind not in ("str", "none") or self.chance(0.01):
            parts.append(self.pick(",_"))
        if self.chance(0.5) and kind in ("float", "str") or self.chance(0.04):
            parts.append("." + (self.nested(depth) if self.chance(0.15) else str(random.randint(0, 12))))
        if self.chance(0.7):
            parts.append(self.pick(TYPES[kind]) if self.chance(0.95) else self.pick("sdfgexbncqQ%z"))
        return "".join(parts)

    def nested(self, depth):
        """A field in a specification."""
        code = self.leaf_part(self.pick(("small", "small", "width"))) if self.chance(0.8) else self.part("small", depth - 2)
        return "{" + code + "}"

    def percent(self, depth):
        """`template % values`."""
        count = self.random.randint(1, 3)
        named = self.chance(0.1)
        pieces, values = [], []
        for at in range(count):
            pieces.append(self.pick(("", "", " ", "%%", self.text_value(3).replace("%", "%%"))))
            conversion = self.pick(CONVERSIONS)
            key = f"k{at}" if named else ""
            flags = "".join(flag for flag in "-+ 0#" if self.chance(0.12))
            width = self.pick(("", "", str(self.random.randint(0, 14))))
            precision = self.pick(("", "", "." + str(self.random.randint(0, 9)), "."))
            if not named and self.chance(0.04):
                width = "*"
                values.append(("", self.leaf_part("width")))
            if not named and self.chance(0.02):
                precision = ".*"
                values.append(("", self.leaf_part("small")))
            kind = "any" if conversion in "sra" else "char" if conversion == "c" else self.pick(("int", "float", "small", "bool"))
            if conversion == "c" and self.chance(0.5):
                kind = "codepoint"
            pieces.append("%" + (f"({key})" if named else "") + flags + width + precision + self.pick(("", "", "", "", "l")) + conversion)
            values.append((key, self.part(kind, depth - 1)))
        if self.chance(0.03):
            values.pop()
        template = self.string_literal("".join(pieces))
        if named:
            right = "{" + ", ".join(f"{key!r}: {code}" for key, code in values) + "}"
        elif len(values) == 1 and self.chance(0.5):
            return self.binary("%", template, values[0][1])
        else:
            right = "(" + "".join(code + "," for _, code in values) + ")"
        return self.binary("%", template, Code(right))
