"""From checked nodes to a Python function.

The code is built as a syntax tree of statements, never as text. What each node
becomes is as direct as what is known about its operands allows: Python's own
operator where both sides are surely small numbers, the same behind an exact
type check where they may be, and a call of the runtime otherwise.

Each node's number is its line, so that a traceback tells where it failed.
"""

import _ast

from . import kinds
from .kinds import Kind

LOAD, STORE = _ast.Load(), _ast.Store()
SMALL_BITS = 63
BIG = 1 << SMALL_BITS
NUMBERS = (("float", kinds.FLOAT), ("int", kinds.INT))
TINY = (1 << 30) - 1  # one digit: CPython compares two of those faster


class Operand:
    """An expression that gives a node's value; `stable` when it can be repeated (a name or a constant).

    A slice's `part` is what is cut, and the code to cut it when it is a str, list or tuple, and when it is not.
    `whole` names a variable that is true when the value is surely an integer, if there is one.
    `shared` names a set of constants that serves where the value is only looked at.
    """

    __slots__ = ("code", "kind", "stable", "depth", "part", "whole", "shared")

    def __init__(self, code, kind, stable=False, depth=1, part=None, whole=None, shared=None):
        self.code = code
        self.kind = kind
        self.stable = stable
        self.depth = depth
        self.part = part
        self.whole = whole
        self.shared = shared

    @property
    def constant(self):
        """Whether the value is a constant."""
        return type(self.code) is _ast.Constant


class Code:
    """Builds statements and expressions, all at the current line."""

    def __init__(self):
        self.line = 1
        self.body = []
        self.temporaries = 0
        self.comprehensions = 0

    def at(self, node):
        node.lineno = node.end_lineno = self.line
        node.col_offset = node.end_col_offset = 0
        return node

    def name(self, name):
        return self.at(_ast.Name(name, LOAD))

    def constant(self, value):
        node = self.at(_ast.Constant(value))
        node.kind = None
        return node

    def call(self, name, *arguments):
        function = name if type(name) is not str else self.name(name)
        return self.at(_ast.Call(function, list(arguments), []))

    def member(self, value, name):
        return self.at(_ast.Attribute(value, name, LOAD))

    def choose(self, test, then, otherwise):
        return self.at(_ast.IfExp(test, then, otherwise))

    def both(self, *tests):
        return tests[0] if len(tests) == 1 else self.at(_ast.BoolOp(_ast.And(), list(tests)))

    def any_of(self, *tests):
        return tests[0] if len(tests) == 1 else self.at(_ast.BoolOp(_ast.Or(), list(tests)))

    def negate(self, test):
        return self.at(_ast.UnaryOp(_ast.Not(), test))

    def compare(self, left, operation, right):
        return self.at(_ast.Compare(left, [operation], [right]))

    def is_type(self, code, *types):
        """A test that the value of stable code is exactly of one of `types` (names)."""
        found = self.type_of(code, len(types))
        return self.any_of(*[self.compare(found(), _ast.Is(), self.name(each)) for each in types])

    def type_of(self, code, times):
        """Gives the code for a value's type, `times` at most; what is kept after the first time is cheaper to get.

        A comprehension keeps nothing: the name would belong to the function around it.
        """
        if times < 2 or self.comprehensions:
            return lambda: self.call("type", code)
        name = self.new("_k")
        kept = [self.at(_ast.NamedExpr(self.at(_ast.Name(name, STORE)), self.call("type", code)))]
        return lambda: kept.pop() if kept else self.name(name)

    def emit(self, statement):
        self.body.append(self.at(statement))

    def assign(self, name, code):
        self.emit(_ast.Assign([self.at(_ast.Name(name, STORE))], code, None))

    def new(self, prefix="_t"):
        self.temporaries += 1
        return prefix + str(self.temporaries)

    def store(self, code):
        """Assigns to a new variable, and gives its name."""
        name = self.new()
        self.assign(name, code)
        return name


FEW_CHARGES = 4  # so many cannot add up to more than the bound of each allows
DEEP = 24  # expressions deeper than this are cut into statements


class Base(Code):
    """What all parts of the generator share: order of evaluation, the budget, the runtime's names."""

    def __init__(self, program, runtime, known):
        Code.__init__(self)
        self.program = program
        self.runtime = runtime
        self.limits = runtime.limits
        self.known = known
        self.globals = runtime.names()
        self.charges = 0
        self.charging = []
        self.inside = False
        self.loops = 0
        self.functions = 0
        self.escaping = False
        self.leaves = {}

    def runtime_call(self, method, *arguments, budget=True):
        """A call of one of the runtime's operations; `budget` says whether it charges one."""
        name = "_r_" + method
        if name not in self.globals:
            self.globals[name] = getattr(self.runtime, method)
        made = self.call(name, *arguments)
        if budget:
            made.args.append(self.name("_b"))
            self.charges += 100 if self.loops or self.functions else 1
            self.inside = self.inside or bool(self.functions)
            if not self.comprehensions:
                self.charging.append(made)
        return made

    def start_budget(self):
        """Decides, once all code is made, what the calls that charge get as their budget.

        A function that charges a few times only, in no loop, has none: see
        `Budgets`. Others make theirs at the first call that charges, for most
        evaluations never come to one; but at the beginning where a function
        inside charges, because that could not keep what it makes.
        """
        if self.charges <= FEW_CHARGES:
            for call in self.charging:
                call.args[-1] = self.constant(None)
        elif self.inside:
            self.assign("_b", self.call("_budget"))
        else:
            self.assign("_b", self.constant(None))
            for call in self.charging:
                call.args[-1] = self.made_budget()

    def made_budget(self):
        """The budget, made now if there is none yet."""
        made = _ast.NamedExpr(self.at(_ast.Name("_b", STORE)), self.call("_budget"))
        return self.any_of(self.name("_b"), self.at(made))

    def operand(self, node):
        """The code for a node."""
        made = self.leaves.get(node)
        if made is not None:
            return made
        before, self.line = self.line, node.line
        made = getattr(self, "make_" + self.METHOD.get(node.op, node.op))(node)
        if made.depth > DEEP:
            made = self.settle(made)
        self.line = before
        return made

    METHOD = {"if": "choice", "and": "logical", "or": "logical"}
    METHOD.update({"list": "display", "tuple": "display", "set": "display"})

    def settle(self, operand):
        """The operand as something that can be repeated."""
        if operand.stable:
            return operand
        return Operand(self.name(self.store(operand.code)), operand.kind, True)

    def apart(self, node):
        """The operand for a node, and the statements that it needs before it."""
        outer, self.body = self.body, []
        made = self.operand(node)
        body, self.body = self.body, outer
        return made, body

    def sequence(self, nodes):
        """Operands that are evaluated in order, whatever statements some of them need."""
        operands = []
        for node in nodes:
            made, body = self.apart(node)
            if body:
                operands = [self.settle(each) for each in operands]
                self.body += body
            operands.append(made)
        return operands

    def stable(self, nodes):
        """The same, all of them repeatable."""
        operands = []
        for node in nodes:
            operands.append(self.settle(self.operand(node)))
        return operands

    def depth(self, *operands):
        return 1 + max([each.depth for each in operands], default=0)

    def truth(self, operand):
        """Code that may be tested for truth."""
        if not operand.kind.types & kinds.OTHER:
            return operand.code
        return self.runtime_call("truth", operand.code, budget=False)

    def number_test(self, operand, small=True):
        """A test that a stable operand is a float or an integer (a small one, if its size matters).

        None if it surely is one.
        """
        kind = operand.kind
        if kind.within(kinds.FLOAT) or kind.within(kinds.NUMBER) and (not small or kind.bits is not None):
            return None
        code = operand.code
        if operand.whole is not None and not small:
            return self.name(operand.whole)
        types = [name for name, bit in NUMBERS if kind.types & bit]
        if self.loops:  # a single number is mostly measured, those of a list are mostly counted
            types.reverse()
        if not small or "int" not in types:
            return self.is_type(code, *(types or ["int"]))
        near = self.near(code)
        if kind.within(kinds.INT):
            return near
        found = self.type_of(code, 2 if kind.types & kinds.FLOAT else 1)
        whole = self.both(self.compare(found(), _ast.Is(), self.name("int")), near)
        if not kind.types & kinds.FLOAT:
            return whole
        return self.any_of(whole, self.compare(found(), _ast.Is(), self.name("float")))

    def near(self, code):
        """A test that an integer is small. The bound that most fall short of comes first, alone."""
        tiny = self.compare(code, _ast.Lt(), self.constant(TINY)), self.compare(code, _ast.Gt(), self.constant(-TINY))
        return self.any_of(self.both(*tiny), self.between(code, BIG))

    def between(self, code, bound):
        """A test that an integer is nearer to 0 than `bound`."""
        low, high = self.constant(-bound), self.constant(bound)
        return self.at(_ast.Compare(low, [_ast.Lt(), _ast.Lt()], [code, high]))

    def as_number(self, kind):
        """A kind after `number_test` succeeded."""
        if kind.within(kinds.NUMBER) and kind.bits is not None or kind.within(kinds.FLOAT):
            return kind
        return Kind(kind.types & (kinds.INT | kinds.FLOAT), SMALL_BITS)
