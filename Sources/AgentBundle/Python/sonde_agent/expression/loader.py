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
        made = self.operand(self.program.root)
        code = made.code
        if self.condition and not made.kind.within(kinds.BOOL):
            code = self.runtime_call("truth", code, budget=False)
        self.emit(_ast.Return(code))
        handler_body, body = [], self.body
        self.body = handler_body
        failure = self.call("_fail", self.name("_e"))
        self.emit(_ast.Raise(failure, self.constant(None)))
        handler = self.at(_ast.ExceptHandler(self.name("Exception"), "_e", handler_body))
        self.body = []
        if self.needs_budget:
            start = [self.constant(each) for each in self.runtime.budget()]
            self.assign("_b", self.at(_ast.List(start, _ast.Load())))
        elif self.charges:
            self.assign("_b", self.constant(None))
        self.emit(_ast.Try(body, [handler], [], []))
        return self.body


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
