"""Code for literals, variables, displays, subscripts, slices, attributes and f-strings."""

import _ast

from . import kinds
from .checker import Node
from .generator import DEEP, LOAD, Operand
from .inspecting import STRING_KEYS
from .kinds import Kind
from .operators import Operators
from .text import read_spec

SLICED = (("str", kinds.STR), ("list", kinds.LIST), ("tuple", kinds.TUPLE))
SHORT = 4096  # strings up to here need no charge in an f-string
OLD_INDEX = hasattr(_ast, "Index")  # Python 3.8


class Accesses(Operators):
    """What gives a value by itself, and what takes a part of one."""

    def make_lit(self, node):
        return Operand(self.constant(node.a), kinds.kind_of(node.a), True)

    def make_name(self, node):
        at = self.program.names.index(node.a)
        return Operand(self.name("_v%d" % at), self.known.get(node.a, kinds.UNKNOWN), True)

    def make_local(self, node):
        return Operand(self.name("_l%d" % node.a), self.locals.get(node.a, kinds.UNKNOWN), True)

    def make_display(self, node):
        if any(item.op == "star" for item in node.a):
            return self.spread(node)
        items = self.sequence(node.a)
        codes = [each.code for each in items]
        plain = all(each.kind.plain for each in items)
        depth = self.depth(*items)
        item = items[0].kind if items else None
        for each in items[1:]:
            item = kinds.either(item, each.kind)
        if node.op == "list":
            return Operand(self.at(_ast.List(codes, LOAD)), Kind(kinds.LIST, None, item, plain), depth=depth)
        made = self.at(_ast.Tuple(codes, LOAD))
        if node.op == "tuple":
            return Operand(made, Kind(kinds.TUPLE, None, item, plain), depth=depth)
        if codes and all(self.simple_key(each.kind) for each in items):
            return Operand(self.at(_ast.Set(codes)), Kind(kinds.SET, None, item, True), depth=depth)
        return Operand(self.runtime_call("set_of", made), Kind(kinds.SET, None, item), depth=depth + 1)

    def simple_key(self, kind):
        """Whether a value is surely hashed at no cost that counts."""
        if not kind.within(kinds.SCALAR):
            return False
        return not kind.types & kinds.INT or kind.bits is not None and kind.bits <= 60

    def spread(self, node):
        """A display with starred elements, each of which is gone through before the next one is evaluated."""
        plain = next(at for at, each in enumerate(node.a) if each.op == "star")
        items = self.sequence(node.a[:plain])
        made = Operand(self.at(_ast.List([each.code for each in items], LOAD)), Kind(kinds.LIST), depth=self.depth(*items))
        if node.op == "set":
            made = Operand(self.runtime_call("set_of", made.code), Kind(kinds.SET), depth=made.depth + 1)
        for part in node.a[plain:]:
            star = part.op == "star"
            step = ("with_elements" if star else "with_element") if node.op == "set" else "extended" if star else "appended"
            made = self.step(step, made, lambda part=part.a if star else part: self.operand(part))
        if node.op == "tuple":
            return Operand(self.call("tuple", made.code), Kind(kinds.TUPLE), depth=made.depth + 1)
        return made

    def step(self, method, made, build):
        """A container made further by a call of the runtime, with what `build` gives once that far."""
        outer, self.body = self.body, []
        value = build()
        body, self.body = self.body, outer
        if body or made.depth > DEEP:
            made = self.settle(made)
            self.body += body
        return Operand(self.runtime_call(method, made.code, value.code), Kind(made.kind.types), depth=self.depth(made, value))

    def make_dict(self, node):
        if any(key is None for key, _ in node.a):
            return self.spread_dict(node)
        operands = self.sequence([each for pair in node.a for each in pair])
        codes = [each.code for each in operands]
        depth = self.depth(*operands)
        if all(self.simple_key(each.kind) for each in operands[::2]):
            plain = all(each.kind.plain for each in operands)
            made = self.at(_ast.Dict(codes[::2], codes[1::2]))
            return Operand(made, Kind(kinds.DICT, None, None, plain), depth=depth)
        pairs = self.at(_ast.Tuple(codes, LOAD))
        return Operand(self.runtime_call("dict_of", pairs), Kind(kinds.DICT), depth=depth + 1)

    def spread_dict(self, node):
        """A dict display with `**`: what stands between two of them is made before the second is evaluated."""
        made, group = Operand(self.at(_ast.Dict([], [])), Kind(kinds.DICT)), []
        for key, value in node.a + [(None, None)]:
            if key is not None:
                group.append((key, value))
                continue
            if group:
                pairs = Node("dict", node.line, group)
                made, group = self.step("with_mapping", made, lambda pairs=pairs: self.make_dict(pairs)), []
            if value is not None:
                made = self.step("with_mapping", made, lambda value=value: self.operand(value))
        return made

    # Parts

    def make_index(self, node):
        value, index = self.sequence([node.a, node.b])
        depth = self.depth(value, index) + 1
        code = None
        if index.constant and type(index.code.value) is int or index.kind.within(kinds.INT | kinds.BOOL):
            value, index = self.settled_pair(value, index)
            types = [name for name, bit in (("list", kinds.LIST), ("tuple", kinds.TUPLE)) if value.kind.types & bit]
            if types:
                code = self.at(_ast.Subscript(value.code, self.as_index(index.code), LOAD))
                if not value.kind.within(kinds.LIST | kinds.TUPLE):
                    slow = self.runtime_call("subscript", value.code, index.code)
                    code = self.choose(self.is_type(value.code, *types), code, slow)
        elif index.constant and type(index.code.value) is str and value.kind.types & kinds.DICT:
            value = self.settle(value)
            tests = [] if value.kind.within(kinds.DICT) else [self.is_type(value.code, "dict")]
            if STRING_KEYS and not (value.kind.within(kinds.DICT) and value.kind.plain):
                self.globals["_size"], self.globals["_sizes"] = dict.__sizeof__, STRING_KEYS
                size = self.call("_size", value.code)
                tests.append(self.compare(size, _ast.In(), self.name("_sizes")))
            if not STRING_KEYS and not value.kind.plain:
                code = self.runtime_call("item", value.code, index.code)
            else:
                code = self.at(_ast.Subscript(value.code, self.as_index(index.code), LOAD))
                if tests:
                    slow = self.runtime_call("subscript", value.code, index.code)
                    code = self.choose(self.both(*tests), code, slow)
        if code is None:
            code = self.runtime_call("subscript", value.code, index.code)
        return Operand(code, self.part_kind(value.kind), depth=depth)

    def as_index(self, code):
        """A subscript's index, which Python 3.8 wraps in a node of its own."""
        return self.at(_ast.Index(code)) if OLD_INDEX else code

    def part_kind(self, kind):
        if kind.within(kinds.STR):
            return kinds.A_STR
        if kind.within(kinds.LIST | kinds.TUPLE) and kind.item is not None:
            return kind.item
        return kinds.BUILT if kind.within(kinds.BUILT_IN) and kind.plain else kinds.UNKNOWN

    def make_slice(self, node):
        parts = [each for each in node.b if each is not None]
        operands = self.sequence([node.a] + parts)
        value, rest = operands[0], list(reversed(operands[1:]))
        codes = [self.constant(None) if each is None else rest.pop().code for each in node.b]
        if all(type(each) is _ast.Constant and (each.value is None or type(each.value) is int) for each in codes):
            value = self.settle(value)
            operands = [value]
        made = self.runtime_call("cut", value.code, self.at(_ast.Tuple(codes, LOAD)))
        kind = value.kind
        types = [name for name, bit in SLICED if kind.types & bit]
        if value.stable and operands == [value] and types and codes[2].value != 0:
            short = self.compare(self.call("len", value.code), _ast.Lt(), self.constant(SHORT))
            test = self.both(self.is_type(value.code, *types), short)
            parts = self.at(_ast.Slice(*[None if each.value is None else each for each in codes]))
            made = self.choose(test, self.at(_ast.Subscript(value.code, parts, LOAD)), made)
        if not kind.within(kinds.STR | kinds.LIST | kinds.TUPLE):
            types = kinds.STR | kinds.BYTES | kinds.LIST | kinds.TUPLE | kinds.RANGE | kinds.DICT
            kind = kinds.UNKNOWN if self.runtime.user_code else Kind(types)
        return Operand(made, kind, depth=self.depth(*operands))

    def make_attr(self, node):
        value = self.operand(node.a)
        made = self.runtime_call("attribute", value.code, self.constant(node.b))
        return Operand(made, kinds.UNKNOWN, depth=self.depth(value))

    # f-strings

    def make_fstring(self, node):
        return self.joined(node.a)

    def joined(self, parts):
        """The text of an f-string or of a specification inside one."""
        if not parts or all(type(part) is str for part in parts):
            return Operand(self.constant("".join(parts)), kinds.A_STR, True)
        operands = []
        for part in parts:
            if type(part) is str:
                operands.append(Operand(self.constant(part), kinds.A_STR, True))
                continue
            made, body = self.field_apart(part)
            if body:
                operands = [self.settle(each) for each in operands]
                self.body += body
            operands.append(made)
        code = self.at(_ast.JoinedStr([self.as_field(each) for each in operands]))
        made = self.settle(Operand(code, kinds.A_STR))
        fits = self.compare(self.call("len", made.code), _ast.LtE(), self.constant(self.limits.characters))
        slow = self.runtime_call("text_of", self.budget(), self.call("len", made.code), budget=False)
        return Operand(self.choose(fits, made.code, slow), kinds.A_STR, depth=3)

    def as_field(self, operand):
        if operand.constant and type(operand.code.value) is str:
            return operand.code
        return self.at(_ast.FormattedValue(operand.code, -1, None))

    def field_apart(self, part):
        outer, self.body = self.body, []
        before, self.line = self.line, part.line
        made = self.field(part)
        self.line = before
        body, self.body = self.body, outer
        return made, body

    def field(self, part):
        """One replacement field, as code for a str (or for a value whose str is short and surely the same)."""
        value = self.operand(part.a)
        spec = None
        if part.c is not None:
            outer, self.body = self.body, []
            spec = self.joined(part.c)
            body, self.body = self.body, outer
            if body or not spec.constant:
                value = self.settle(value)
            self.body += body
        text = spec.code.value if spec is not None and spec.constant else None
        if part.b is None and (spec is None or text is not None):
            direct = self.direct_field(value, text or "")
            if direct is not None:
                return direct
        code = spec.code if spec is not None else self.constant("")
        made = self.runtime_call("format", value.code, self.constant(part.b), code)
        return Operand(made, kinds.A_STR, depth=self.depth(value) + 1)

    def direct_field(self, value, text):
        """A field that Python formats at once behind a type check; None where that may cost or differ."""
        if not text:
            small = value.kind.bits is not None and value.kind.bits <= 512
            if value.kind.within(kinds.FLOAT | kinds.NONE | (kinds.INT if small else 0)):
                return value
            if not value.kind.types & (kinds.STR | kinds.INT | kinds.FLOAT):
                return None
            value = self.settle(value)
            tests = []
            if value.kind.types & kinds.STR:
                short = self.compare(self.call("len", value.code), _ast.Lt(), self.constant(SHORT))
                tests.append(self.both(self.is_type(value.code, "str"), short))
            if value.kind.types & (kinds.INT | kinds.FLOAT):
                tests.append(self.number_test(value) or self.constant(True))
            slow = self.runtime_call("format", value.code, self.constant(None), self.constant(""))
            return Operand(self.choose(self.any_of(*tests), value.code, slow), kinds.A_STR, depth=3)
        if not value.kind.types & kinds.FLOAT:
            return None
        try:
            spec = read_spec(text, "float")
        except ValueError:
            return None
        small = (spec.width or 0) <= 400 and (spec.precision or 0) <= 400
        if spec.zero or spec.type not in ("", "e", "E", "f", "F", "g", "G", "%") or not small or spec.pad:
            return None
        shown = self.constant(text)
        if value.kind.within(kinds.FLOAT):
            self.globals["_format"] = format
            return Operand(self.call("_format", value.code, shown), kinds.A_STR, depth=self.depth(value))
        value = self.settle(value)
        self.globals["_format"] = format
        fast = self.call("_format", value.code, shown)
        slow = self.runtime_call("format", value.code, self.constant(None), shown)
        return Operand(self.choose(self.is_type(value.code, "float"), fast, slow), kinds.A_STR, depth=3)

