"""Code for literals, variables, displays, subscripts, slices, attributes and f-strings."""

import _ast

from . import kinds
from .checker import Node
from .constants import set_of
from .generator import DEEP, LOAD, NUMBERS, STORE, Operand
from .inspecting import STRING_KEYS
from .kinds import Kind
from .operators import Operators
from .text import read_spec

SLICED = (("str", kinds.STR), ("list", kinds.LIST), ("tuple", kinds.TUPLE))
FEW_KEYS = 8  # more keys than this are looked at by the runtime, which has a shorter way for many
USUAL_SIZE = min(STRING_KEYS - {dict.__sizeof__({})}, default=0)  # of a dict with up to five keys, and some
SHORT, SHORT_IN_LOOP = 4096, 64  # strings and slices up to here need no charge
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
        shared, constants = None, set_of(node.a)
        if constants is not None:
            shared = self.name(self.new("_s"))
            self.globals[shared.id] = constants
            if len(node.a) > 2:  # of fewer, CPython makes no frozen set but in a loop
                made = self.call("_set", shared)
                self.globals["_set"] = set
                return Operand(made, Kind(kinds.SET, None, item, True), shared=shared)
        if codes and all(self.simple_key(each.kind) for each in items):
            made = self.at(_ast.Set(codes))
            return Operand(made, Kind(kinds.SET, None, item, True), depth=depth, shared=shared)
        made = self.runtime_call("set_of", made)
        return Operand(made, Kind(kinds.SET, None, item), depth=depth + 1, shared=shared)

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

    @property
    def short(self):
        """How long a string or slice may be that is made for free: in a loop it is made many times."""
        return SHORT_IN_LOOP if self.loops or self.functions else SHORT

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
            code = self.item(self.settle(value), index)
        if code is None:
            code = self.runtime_call("subscript", value.code, index.code)
        return Operand(code, self.part_kind(value.kind), type(code) is _ast.Name, depth)

    def item(self, value, index):
        """`value["name"]`, at once for a dict in which no other key's code can run."""
        tests = [] if value.kind.within(kinds.DICT) else [self.is_type(value.code, "dict")]
        code = self.at(_ast.Subscript(value.code, self.as_index(index.code), LOAD))
        if value.kind.within(kinds.DICT) and value.kind.plain:
            return code
        if STRING_KEYS:
            slow = self.runtime_call("subscript", value.code, index.code)
            tests.append(self.string_keys(value.code))
            return self.choose(self.both(*tests), code, slow)
        if self.comprehensions:
            return self.runtime_call("item", value.code, index.code)
        return self.looked_up(value, index, tests, code)

    def string_keys(self, code):
        """A test that a dict's size is one that only those have whose keys are all exact str (see `STRING_KEYS`)."""
        self.globals["_size"], self.globals["_sizes"] = dict.__sizeof__, STRING_KEYS
        size = self.call("_size", code)
        if self.comprehensions:
            return self.compare(size, _ast.In(), self.name("_sizes"))
        name = self.new("_s")
        kept = self.at(_ast.NamedExpr(self.at(_ast.Name(name, STORE)), size))
        # Comparing with one number is cheaper than looking among all.
        usual = self.compare(kept, _ast.Eq(), self.constant(USUAL_SIZE))
        return self.any_of(usual, self.compare(self.name(name), _ast.In(), self.name("_sizes")))

    def looked_up(self, value, index, tests, code):
        """Emits a look at the keys of a small dict, where its size tells nothing about them; gives the item's code.

        `tests` are those that it is a dict, `code` is the subscript itself, which is safe once all keys are exact str.
        """
        name, key = self.new(), self.name(self.new("_k"))
        outer, self.body = self.body, []
        self.assign(name, code)
        hit, self.body = self.body, []
        self.assign(name, self.runtime_call("item", value.code, index.code))
        missed, self.body = self.body, outer
        other = self.compare(self.call("type", key), _ast.IsNot(), self.name("str"))
        look = self.at(_ast.If(other, missed + [self.at(_ast.Break())], []))
        loop = self.at(_ast.For(self.at(_ast.Name(key.id, STORE)), value.code, [look], hit, None))
        tests.append(self.compare(self.call("len", value.code), _ast.LtE(), self.constant(FEW_KEYS)))
        self.emit(_ast.If(self.both(*tests), [loop], missed))
        return self.name(name)

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
        slow = self.runtime_call("cut", value.code, self.at(_ast.Tuple(codes, LOAD)))
        made, kind, part = slow, value.kind, None
        types = [name for name, bit in SLICED if kind.types & bit]
        if value.stable and operands == [value] and types and codes[2].value != 0:
            most = most_cut(*[each.value for each in codes])
            tests = [] if kind.within(kinds.STR | kinds.LIST | kinds.TUPLE) else [self.is_type(value.code, *types)]
            if most is None or most >= self.short:
                tests.append(self.compare(self.call("len", value.code), _ast.Lt(), self.constant(self.short)))
            parts = self.at(_ast.Slice(*[None if each.value is None else each for each in codes]))
            made = self.at(_ast.Subscript(value.code, parts, LOAD))
            if most is not None and most < self.short:
                part = value, made, slow
            if tests:
                made = self.choose(self.both(*tests), made, slow)
        if not kind.within(kinds.STR | kinds.LIST | kinds.TUPLE):
            types = kinds.STR | kinds.BYTES | kinds.LIST | kinds.TUPLE | kinds.RANGE | kinds.DICT
            kind = kinds.UNKNOWN if self.runtime.user_code else Kind(types)
        return Operand(made, kind, depth=self.depth(*operands), part=part)

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
        made = self.short_text(parts)
        if made is not None:
            return made
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
        free = min(self.short, self.limits.characters)
        fits = self.compare(self.call("len", made.code), _ast.LtE(), self.constant(free))
        return Operand(self.choose(fits, made.code, self.runtime_call("long", made.code)), kinds.A_STR, depth=3)

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
        found = self.direct_test(value, text)
        if found is None:
            return None
        if not text and found[0] is None:
            return value
        value = self.settle(value)
        shown, code = self.constant(text), value.code
        test = self.direct_test(value, text)[0]  # again, of what can be repeated
        if text:
            self.globals["_format"] = format
            code = self.call("_format", value.code, shown)
        if test is None:
            return Operand(code, kinds.A_STR, depth=self.depth(value))
        slow = self.runtime_call("format", value.code, self.constant(None), shown)
        return Operand(self.choose(test, code, slow), kinds.A_STR, depth=3)

    def direct_test(self, value, text):
        """Whether Python may format a value at once: None if not, else a tuple of the test before it, or of None.

        What it then gives has fewer than `short` characters, or a number's.
        """
        kind = value.kind
        if not text:
            small = kind.bits is not None and kind.bits <= 512
            if kind.within(kinds.FLOAT | kinds.NONE | (kinds.INT if small else 0)):
                return (None,)
            types = [name for name, bit in (("str", kinds.STR), *NUMBERS) if kind.types & bit]
            if not types:
                return None
            found, tests = self.type_of(value.code, len(types)), []
            for name in types:
                test = self.compare(found(), _ast.Is(), self.name(name))
                if name == "str":
                    length = self.call("len", value.code)
                    test = self.both(test, self.compare(length, _ast.Lt(), self.constant(self.short)))
                elif name == "int":
                    test = self.both(test, self.near(value.code))
                tests.append(test)
            return (self.any_of(*tests),)
        if not kind.types & kinds.FLOAT:
            return None
        try:
            spec = read_spec(text, "float")
        except ValueError:
            return None
        most = min(self.short, 400)
        small = (spec.width or 0) <= most and (spec.precision or 0) <= most
        if spec.zero or spec.type not in ("", "e", "E", "f", "F", "g", "G", "%") or not small or spec.pad:
            return None
        return (None if kind.within(kinds.FLOAT) else self.is_type(value.code, "float"),)

    def short_text(self, parts):
        """An f-string of a few short fields as Python's own behind one test of all; None where that will not do.

        All fields must be names, for they are read before the first is formatted.
        """
        literal = sum(len(each) for each in parts if type(each) is str)
        direct, slow, tests, length = [], [], {}, literal
        for part in parts:
            if type(part) is str:
                direct.append(self.constant(part))
                slow.append(self.constant(part))
                continue
            text = "".join(part.c) if part.c is not None and all(type(each) is str for each in part.c) else None
            if part.a.op not in ("name", "local") or part.b is not None or part.c is not None and text is None:
                return None
            value = self.operand(part.a)
            found = self.direct_test(value, text or "")
            if found is None:
                return None
            length += SHORT  # enough for a number, too
            if found[0] is not None:
                tests[value.code.id, text] = found[0]
            spec = self.at(_ast.JoinedStr([self.constant(text)])) if text else None
            before, self.line = self.line, part.line
            direct.append(self.at(_ast.FormattedValue(value.code, -1, spec)))
            slow.append(self.runtime_call("format", value.code, self.constant(None), self.constant(text or "")))
            self.line = before
        if length > self.limits.characters or literal >= self.short:
            return None
        code = self.at(_ast.JoinedStr(direct))
        if tests:
            otherwise = self.runtime_call("joined", self.at(_ast.Tuple(slow, LOAD)))
            code = self.choose(self.both(*tests.values()), code, otherwise)
        return Operand(code, kinds.A_STR, depth=4)


def most_cut(start, stop, step):
    """How many elements a slice with constant bounds takes at the most; None if that depends on what is cut."""
    if step is not None and step < 1:
        return None
    if stop is None:
        return -start if start is not None and start < 0 else None
    start = start or 0
    if (start < 0) is (stop < 0):
        return max(stop - start, 0)
    return None
