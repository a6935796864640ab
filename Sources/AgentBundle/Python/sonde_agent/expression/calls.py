"""Code for calls of functions and methods."""

import _ast

from . import kinds
from .accesses import Accesses
from .generator import LOAD, Operand
from .kinds import Kind

RESULTS = {
    "len": kinds.SMALL,
    "any": kinds.A_BOOL,
    "all": kinds.A_BOOL,
    "bool": kinds.A_BOOL,
    "isinstance": kinds.A_BOOL,
    "str": kinds.A_STR,
    "repr": kinds.A_STR,
    "hex": kinds.A_STR,
    "bin": kinds.A_STR,
    "oct": kinds.A_STR,
    "chr": kinds.A_STR,
    "ord": kinds.SMALL,
    "float": kinds.A_FLOAT,
    "int": Kind(kinds.INT),
    "list": Kind(kinds.LIST),
    "tuple": Kind(kinds.TUPLE),
    "set": Kind(kinds.SET),
    "dict": Kind(kinds.DICT),
    "sorted": Kind(kinds.LIST),
    "range": Kind(kinds.RANGE, None, None, True),
    "zip": Kind(kinds.STREAM),
    "enumerate": Kind(kinds.STREAM),
    "reversed": Kind(kinds.STREAM),
    "abs": kinds.BUILT,
    "round": kinds.BUILT,
    "divmod": kinds.BUILT,
    "pow": kinds.BUILT,
}
BOOL_METHODS = frozenset("startswith endswith isdisjoint issubset issuperset".split())
KEEP_ITEMS = frozenset(("list", "tuple", "sorted", "reversed", "min", "max"))



class Calls(Accesses):
    """Functions and methods."""

    def make_call(self, node):
        name, values, named = node.a, node.b, node.c
        if self.consumable(node):
            made = self.consumed(name, values[0])
            if made is not None:
                return made
        if name == "sum" and not named and len(values) == 1:
            made = self.summed(node, values[0])
            if made is not None:
                return made
        return self.called(node)

    def called(self, node):
        """A call of a function with its arguments as values."""
        name, values, named = node.a, node.b, node.c
        if name == "len":
            return self.make_len(node)
        keywords = [each for each in named if isinstance(named[each], type(node))]
        operands = self.sequence([each for each in values if each is not None] + [named[each] for each in keywords])
        rest = list(reversed(operands))
        codes = [self.constant(None) if each is None else rest.pop().code for each in values]
        if name == "sum" and len(values) == 1 and not named and self.sums_directly(operands[0].kind):
            code = self.runtime_call("sum_built", operands[0].code)
            return Operand(code, kinds.BUILT, depth=self.depth(*operands))
        call = self.runtime_call("call_" + name, *codes)
        for each in named:
            if each in keywords:
                value = rest.pop().code
            else:
                value = self.constant(named[each])  # the function that key= names
            call.keywords.append(self.at(_ast.keyword(each, value)))
        kind = RESULTS.get(name)
        if name in KEEP_ITEMS and operands:
            kind = self.kept(name, operands, kind)
        elif name == "range":
            kind = Kind(kinds.RANGE, None, self.range_item(operands), True)
        elif name == "sum":
            kind = kinds.BUILT
        if kind is None or self.runtime.user_code and name in ("abs", "round", "divmod", "pow", "sum"):
            kind = kinds.UNKNOWN
        return Operand(call, kind, depth=self.depth(*operands))

    @staticmethod
    def sums_directly(kind):
        """Whether a list of our own has nothing in it that could run code when it is added."""
        return kind.within(kinds.LIST) and kind.item is not None and kind.item.within(kinds.BUILT_IN)

    def range_item(self, operands):
        """The kind of a range's elements: small integers, when its bounds are."""
        bits = [each.kind.bits for each in operands]
        return Kind(kinds.INT, None if None in bits or not bits else max(bits) + 1)

    def kept(self, name, operands, kind):
        """The kind of what keeps the elements of its only argument."""
        source = operands[0].kind
        item = source.item
        if source.within(kinds.STR):
            item = kinds.A_STR
        if name in ("min", "max"):
            if len(operands) == 1 and item is not None:
                return item
            return None
        return Kind(kind.types, None, item, source.plain)

    def make_len(self, node):
        value = self.operand(node.b[0])
        types = []
        for name, bit in (("list", kinds.LIST), ("tuple", kinds.TUPLE), ("str", kinds.STR), ("dict", kinds.DICT)):
            if value.kind.types & bit:
                types.append(name)
        if value.kind.within(kinds.LIST | kinds.TUPLE | kinds.STR | kinds.DICT | kinds.SET):
            return Operand(self.call("len", value.code), kinds.SMALL, depth=self.depth(value))
        if not types:
            return Operand(self.runtime_call("length", value.code), kinds.SMALL, depth=self.depth(value))
        value = self.settle(value)
        slow = self.runtime_call("length", value.code, budget=False)
        code = self.choose(self.is_type(value.code, *types), self.call("len", value.code), slow)
        return Operand(code, kinds.SMALL, depth=3)

    def make_isinstance(self, node):
        value = self.operand(node.a)
        classes = self.at(_ast.Tuple([self.constant(each) for each in node.b], LOAD))
        made = self.runtime_call("call_isinstance", value.code, classes, budget=False)
        return Operand(made, kinds.A_BOOL, depth=self.depth(value))

    def make_method(self, node):
        name, values = node.b
        simple = not node.c and all(each is not None and each.op == "lit" for each in values)
        receiver = self.operand(node.a)
        kind = self.method_kind(name, receiver.kind)
        short = simple and len(values) == 1 and type(values[0].a) is str
        if name in ("startswith", "endswith") and short:
            receiver = self.settle(receiver)
            code = self.at(_ast.Call(self.member(receiver.code, name), [self.constant(values[0].a)], []))
            if not receiver.kind.within(kinds.STR):
                looked = self.runtime_call("receiver", receiver.code, self.constant(name), budget=False)
                arguments = self.at(_ast.Tuple([self.constant(values[0].a)], LOAD))
                slow = self.runtime_call("method", looked, self.constant(name), arguments)
                code = self.choose(self.is_type(receiver.code, "str"), code, slow)
            return Operand(code, kind, depth=4)
        # The method is looked up before its arguments are evaluated.
        looked = self.runtime_call("receiver", receiver.code, self.constant(name), budget=False)
        operands = [Operand(looked, receiver.kind)]
        for each in [each for each in values if each is not None]:
            made, body = self.apart(each)
            if body:
                operands = [self.settle(one) for one in operands]
                self.body += body
            operands.append(made)
        rest = list(reversed(operands[1:]))
        codes = [self.constant(None) if each is None else rest.pop().code for each in values]
        made = self.runtime_call(
            "method", operands[0].code, self.constant(name), self.at(_ast.Tuple(codes, LOAD))
        )
        return Operand(made, kind, depth=self.depth(receiver, *operands))

    def method_kind(self, name, receiver):
        if self.runtime.user_code and not receiver.within(kinds.BUILT_IN):
            return kinds.UNKNOWN
        if name in BOOL_METHODS or name.startswith("is"):
            return kinds.A_BOOL
        if name in ("find", "rfind", "index", "rindex", "count"):
            return kinds.SMALL
        if name == "get":
            return kinds.UNKNOWN
        if name in ("split", "rsplit", "splitlines"):
            return Kind(kinds.LIST, None, kinds.A_STR, True)
        if name in ("partition", "rpartition"):
            return Kind(kinds.TUPLE, None, kinds.A_STR, True)
        if name in ("keys", "values", "items"):
            return Kind(kinds.VIEW)
        if name == "copy":
            return Kind(kinds.LIST | kinds.DICT | kinds.SET)
        if name in ("difference", "intersection", "union", "symmetric_difference"):
            return Kind(kinds.SET | kinds.OTHER)
        return kinds.A_STR
