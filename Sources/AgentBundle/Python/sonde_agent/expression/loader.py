"""What a compilation needs and an evaluation does not: loaded at the first compilation."""

import _ast

from . import kinds
from .kinds import Kind
from .loops import Loops, cost_of
from .objects import Reader
from .runtime import Runtime


class Generator(Loops):
    """The whole generator: the function around the expression."""

    def __init__(self, program, runtime, known, condition):
        Loops.__init__(self, program, runtime, {name: kind_of_type(known[name]) for name in known})
        self.locals = {}
        self.condition = condition
        self.escaping = escapes(program.root, False)

    def function_body(self):
        """The statements of the function: the expression, inside what turns its exceptions into ours."""
        self.give(self.program.root)
        body, self.body = self.body, []
        failure = self.call("_fail", self.name("_e"))
        self.emit(_ast.Raise(failure, self.constant(None)))
        handler = self.at(_ast.ExceptHandler(self.name("Exception"), "_e", self.body))
        self.body = []
        self.start_budget()
        self.emit(_ast.Try(body, [handler], [], []))
        return self.body

    def give(self, node):
        """Emits statements that return a node's value: a condition returns as soon as it is decided."""
        before, self.line = self.line, node.line
        if node.op in ("and", "or"):
            for each in node.a[:-1]:
                self.give_unless(node.op, self.operand(each))
            self.give(node.a[-1])
        elif node.op == "if":
            test = self.truth(self.operand(node.a))
            outer, branches = self.body, []
            for each in (node.b, node.c):
                self.body = []
                self.give(each)
                branches.append(self.body)
            self.body = outer
            self.emit(_ast.If(test, *branches))
        elif node.op == "call" and node.a in ("any", "all") and self.consumable(node):
            self.quantified(node.a, node.b[0].b, node.b[0].c, True)
        else:
            self.emit(_ast.Return(self.as_result(self.operand(node))))
        self.line = before

    def give_unless(self, operation, operand):
        """Returns a side of `and` or `or` where it decides the whole."""
        sure = operand.kind.within(kinds.BOOL)
        if not sure and not self.condition:
            operand = self.settle(operand)
        test = self.truth(operand)
        if operation == "and":
            test = self.negate(test)
        value = self.constant(operation == "or") if sure or self.condition else operand.code
        self.emit(_ast.If(test, [self.at(_ast.Return(value))], []))

    def as_result(self, operand):
        """The code of what the function gives: of a condition, True or False."""
        if not self.condition or operand.kind.within(kinds.BOOL):
            return operand.code
        if operand.constant:
            return self.constant(bool(operand.code.value))
        return self.choose(self.truth(operand), self.constant(True), self.constant(False))


def kind_of_type(kind):
    """The kind of a value that the host guarantees to be exactly of a type."""
    return kinds.KNOWN.get(kind, kinds.UNKNOWN) if type(kind) is type else kinds.UNKNOWN


def escapes(part, consumed):
    """Whether a generator expression is anything but the direct argument of a call."""
    if type(part) is list or type(part) is tuple:
        return any(escapes(each, False) for each in part)
    if type(part) is dict:
        return any(escapes(each, False) for each in part.values())
    if hasattr(part, "iterable"):
        return escapes(part.iterable, False) or escapes(part.conditions, False)
    if not hasattr(part, "op"):
        return False
    if part.op == "comp" and part.a == "gen" and not consumed:
        return True
    if part.op == "call":
        return any(escapes(each, True) for each in part.b if each is not None) or escapes(part.c, False)
    if part.op == "method":
        return escapes(part.a, False) or any(escapes(each, True) for each in part.b[1] if each is not None)
    return escapes(part.a, False) or escapes(part.b, False) or escapes(part.c, False)


def function_of(definition, names, file):
    """Compiles a function definition and makes the function, without running anything."""
    module = _ast.Module([definition], [])
    code = compile(module, file, "exec", dont_inherit=True)
    for each in code.co_consts:
        if type(each) is type(code):
            return type(function_of)(each, names, "guard")
    raise AssertionError("no function in its own module")


__all__ = ["Generator", "Kind", "Reader", "Runtime", "cost_of", "function_of"]
