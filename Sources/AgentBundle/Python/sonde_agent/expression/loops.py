"""Code for comprehensions: loops in place where the result is made at once, functions where it is not."""

import _ast

from . import kinds
from .calls import Calls
from .checker import Star
from .generator import LOAD, STORE, Operand
from .iterating import FEW
from .kinds import Kind

BLOCKS = 8  # Python allows 20 nested blocks; deeper loops become functions
GATHERED = {"list": "list", "tuple": "list", "sorted": "list", "set": "set"}


def cost_of(part):
    """How many steps one evaluation of a part takes, inner loops apart: its operations."""
    if part is None or type(part) is str or type(part) is int or type(part) is float or type(part) is bool:
        return 0
    if type(part) is list or type(part) is tuple:
        return sum(cost_of(each) for each in part)
    if type(part) is dict:
        return sum(cost_of(each) for each in part.values())
    if part.op in ("lit", "name", "local"):
        return 0
    if part.op == "comp":
        return 1 + cost_of(part.c[0].iterable)
    own = len(part.a) if part.op in ("list", "tuple", "set", "dict") else 1
    if part.op in ("call", "method", "attr", "value", "slice"):
        own = 5  # what takes longer here than an operator does
    return own + cost_of(part.a) + cost_of(part.b) + cost_of(part.c)


def has_comprehension(part):
    """Whether there is a comprehension anywhere in a part."""
    if type(part) is list or type(part) is tuple:
        return any(has_comprehension(each) for each in part)
    if type(part) is dict:
        return any(has_comprehension(each) for each in part.values())
    if not hasattr(part, "op"):
        return False
    return part.op == "comp" or has_comprehension([part.a, part.b, part.c])


class Loops(Calls):
    """Comprehensions and what consumes them."""

    def make_comp(self, node):
        kind, element, loops = node.a, node.b, node.c
        if kind == "gen":
            return self.generator(element, loops)
        if self.escaping or self.loops + len(loops) > BLOCKS:
            return self.function(kind, element, loops)
        made = self.in_place(kind, element, loops)
        if made is not None:
            return made
        result = self.new()
        self.assign(result, self.empty(kind))
        made = self.nest(loops, lambda: self.gather(kind, element, result), element)
        return Operand(self.name(result), self.kind_of_result(kind, made), True)

    def in_place(self, kind, element, loops):
        """A comprehension as Python's own, when nothing inside it needs a statement; else None."""
        if self.summing:
            return None
        inside = [element] + [each for loop in loops for each in loop.conditions]
        if has_comprehension(inside + [loop.iterable for loop in loops[1:]]):
            return None
        if any(type(loop.target) is not int for loop in loops):
            return None
        source = self.settle(self.iterable(loops[0].iterable))
        first = self.iterator(source, self.share(loops, 0, element), self.loops)
        start, charges = self.name(self.new()), self.charges
        outer, self.body = self.body, []
        self.loops += len(loops)
        self.comprehensions += 1
        parts, iterable, iterator = [], source, start
        for at, loop in enumerate(loops):
            if at:
                iterable = self.iterable(loop.iterable)
                iterator = self.iterator(iterable, self.share(loops, at, element), True)
            target = self.target(loop.target, self.item_kind(iterable.kind), self.body)
            tests = [self.truth(self.operand(each)) for each in loop.conditions]
            parts.append(_ast.comprehension(target, iterator, tests, 0))
        if kind == "dict":
            key, item = [self.operand(each) for each in element]
            item_kind = kinds.either(key.kind, item.kind)
            key_code, item_code = key.code, item.code
            if not self.simple_key(key.kind):  # a key is hashed after its value is evaluated
                if item.stable:
                    key_code = self.runtime_call("key", key.code)
                elif key.stable:
                    item_code = self.runtime_call("value_for", key.code, item.code)
                else:
                    self.settle(key)
            code = _ast.DictComp(key_code, item_code, parts)
        else:
            item = self.operand(element)
            item_kind = item.kind
            if kind == "set" and not self.simple_key(item_kind):
                code = _ast.SetComp(self.runtime_call("key", item.code), parts)
            else:
                code = (_ast.ListComp if kind == "list" else _ast.SetComp)(item.code, parts)
        self.loops -= len(loops)
        self.comprehensions -= 1
        body, self.body = self.body, outer
        if not body:
            self.assign(start.id, first)
            if self.charges > charges and not self.functions:  # a comprehension could not keep a budget
                self.assign("_b", self.made_budget())
        else:
            self.leaves = {**self.leaves, loops[0].iterable: source}  # it was evaluated already
            return None
        return Operand(self.at(code), self.kind_of_result(kind, item_kind), depth=8)

    def kind_of_result(self, kind, item):
        types = {"list": kinds.LIST, "set": kinds.SET, "dict": kinds.DICT}[kind]
        return Kind(types, None, None if kind == "dict" else item, item is not None and item.plain)

    def empty(self, kind):
        if kind == "list":
            return self.at(_ast.List([], LOAD))
        if kind == "dict":
            return self.at(_ast.Dict([], []))
        self.globals["_set"] = set
        return self.call("_set")

    def gather(self, kind, element, result):
        """Adds one element to the result."""
        if kind == "dict":
            key, value = self.sequence(element)
            key_code = key.code
            if not self.simple_key(key.kind):
                if not value.stable:
                    key = self.settle(key)
                    value = self.settle(value)
                key_code = self.runtime_call("key", key.code)
            index = _ast.Subscript(self.name(result), self.as_index(key_code), STORE)
            self.emit(_ast.Assign([self.at(index)], value.code, None))
            both = kinds.either(key.kind, value.kind)
            return Kind(both.types, both.bits, None, key.kind.plain and value.kind.plain)
        made = self.operand(element)
        code = made.code
        if kind == "set" and not self.simple_key(made.kind):
            code = self.runtime_call("key", code)
        add = self.call(self.member(self.name(result), "add" if kind == "set" else "append"), code)
        self.emit(_ast.Expr(add))
        return made.kind

    # Loops

    def nest(self, loops, inner, element, first=None, stop=None):
        """Emits the loops around what `inner` emits, and gives what that returns.

        `first` is the code of the outermost iterator where that was made
        elsewhere; `stop` names a variable that ends all loops when it is set.
        """
        self.loops += len(loops)
        outer = []
        for at, loop in enumerate(loops):
            share = self.share(loops, at, element)
            item = None
            if at == 0 and first is not None:
                iterator = first
            else:
                source = self.iterable(loop.iterable)
                item = self.item_kind(source.kind)
                iterator = self.iterator(source, share, at or self.loops > len(loops))
            if stop is not None:
                iterator = self.name(self.store(iterator))
                self.refunds.append((iterator, share))
            body = []
            target = self.target(loop.target, item, body)
            self.emit(_ast.For(target, iterator, body, [], None))
            outer.append(self.body)
            self.body = body
            for condition in loop.conditions:
                test = self.operand(condition)
                branch = []
                self.emit(_ast.If(self.truth(test), branch, []))
                self.body = branch
        result = inner()
        for depth in range(len(loops) - 1, -1, -1):
            self.body = outer[depth]
            if stop is not None and depth:
                self.emit_stop(stop)
        self.loops -= len(loops)
        return result

    refunds = ()
    summing = False

    def iterable(self, node):
        """What a loop goes through: of a set of constants, the one that was made beforehand."""
        made = self.operand(node)
        return made if made.shared is None else Operand(made.shared, made.kind, True)

    def iterator(self, source, share, inner):
        """An iterator over a loop's source, paid for; a few elements need no paying outside of other loops."""
        if inner or self.functions or not source.kind.types & (kinds.LIST | kinds.TUPLE):
            return self.runtime_call("iterate", source.code, share)
        source = self.settle(source)
        test, few = self.few(source)
        saved, self.loops = self.loops, 0
        self.charges += 2
        slow = self.runtime_call("iterate", source.code, share)
        self.loops = saved
        return self.choose(test, few, slow)

    def few(self, source):
        """A test that a stable operand is a list or tuple of a few elements, and the code that then gives these."""
        types = [name for name, bit in (("list", kinds.LIST), ("tuple", kinds.TUPLE)) if source.kind.types & bit]
        tests = [self.compare(self.call("len", source.code), _ast.Lt(), self.constant(FEW))]
        if not source.kind.within(kinds.LIST | kinds.TUPLE):
            tests.insert(0, self.is_type(source.code, *types))
        if source.kind.within(kinds.TUPLE):
            return self.both(*tests), source.code
        # A copy, because the target's threads go on.
        return self.both(*tests), self.at(_ast.List([self.at(_ast.Starred(source.code, LOAD))], LOAD))

    def share(self, loops, at, element):
        """What one element of a loop costs: itself, its conditions, and in the innermost what is made of it."""
        steps = 1 + cost_of(loops[at].conditions)
        return self.constant(steps + cost_of(element) if at + 1 == len(loops) else steps)

    def emit_stop(self, stop):
        """Ends an outer loop too, once the result is known."""
        body, self.body = self.body, []
        self.emit(_ast.Break())
        branch, self.body = self.body, body
        self.emit(_ast.If(self.name(stop), branch, []))

    def item_kind(self, kind):
        if kind.within(kinds.STR):
            return kinds.A_STR
        if kind.item is not None:
            return kind.item
        return kinds.BUILT if kind.within(kinds.BUILT_IN) and kind.plain else kinds.UNKNOWN

    def target(self, target, item, body):
        """The target of a loop; a nested one is unpacked in the loop's body."""
        if type(target) is int:
            self.locals[target] = item or kinds.UNKNOWN
            return self.at(_ast.Name("_l%d" % target, STORE))
        name = self.new()
        before, self.body = self.body, body
        self.unpack(target, name)
        self.body = before
        return self.at(_ast.Name(name, STORE))

    def unpack(self, target, name):
        """Unpacks a value into nested targets."""
        starred = any(type(each) is Star for each in target)
        count = self.constant(self.limits.elements if starred else len(target))
        value = self.name(name)
        test = self.is_type(value, "tuple", "list")
        source = self.choose(test, value, self.runtime_call("unpack", value, count))
        parts, later = [], []
        for each in target:
            inner = each.target if type(each) is Star else each
            if type(inner) is int:
                self.locals[inner] = Kind(kinds.LIST) if type(each) is Star else kinds.UNKNOWN
                part = self.at(_ast.Name("_l%d" % inner, STORE))
            else:
                later.append((inner, self.new()))
                part = self.at(_ast.Name(later[-1][1], STORE))
            parts.append(self.at(_ast.Starred(part, STORE)) if type(each) is Star else part)
        self.emit(_ast.Assign([self.at(_ast.Tuple(parts, STORE))], source, None))
        for inner, part in later:
            self.unpack(inner, part)

    # Generator expressions

    def consumable(self, node):
        """Whether a call's only argument is a generator expression that needs no generator."""
        if len(node.b) != 1 or node.c or node.b[0] is None or node.b[0].op != "comp" or node.b[0].a != "gen":
            return False
        return not self.escaping and self.loops + len(node.b[0].c) <= BLOCKS

    def consumed(self, name, node):
        """A call of what goes through a generator expression, as a loop; None where the generator is needed."""
        element, loops = node.b, node.c
        if name in ("list", "set"):
            made = self.in_place(name, element, loops)
            if made is not None:
                return made
        if name in ("any", "all"):
            return self.quantified(name, element, loops)
        if name not in GATHERED:
            return None
        result = self.new()
        self.assign(result, self.empty(GATHERED[name]))
        item = self.nest(loops, lambda: self.gather(GATHERED[name], element, result), element)
        kind = self.kind_of_result(GATHERED[name], item)
        if name == "tuple":
            kind = Kind(kinds.TUPLE, None, kind.item, kind.plain)
            return Operand(self.call("tuple", self.name(result)), kind, depth=2)
        if name == "sorted":
            return Operand(self.runtime_call("call_sorted", self.name(result)), kind, depth=2)
        return Operand(self.name(result), kind, True)

    def quantified(self, name, element, loops, give=False):
        """any() and all() as loops that stop; or that return, when the call is all that is left to do (`give`)."""
        decided, otherwise = self.constant(name == "any"), self.constant(name == "all")
        result = stop = None
        if not give:
            result, stop = self.new(), self.new()
            self.assign(result, otherwise)
            self.assign(stop, self.constant(False))
        saved, self.refunds = self.refunds, []

        def inner():
            test = self.truth(self.operand(element))
            branch = []
            self.emit(_ast.If(self.negate(test) if name == "all" else test, branch, []))
            outer, self.body = self.body, branch
            if give:
                self.emit(_ast.Return(decided))
            else:
                self.assign(result, decided)
                if len(loops) > 1:
                    self.assign(stop, self.constant(True))
                self.refund()
                self.emit(_ast.Break())
            self.body = outer

        self.nest(loops, inner, element, stop=stop)
        self.refunds = saved
        if give:
            self.emit(_ast.Return(otherwise))
            return None
        return Operand(self.name(result), kinds.A_BOOL, True)

    def refund(self):
        """Emits the refunds of the loops that end here, which took nothing as long as there is no budget."""
        outer, self.body = self.body, []
        for iterator, share in self.refunds:
            self.emit(_ast.Expr(self.runtime_call("refund", iterator, share)))
        body, self.body = self.body, outer
        self.emit(_ast.If(self.name("_b"), body, []))

    def summed(self, node, part):
        """sum() of a comprehension over small integers as a loop, before anything else is tried; or None.

        The loop gives up at the first element that is anything else. Nothing
        that it did can be seen, so that the general way starts anew.
        """
        if part.op != "comp" or part.a not in ("gen", "list") or self.loops or self.functions or self.escaping:
            return None
        element, loop = part.b, part.c[0]
        if len(part.c) > 1 or type(loop.target) is not int or has_comprehension([element, loop.conditions]):
            return None
        source = self.settle(self.iterable(loop.iterable))
        self.leaves = {**self.leaves, loop.iterable: source}  # it was evaluated already
        if not source.kind.types & (kinds.LIST | kinds.TUPLE):
            return None
        # What would become of an element that is a small integer.
        item = Operand(self.name("_l%d" % loop.target), Kind(kinds.INT | kinds.OTHER), True)
        self.locals[loop.target] = self.as_number(item.kind)
        outer, self.body, charges = self.body, [], self.charges
        tests = [self.truth(self.operand(each)) for each in loop.conditions]
        made = self.operand(element)
        body, self.body = self.body, outer
        if body or self.charges > charges or not made.kind.within(kinds.INT | kinds.BOOL) or made.kind.bits is None:
            return None
        total, whole = self.new(), self.new()
        self.sum_of_small(source, item, tests, made, total, whole)
        outer, self.body = self.body, []
        self.summing = True  # before Python 3.12, variables that a comprehension shares slow down each call
        slow = self.called(node)
        self.summing = False
        self.assign(total, slow.code)
        otherwise, self.body = self.body, outer
        self.emit(_ast.If(self.negate(self.name(whole)), otherwise, []))
        kind = kinds.either(Kind(kinds.INT, made.kind.bits + 8), slow.kind)  # of fewer than 256 elements
        return Operand(self.name(total), kind, True, whole=whole)

    def sum_of_small(self, source, item, tests, made, total, whole):
        """Emits the loop that sums up small integers in `total`, and says in `whole` whether all were."""
        adding = self.at(_ast.AugAssign(self.at(_ast.Name(total, STORE)), _ast.Add(), made.code))
        if tests:
            adding = self.at(_ast.If(self.both(*tests), [adding], []))
        outer, self.body = self.body, []
        self.assign(whole, self.constant(False))
        gave_up, self.body = self.body, []
        test, few = self.few(source)
        self.assign(total, self.constant(0))
        self.assign(whole, self.constant(True))
        stop = gave_up + [self.at(_ast.Break())]
        step = self.at(_ast.If(self.number_test(item), [adding], stop))
        self.emit(_ast.For(self.at(_ast.Name(item.code.id, STORE)), few, [step], [], None))
        fast, self.body = self.body, outer
        self.emit(_ast.If(test, fast, gave_up))

    def generator(self, element, loops):
        """A generator of our own: a function with `yield`, whose outermost iterable is evaluated here."""

        def inner():
            made = self.operand(element)
            self.emit(_ast.Expr(self.at(_ast.Yield(made.code))))

        call = self.nested(loops, inner, element, None)
        self.globals["_stream"] = self.runtime.stream
        return Operand(self.call("_stream", call), Kind(kinds.STREAM), depth=3)

    def function(self, kind, element, loops):
        """A comprehension as a function of its own, so that each evaluation has its own variables."""
        result = self.new()
        call = self.nested(loops, lambda: self.gather(kind, element, result), element, (result, kind))
        return Operand(call, self.kind_of_result(kind, None), depth=3)

    def nested(self, loops, inner, element, result):
        """Emits a function around the loops, and gives the call of it."""
        source = self.iterable(loops[0].iterable)
        iterator = self.runtime_call("iterate", source.code, self.share(loops, 0, element))
        name = self.new("_f")
        outer, self.body, depth, self.loops = self.body, [], self.loops, 0
        self.functions += 1
        if result is not None:
            self.assign(result[0], self.empty(result[1]))
        self.nest(loops, inner, element, first=self.name("_it"))
        if result is not None:
            self.emit(_ast.Return(self.name(result[0])))
        self.functions -= 1
        body, self.body, self.loops = self.body, outer, depth
        self.body.append(self.make_function(name, ["_it"], body))
        return self.call(name, iterator)

    def make_function(self, name, parameters, body):
        """A function definition."""
        arguments = [self.at(_ast.arg(each, None, None)) for each in parameters]
        made = _ast.FunctionDef(name, _ast.arguments([], arguments, None, [], [], None, []), body, [], None, None)
        if "type_params" in made._fields:
            made.type_params = []
        return self.at(made)
