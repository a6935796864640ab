"""Code for operators, comparisons and conditions."""

import _ast

from . import kinds
from .generator import Base, Operand
from .kinds import Kind

OPERATORS = {
    "+": _ast.Add,
    "-": _ast.Sub,
    "*": _ast.Mult,
    "/": _ast.Div,
    "//": _ast.FloorDiv,
    "%": _ast.Mod,
    "**": _ast.Pow,
    "<<": _ast.LShift,
    ">>": _ast.RShift,
    "&": _ast.BitAnd,
    "|": _ast.BitOr,
    "^": _ast.BitXor,
}
SLOW = {"+": "add", "-": "subtract", "*": "multiply", "//": "floor_divide", "%": "modulo", "**": "power"}
SLOW["<<"] = "shift_left"
COMPARISONS = {
    "<": _ast.Lt,
    "<=": _ast.LtE,
    ">": _ast.Gt,
    ">=": _ast.GtE,
    "==": _ast.Eq,
    "!=": _ast.NotEq,
    "is": _ast.Is,
    "is not": _ast.IsNot,
}
ORDERS = {"<": "less", "<=": "less_equal", ">": "greater", ">=": "greater_equal", "==": "equal", "!=": "unequal"}
DIRECT_BITS = 512  # beyond it an integer's size is charged


def result_of(operation, left, right, exponent):
    """The kind that an operator gives for two small numbers; None when its size is not known to be small."""
    types = kinds.FLOAT if (left.types | right.types) & kinds.FLOAT else 0
    whole = left.types & (kinds.INT | kinds.BOOL) and right.types & (kinds.INT | kinds.BOOL)
    one, other = left.bits or 1, right.bits or 1
    if operation == "/":
        return Kind(kinds.FLOAT)
    if operation in ("+", "-"):
        bits = max(one, other) + 1
    elif operation == "*":
        bits = one + other
    elif operation == "//":
        bits = one + 1
    elif operation == "%":
        bits = max(one, other) + 1
    elif operation in ("&", "|", "^"):
        bits = max(one, other) + 1
        if left.within(kinds.BOOL) and right.within(kinds.BOOL):
            return Kind(kinds.BOOL, 1)
        if types:  # a float here is an error of Python's own
            types = 0
    elif operation == "**":
        if type(exponent) is not int or not 0 <= exponent <= 64:
            return None
        bits = one * max(exponent, 1)
    elif operation == "<<":
        if type(exponent) is not int or exponent > DIRECT_BITS:
            return None
        bits, types = one + max(exponent, 0), 0
    elif operation == ">>":
        bits, types = one, 0
    if bits > DIRECT_BITS:
        return None
    return Kind(types | (kinds.INT if whole or not types else 0), bits)


class Operators(Base):
    """Unary and binary operators, comparison, `and`, `or`, `not`, `if`."""

    def make_binary(self, node):
        chain = []
        while node.op == "binary":  # a long chain leans to the left: a loop, not a recursion
            chain.append(node)
            node = node.a
        left = self.operand(node)
        for node in reversed(chain):
            self.line = node.line
            right, body = self.apart(node.b)
            if body:
                left = self.settle(left)
                self.body += body
            left = self.binary(node.c, left, right)
            if left.depth > 24:
                left = self.settle(left)
        return left

    def binary(self, operation, left, right):
        one, other = left.kind, right.kind
        if not (one.types & kinds.NUMBER and other.types & kinds.NUMBER):
            if operation == "+" and one.within(kinds.STR) and other.within(kinds.STR):
                return self.slow(operation, left, right, Kind(kinds.STR))
            if operation == "%" and one.within(kinds.STR):
                return self.slow(operation, left, right, Kind(kinds.STR))
            return self.slow(operation, left, right, kinds.BUILT)
        if one.within(kinds.STR | kinds.LIST | kinds.TUPLE) or other.within(kinds.STR | kinds.LIST | kinds.TUPLE):
            return self.slow(operation, left, right, kinds.BUILT)
        exponent = right.code.value if right.constant else None
        result = result_of(operation, self.as_number(one), self.as_number(other), exponent)
        if result is None or one.within(kinds.BOOL) and not one.types & kinds.INT and other.within(kinds.STR):
            return self.slow(operation, left, right, kinds.BUILT)
        sure = one.within(kinds.NUMBER) and other.within(kinds.NUMBER)
        sure = sure and self.number_test(left) is None and self.number_test(right) is None
        if sure:
            code = self.at(_ast.BinOp(left.code, OPERATORS[operation](), right.code))
            return Operand(code, result, depth=self.depth(left, right))
        left, right = self.settled_pair(left, right)
        tests = [test for test in (self.number_test(left), self.number_test(right)) if test is not None]
        code = self.at(_ast.BinOp(left.code, OPERATORS[operation](), right.code))
        slow = self.slow(operation, left, right, kinds.BUILT)
        kind = kinds.either(result, slow.kind)
        return Operand(self.choose(self.both(*tests), code, slow.code), kind, depth=3)

    def settled_pair(self, left, right):
        """Both operands repeatable, evaluated in order."""
        left = self.settle(left)
        return left, self.settle(right)

    def slow(self, operation, left, right, kind):
        """The runtime's operator."""
        if self.runtime.user_code:
            kind = kinds.UNKNOWN
        if operation in SLOW:
            code = self.runtime_call(SLOW[operation], left.code, right.code)
        else:
            code = self.runtime_call("binary", self.constant(operation), left.code, right.code)
        return Operand(code, kind, depth=self.depth(left, right))

    def make_neg(self, node):
        return self.unary("-", _ast.USub(), node)

    def make_pos(self, node):
        return self.unary("+", _ast.UAdd(), node)

    def make_invert(self, node):
        return self.unary("~", _ast.Invert(), node)

    def unary(self, sign, operation, node):
        value = self.operand(node.a)
        inverted = sign == "~" and value.kind.types & kinds.BOOL  # Python 3.12 and later would warn
        if value.kind.within(kinds.NUMBER) and self.number_test(value) is None and not inverted:
            types = value.kind.types & kinds.FLOAT if sign != "~" else 0
            if value.kind.types & (kinds.INT | kinds.BOOL) or sign == "~":
                types |= kinds.INT
            kind = Kind(types, (value.kind.bits or 1) + 1)
            if (kind.bits or 0) <= DIRECT_BITS:
                code = self.at(_ast.UnaryOp(operation, value.code))
                return Operand(code, kind, depth=self.depth(value))
        kind = kinds.UNKNOWN if self.runtime.user_code else kinds.BUILT
        code = self.runtime_call("unary", self.constant(sign), value.code)
        return Operand(code, kind, depth=self.depth(value))

    def make_not(self, node):
        value = self.operand(node.a)
        return Operand(self.negate(self.truth(value)), kinds.A_BOOL, depth=self.depth(value))

    # Comparison

    def make_compare(self, node):
        left = self.operand(node.a)
        if len(node.b) == 1:
            operation, right_node = node.b[0]
            right, body = self.apart(right_node)
            if body:
                left = self.settle(left)
                self.body += body
            return self.compared(operation, left, right)
        return self.chained(left, node.b)

    def chained(self, left, pairs):
        """`a < b < c`: each side is evaluated once, and only as far as the chain holds."""
        tests, result, outer = [], None, self.body
        for at, (operation, right_node) in enumerate(pairs):
            right, body = self.apart(right_node)
            if body or not right.stable:
                if at:
                    result = result or self.new()
                    self.assign(result, self.both(*tests))
                    tests, branch = [], []
                    self.emit(_ast.If(self.truth(Operand(self.name(result), kind)), branch, []))
                    self.body = branch
                else:
                    left = self.settle(left)
                self.body += body
                right = self.settle(right)
            made = self.compared(operation, left, right)
            tests.append(made.code)
            left, kind = right, made.kind
        if result is None:
            return Operand(self.both(*tests), kind, depth=4)
        self.assign(result, self.both(*tests))
        self.body = outer
        return Operand(self.name(result), kind, True)

    def compared(self, operation, left, right):
        one, other = left.kind, right.kind
        if operation in ("in", "not in"):
            code = self.runtime_call("contains", left.code, right.code)
            if operation == "not in":
                code = self.negate(code)
            return Operand(code, kinds.A_BOOL, depth=self.depth(left, right))
        depth = self.depth(left, right)
        if operation in ("is", "is not"):
            if type(left.code) is not _ast.Name:  # of a constant, Python's compiler would warn in the target's output
                left = Operand(self.name(self.store(left.code)), one, True)
            return Operand(self.compare(left.code, COMPARISONS[operation](), right.code), kinds.A_BOOL, depth=depth)
        code = self.compare(left.code, COMPARISONS[operation](), right.code)
        if one.within(kinds.SCALAR) and other.within(kinds.SCALAR):
            return Operand(code, kinds.A_BOOL, depth=depth)
        test = None
        if one.within(kinds.SCALAR) or other.within(kinds.SCALAR):
            left, right = self.settled_pair(left, right)
            sure, unsure = (left, right) if one.within(kinds.SCALAR) else (right, left)
            test = self.scalar_test(unsure, sure.kind)
            code = self.compare(left.code, COMPARISONS[operation](), right.code)
        slow = self.runtime_call(ORDERS[operation], left.code, right.code)
        kind = kinds.UNKNOWN if self.runtime.user_code else kinds.A_BOOL
        if test is None:
            return Operand(slow, kind, depth=depth)
        return Operand(self.choose(test, code, slow), kind, depth=3)

    def scalar_test(self, operand, against):
        """A test that an operand is of the likeliest type for a comparison with a scalar; None if there is none."""
        if against.within(kinds.STR) and operand.kind.types & kinds.STR:
            return self.is_type(operand.code, "str")
        if against.within(kinds.NUMBER) and operand.kind.types & kinds.NUMBER:
            return self.number_test(operand, small=False)
        return None

    # Conditions

    def make_logical(self, node):
        stop = _ast.Or if node.op == "or" else _ast.And
        parts = [self.apart(each) for each in node.a]
        kind = parts[0][0].kind
        for each, _ in parts[1:]:
            kind = kinds.either(kind, each.kind)
        simple = not any(body for _, body in parts[1:])
        if simple and not any(each.kind.types & kinds.OTHER for each, _ in parts[:-1]):
            self.body += parts[0][1]
            code = self.at(_ast.BoolOp(stop(), [each.code for each, _ in parts]))
            return Operand(code, kind, depth=self.depth(*[each for each, _ in parts]))
        result, outer = self.new(), self.body
        for at, (each, body) in enumerate(parts):
            self.body += body
            self.assign(result, each.code)
            if at + 1 < len(parts):
                test = self.truth(Operand(self.name(result), each.kind, True))
                if node.op == "or":
                    test = self.negate(test)
                branch = []
                self.emit(_ast.If(test, branch, []))
                self.body = branch
        self.body = outer
        return Operand(self.name(result), kind, True)

    def make_choice(self, node):
        test = self.operand(node.a)
        then, then_body = self.apart(node.b)
        other, other_body = self.apart(node.c)
        kind = kinds.either(then.kind, other.kind)
        if not then_body and not other_body:
            code = self.choose(self.truth(test), then.code, other.code)
            return Operand(code, kind, depth=self.depth(test, then, other))
        result, outer = self.new(), self.body
        branch = self.at(_ast.If(self.truth(test), then_body, other_body))
        self.body = then_body
        self.assign(result, then.code)
        self.body = other_body
        self.assign(result, other.code)
        self.body = outer
        self.body.append(branch)
        return Operand(self.name(result), kind, True)
