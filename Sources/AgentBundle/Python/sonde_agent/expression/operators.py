"""Code for operators, comparisons and conditions."""

import _ast
import sys

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
NO_NUMBERS = frozenset(("comp", "fstring", "list", "dict", "tuple", "set", "and", "or", "if"))
SLOW_TYPE = sys.version_info < (3, 10)  # where type(x) takes as long as three comparisons
CACHED = range(257)
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
        made = self.region(node)
        if made is not None:
            return made
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
        if not self.direct or result is None:
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

    # Regions: several operators whose operands are likely numbers, behind one test of all operands

    in_region = False
    direct = True  # whether operators may be written out; not in the half of a region that is for anything

    def region(self, node):
        """Code for a whole tree of operators: once for small numbers, once for anything; None if it gains nothing."""
        if self.in_region:
            return None
        leaves = []
        count = self.gather_leaves(node, leaves)
        if count < 2 or any(each.op not in ("name", "local", "lit", "neg") for each in leaves[1:]):
            return None
        if any(each.op == "lit" and type(each.a) not in (int, float) for each in leaves):
            return None
        if leaves[0].op in NO_NUMBERS:
            return None
        operands = [self.settle(self.operand(each)) for each in leaves]
        tests = {}
        small = node.op != "compare" or count > len(node.b)  # comparing takes no time that counts, whatever the size
        for each in operands:
            test = self.number_test(each, small)
            if test is not None:
                tests[each.code.id] = test
        self.direct = False
        slow, slow_body = self.region_code(node, leaves, operands)
        self.direct = True
        fast = None
        if tests and all(each.kind.types & kinds.NUMBER for each in operands):
            sure = [Operand(each.code, self.as_number(each.kind), True) for each in operands]
            fast, fast_body = self.region_code(node, leaves, sure)
        if fast is None or fast_body or not fast.kind.within(kinds.NUMBER):  # not direct after all
            self.body += slow_body
            return slow
        test = self.both(*tests.values())
        kind = kinds.either(fast.kind, slow.kind)
        if not slow_body:
            depth = max(fast.depth, slow.depth) + 1
            return Operand(self.choose(test, fast.code, slow.code), kind, depth=depth)
        result = self.new()
        slow_body.append(self.at(_ast.Assign([self.name_to(result)], slow.code, None)))
        direct = self.at(_ast.Assign([self.name_to(result)], fast.code, None))
        self.emit(_ast.If(test, [direct], slow_body))
        return Operand(self.name(result), kind, True)

    def region_code(self, node, leaves, operands):
        """The code of a tree of operators over given operands, and the statements it needs."""
        saved, self.leaves, self.in_region = self.leaves, dict(zip(leaves, operands)), True
        outer, self.body = self.body, []
        made = self.operand_again(node)
        body, self.body = self.body, outer
        self.leaves, self.in_region = saved, False
        return made, body

    def name_to(self, name):
        return self.at(_ast.Name(name, _ast.Store()))

    def operand_again(self, node):
        """The operator itself, without another look for a region."""
        if node.op == "binary":
            return self.make_binary(node)
        if node.op == "compare":
            return self.make_compare(node)
        return getattr(self, "make_" + node.op)(node)

    def gather_leaves(self, node, leaves):
        """Collects the operands of a tree of operators in order of evaluation, and counts its operators."""
        if node.op == "binary":
            return 1 + self.gather_leaves(node.a, leaves) + self.gather_leaves(node.b, leaves)
        if node.op in ("neg", "pos", "invert") and node.a.op != "lit":
            return 1 + self.gather_leaves(node.a, leaves)
        if node.op == "compare" and all(operation in ORDERS for operation, _ in node.b):
            count = self.gather_leaves(node.a, leaves)
            return count + sum(1 + self.gather_leaves(right, leaves) for _, right in node.b)
        leaves.append(node)
        return 0

    def make_neg(self, node):
        if node.a.op == "lit" and type(node.a.a) in (int, float):
            return Operand(self.constant(-node.a.a), kinds.kind_of(node.a.a), True)
        return self.unary("-", _ast.USub(), node)

    def make_pos(self, node):
        return self.unary("+", _ast.UAdd(), node)

    def make_invert(self, node):
        return self.unary("~", _ast.Invert(), node)

    def unary(self, sign, operation, node):
        made = self.region(node)
        if made is not None:
            return made
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
        made = self.region(node)
        if made is not None:
            return made
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
            code = self.runtime_call("contains", left.code, right.shared or right.code)
            if operation == "not in":
                code = self.negate(code)
            return Operand(code, kinds.A_BOOL, depth=self.depth(left, right))
        depth = self.depth(left, right)
        if operation in ("is", "is not"):
            if type(left.code) is not _ast.Name:  # of a constant, Python's compiler would warn in the target's output
                left = Operand(self.name(self.store(left.code)), one, True)
            return Operand(self.compare(left.code, COMPARISONS[operation](), right.code), kinds.A_BOOL, depth=depth)
        if operation in ("==", "!=") and left.part is not None:
            made = self.part_compared(operation, left.part, right)
            if made is not None:
                return made
        code = self.compare(left.code, COMPARISONS[operation](), right.code)
        if one.within(kinds.SCALAR) and other.within(kinds.SCALAR):
            return Operand(code, kinds.A_BOOL, depth=depth)
        test = None
        if operation in ("==", "!=") and self.is_short_list(right.code) and one.types & kinds.LIST:
            left = self.settle(left)
            tests = self.list_tests(left.code, left.code, right.code)
            test = self.both(self.is_type(left.code, "list"), *tests)
            code = self.compare(left.code, COMPARISONS[operation](), right.code)
        if self.direct and (one.within(kinds.SCALAR) or other.within(kinds.SCALAR)):
            left, right = self.settled_pair(left, right)
            sure, unsure = (left, right) if one.within(kinds.SCALAR) else (right, left)
            test = self.scalar_test(unsure, sure.kind)
            code = self.compare(left.code, COMPARISONS[operation](), right.code)
        kind = kinds.UNKNOWN if self.runtime.user_code else kinds.A_BOOL
        if one.within(kinds.SCALAR) or other.within(kinds.SCALAR):  # nothing to charge
            slow = self.runtime_call(ORDERS[operation], left.code, right.code, self.constant(None), budget=False)
        else:
            slow = self.runtime_call(ORDERS[operation], left.code, right.code)
        if test is None:
            return Operand(slow, kind, depth=depth)
        return Operand(self.choose(test, code, slow), kind, depth=3)

    def part_compared(self, operation, part, right):
        """A slice compared with a literal, at once where what is cut is of the literal's type; None for no literal."""
        value, direct, slow = part
        if right.constant and type(right.code.value) is str and value.kind.types & kinds.STR:
            tests = [] if value.kind.within(kinds.STR) else [self.is_type(value.code, "str")]
        elif self.is_short_list(right.code) and value.kind.types & kinds.LIST and not self.comprehensions:
            name = self.new()
            kept = self.at(_ast.NamedExpr(self.name_to(name), direct))
            direct = self.name(name)
            tests = [] if value.kind.within(kinds.LIST) else [self.is_type(value.code, "list")]
            tests += self.list_tests(kept, direct, right.code)
        else:
            return None
        code = self.compare(direct, COMPARISONS[operation](), right.code)
        kind = kinds.UNKNOWN if self.runtime.user_code else kinds.A_BOOL
        if tests:
            otherwise = self.runtime_call(ORDERS[operation], slow, right.code)
            code = self.choose(self.both(*tests), code, otherwise)
        return Operand(code, kind, depth=4)

    @staticmethod
    def is_short_list(code):
        """Whether code is the display of a few constants."""
        if type(code) is not _ast.List or not 0 < len(code.elts) < 5:
            return False
        return all(type(each) is _ast.Constant and type(each.value) in (int, str) for each in code.elts)

    def list_tests(self, first, code, literal):
        """Tests that a list has as many elements as a literal and of the same types; `first` is its code at first."""
        tests = [self.compare(self.call("len", first), _ast.Eq(), self.constant(len(literal.elts)))]
        for at, each in enumerate(literal.elts):
            part = self.at(_ast.Subscript(code, self.as_index(self.constant(at)), _ast.Load()))
            test = self.is_type(part, type(each.value).__name__)
            if SLOW_TYPE and type(each.value) is int and each.value in CACHED:
                # The very integer of the literal is of its type: CPython keeps one of each small integer.
                self.globals["_n%d" % each.value] = each.value
                test = self.any_of(self.compare(part, _ast.Is(), self.name("_n%d" % each.value)), test)
            tests.append(test)
        return tests

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
