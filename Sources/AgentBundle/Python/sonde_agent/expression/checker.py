"""From a tree as data to checked nodes: everything is looked at again, nothing from the shell is trusted."""

from . import allowlist
from .errors import TreeError


class Node:
    """One checked node; `line` is its number, under which `Program.spans` has its place in the source."""

    __slots__ = ("op", "line", "a", "b", "c")

    def __init__(self, op, line, a=None, b=None, c=None):
        self.op = op
        self.line = line
        self.a = a
        self.b = b
        self.c = c


class Loop:
    """One `for TARGET in ITER if COND…` of a comprehension; a target is a variable's number, a list, or a Star."""

    __slots__ = ("target", "iterable", "conditions")

    def __init__(self, target, iterable, conditions):
        self.target = target
        self.iterable = iterable
        self.conditions = conditions


class Star:
    """A target that takes what the others leave: `*rest`."""

    __slots__ = ("target",)

    def __init__(self, target):
        self.target = target


class Program:
    """A checked tree: its root, its free names in order of first use, and where each node came from."""

    def __init__(self):
        self.root = None
        self.names = []
        self.uses = {}
        self.spans = [(None, None)]  # line numbers begin at 1


class Checker:
    """Turns one tree into a `Program`; every way out but success is a TreeError."""

    def __init__(self, limits):
        self.limits = limits
        self.program = Program()
        self.nodes = 0
        self.scopes = []
        self.locals = 0
        self.bound = set()

    def program_of(self, tree):
        if type(tree) is not dict or tree.get("v") != 1 or "root" not in tree:
            raise TreeError("not an expression tree of version 1")
        try:
            self.program.root = self.node(tree["root"], 0)
        except RecursionError:
            raise TreeError("the expression is nested too deeply") from None
        return self.program

    # Places and shapes

    def begin(self, data, size):
        """Checks the head of a node, counts it, and gives its number."""
        if type(data) is not list or len(data) < 3 or type(data[0]) is not str:
            raise TreeError("a node that is no node")
        start, end = data[1], data[2]
        if type(start) is not int or type(end) is not int or not 0 <= start <= end <= 1 << 30:
            raise TreeError("a node without its place in the source")
        if size is not None and len(data) != size:
            raise TreeError("a node '%s' of %d parts" % (data[0][:20], len(data)), start, end)
        spans = self.program.spans
        spans.append((start, end))
        return len(spans) - 1

    def fail(self, data, message):
        raise TreeError(message, data[1], data[2])

    def list_of(self, data, part):
        if type(part) is not list:
            self.fail(data, "a part of '%s' that is no list" % data[0][:20])
        return part

    # One node

    def node(self, data, depth):
        op = data[0] if type(data) is list and data else None
        check = self.BY_OP.get(op) if type(op) is str else None
        if check is None:
            where = data[1:3] if type(data) is list and len(data) > 2 else (None, None)
            where = where if all(type(place) is int for place in where) else (None, None)
            raise TreeError("not allowed in an expression: %.40s" % (repr(op) if type(op) is str else "?"), *where)
        self.nodes += 1
        if self.nodes > self.limits.nodes:
            raise TreeError("more than %d nodes" % self.limits.nodes)
        return check(self, data, depth)

    def inner(self, data, depth):
        """A depth one bracket further in."""
        if depth >= self.limits.nesting * 2:  # a call of a method in a bracket counts twice here
            self.fail(data, "the expression is nested too deeply")
        return depth + 1

    def literal(self, data, depth):
        line = self.begin(data, 4)
        value = data[3]
        kind = type(value)
        if kind is dict and len(value) == 1:
            value = self.tagged(data, value)
            kind = type(value)
        elif kind is str:
            if len(value) > self.limits.characters:
                self.fail(data, "a string that is too long")
            if any("\ud800" <= character <= "\udfff" for character in value):
                self.fail(data, "a string with a lone surrogate")
        if kind is int and value.bit_length() > self.limits.bits:
            self.fail(data, "an integer of more than %d bits" % self.limits.bits)
        if not (value is None or kind is bool or kind is int or kind is float or kind is str):
            self.fail(data, "a literal of a type that is not allowed")
        return Node("lit", line, value)

    def tagged(self, data, value):
        text = value.get("$int")
        if type(text) is str:
            digits = text[1:] if text[:1] == "-" else text
            if digits.isascii() and digits.isdigit() and len(digits) <= 10000:
                number = 0
                for at in range(0, len(digits), 1000):  # a target may allow fewer digits at once
                    part = digits[at : at + 1000]
                    number = number * 10 ** len(part) + int(part)
                return -number if text[0] == "-" else number
        text = value.get("$float")
        if type(text) is str and text in ("nan", "inf", "-inf"):
            return float(text)
        return self.fail(data, "a literal that is not allowed")

    def identifier(self, data, name):
        if type(name) is not str or not 0 < len(name) <= 1000 or not name.isidentifier():
            self.fail(data, "a name that is no name")
        return name

    def name(self, data, depth):
        line = self.begin(data, 4)
        name = self.identifier(data, data[3])
        if name.startswith("_"):
            self.fail(data, "a name that begins with an underscore: '%.40s'" % name)
        program = self.program
        if name not in program.uses:
            program.names.append(name)
        program.uses[name] = program.uses.get(name, 0) + 1
        return Node("name", line, name)

    def local(self, data, depth):
        line = self.begin(data, 4)
        name = data[3]
        if type(name) is str:
            for scope in reversed(self.scopes):
                if name in scope:
                    if scope[name] not in self.bound:
                        self.fail(data, "'%s' is used before the comprehension gives it a value" % name)
                    return Node("local", line, scope[name])
        return self.fail(data, "a variable that no comprehension binds")

    def display(self, data, depth):
        line = self.begin(data, 4)
        depth = self.inner(data, depth)
        return Node(data[0], line, [self.item(item, depth) for item in self.list_of(data, data[3])])

    def item(self, data, depth):
        """An element of a display, which may be starred."""
        if type(data) is list and len(data) == 4 and data[0] == "star":
            line = self.begin(data, 4)
            return Node("star", line, self.node(data[3], depth))
        return self.node(data, depth)

    def mapping(self, data, depth):
        line = self.begin(data, 4)
        depth = self.inner(data, depth)
        pairs = []
        for pair in self.list_of(data, data[3]):
            if type(pair) is not list or len(pair) != 2:
                self.fail(data, "a dict's item that is no pair")
            key = None if pair[0] is None else self.node(pair[0], depth)
            pairs.append((key, self.node(pair[1], depth)))
        return Node("dict", line, pairs)

    def unary(self, data, depth):
        line = self.begin(data, 4)
        return Node(data[0], line, self.node(data[3], self.inner(data, depth)))

    def binary(self, data, depth):
        line = self.begin(data, 5)
        left = self.node(data[3], depth)  # a chain leans to the left and is not nested
        return Node("binary", line, left, self.node(data[4], self.inner(data, depth)), data[0])

    def compare(self, data, depth):
        line = self.begin(data, 5)
        left = self.node(data[3], depth)
        pairs = []
        for pair in self.list_of(data, data[4]):
            if type(pair) is not list or len(pair) != 2 or type(pair[0]) is not str:
                self.fail(data, "a comparison that is none")
            if pair[0] not in allowlist.COMPARISONS:
                self.fail(data, "a comparison that is not allowed")
            right = self.node(pair[1], depth + 1)
            if pair[0] in ("is", "is not"):
                value = right.a if right.op == "lit" else 0
                if not (value is None or value is True or value is False):
                    self.fail(data, "'is' with anything but None, True and False")
            pairs.append((pair[0], right))
        if not pairs:
            self.fail(data, "a comparison with nothing")
        return Node("compare", line, left, pairs)

    def logical(self, data, depth):
        line = self.begin(data, 4)
        items = [self.node(item, depth + 1) for item in self.list_of(data, data[3])]
        if len(items) < 2:
            self.fail(data, "'%s' of fewer than two" % data[0])
        return Node(data[0], line, items)

    def choice(self, data, depth):
        line = self.begin(data, 6)
        depth = self.inner(data, depth)
        return Node("if", line, self.node(data[3], depth), self.node(data[4], depth), self.node(data[5], depth))

    def index(self, data, depth):
        line = self.begin(data, 5)
        return Node("index", line, self.node(data[3], depth), self.node(data[4], self.inner(data, depth)))

    def slice(self, data, depth):
        line = self.begin(data, 7)
        value = self.node(data[3], depth)
        depth = self.inner(data, depth)
        return Node("slice", line, value, [None if part is None else self.node(part, depth) for part in data[4:]])

    def attribute(self, data, depth):
        line = self.begin(data, 5)
        name = self.identifier(data, data[4])
        if allowlist.refused_attribute(name) or name in allowlist.METHODS and self.is_plain(data[3]):
            self.fail(data, "the attribute '%.40s' may not be read" % name)
        return Node("attr", line, self.node(data[3], depth), name)

    @staticmethod
    def is_plain(data):
        """Whether a node is a literal or a display, which has no attributes but methods."""
        return type(data) is list and bool(data) and data[0] in ("lit", "list", "tuple", "dict", "set", "fstring")

    def arguments(self, data, signature, callee, positional, keywords, depth):
        """The checked arguments by position (None where one is left out), and those by keyword only."""
        depth = self.inner(data, depth)
        values = [self.node(item, depth) for item in self.list_of(data, positional)]
        if len(values) > signature.most:
            self.fail(data, "%s() takes at most %d arguments (%d given)" % (callee, signature.most, len(values)))
        named = {}
        for pair in self.list_of(data, keywords):
            if type(pair) is not list or len(pair) != 2 or type(pair[0]) is not str:
                self.fail(data, "a keyword argument that is none")
            name, value = pair
            at = signature.names.index(name) if name in signature.names else None
            if at is None and name not in signature.keywords and not signature.free:
                self.fail(data, "%s() takes no argument '%.40s'" % (callee, name))
            if name in named or at is not None and at < len(values) and values[at] is not None:
                self.fail(data, "%s() got the argument '%.40s' twice" % (callee, name))
            if name == "key" and not signature.free:
                named[name] = self.key_function(value)
            elif at is None:
                named[self.identifier(data, name)] = self.node(value, depth)
            else:
                values += [None] * (at + 1 - len(values))
                values[at] = self.node(value, depth)
        if len(values) < signature.least or None in values[: signature.least]:
            self.fail(data, "%s() takes at least %d arguments" % (callee, signature.least))
        return values, named

    def key_function(self, data):
        if type(data) is list and len(data) == 4 and data[0] == "lit" and data[3] is None:
            self.begin(data, 4)
            return None
        if type(data) is not list or len(data) != 4 or data[0] != "function" or type(data[3]) is not str:
            raise TreeError("key= takes the name of a function")
        self.begin(data, 4)
        if data[3] not in allowlist.KEY_FUNCTIONS:
            self.fail(data, "key= does not take '%.40s'" % data[3])
        return data[3]

    def call(self, data, depth):
        line = self.begin(data, 6)
        name = data[3]
        signature = allowlist.FUNCTIONS.get(name) if type(name) is str else None
        if signature is None:
            self.fail(data, "a function that is not allowed")
        if any(name in scope for scope in self.scopes):
            self.fail(data, "'%s' is a variable here" % name)
        if name == "isinstance":
            positional = self.list_of(data, data[4])
            if len(positional) != 2 or data[5] != []:
                self.fail(data, "isinstance() takes two arguments")
            value = self.node(positional[0], self.inner(data, depth))
            return Node("isinstance", line, value, self.classes(data, positional[1], 0))
        values, named = self.arguments(data, signature, name, data[4], data[5], depth)
        return Node("call", line, name, values, named)

    def classes(self, data, part, depth):
        """The names of classes in the second argument of isinstance()."""
        if type(part) is list and len(part) == 4 and depth < 20:
            if part[0] == "function" and type(part[3]) is str and part[3] in allowlist.CLASSES:
                self.begin(part, 4)
                return [part[3]]
            if part[0] == "tuple" and type(part[3]) is list:
                self.begin(part, 4)
                return [name for item in part[3] for name in self.classes(data, item, depth + 1)]
        return self.fail(data, "isinstance() takes the names of types")

    def method(self, data, depth):
        line = self.begin(data, 7)
        receiver = self.node(data[3], depth)
        name = data[4]
        if type(name) is not str or name not in allowlist.METHODS:
            self.fail(data, "a method that is not allowed")
        # Methods of one name take the most of their signatures here; the exact one is checked at run time.
        found = [table[name] for table in allowlist.METHODS_OF.values() if name in table]
        signature = max(found, key=lambda each: each.most)
        least = min(each.least for each in found)
        widest = allowlist.Signature(signature.names, least, signature.keywords, signature.most)
        values, named = self.arguments(data, widest, name, data[5], data[6], depth)
        return Node("method", line, receiver, (name, values), named)

    # Comprehensions

    def comprehension(self, data, depth):
        line = self.begin(data, 6)
        kind = data[3]
        if type(kind) is not str or kind not in allowlist.COMPREHENSIONS:
            self.fail(data, "a comprehension of a kind that is not allowed")
        depth = self.inner(data, depth)
        loops, scope = [], {}
        parts = self.list_of(data, data[5])
        if not parts:
            self.fail(data, "a comprehension without a loop")
        for part in parts:
            if type(part) is not list or len(part) != 3:
                self.fail(data, "a comprehension's loop that is none")
            if not loops:  # the first iterable belongs to the scope around
                iterable = self.node(part[1], depth)
                self.scopes.append(scope)
                # Every target of the comprehension is its variable from the beginning.
                for each in parts:
                    if type(each) is not list or len(each) != 3:
                        self.fail(data, "a comprehension's loop that is none")
                    self.bind(data, each[0], scope, 0)
            else:
                iterable = self.node(part[1], depth)
            target = self.target(data, part[0], scope)
            conditions = [self.node(each, depth) for each in self.list_of(data, part[2])]
            loops.append(Loop(target, iterable, conditions))
        if kind == "dict":
            if type(data[4]) is not list or len(data[4]) != 2:
                self.fail(data, "a dict's item that is no pair")
            element = (self.node(data[4][0], depth), self.node(data[4][1], depth))
        else:
            element = self.node(data[4], depth)
        self.scopes.pop()
        return Node("comp", line, kind, element, loops)

    def bind(self, data, target, scope, depth):
        if type(target) is list and target and depth < 20:
            stars = 0
            for at, part in enumerate(target):
                if type(part) is list and len(part) == 2 and part[0] == "*":
                    stars += 1
                    part = part[1]
                self.bind(data, part, scope, depth + 1)
            if stars < 2:
                return
        elif type(target) is str and target.isidentifier() and (target == "_" or not target.startswith("_")):
            if target not in scope:
                self.locals += 1
                scope[target] = self.locals
            return
        self.fail(data, "a comprehension's variable that is not allowed")

    def target(self, data, target, scope):
        if type(target) is str:
            self.bound.add(scope[target])
            return scope[target]
        if len(target) == 2 and target[0] == "*":
            return Star(self.target(data, target[1], scope))
        return [self.target(data, part, scope) for part in target]

    # f-strings

    def fstring(self, data, depth):
        line = self.begin(data, 4)
        return Node("fstring", line, self.parts(data, self.list_of(data, data[3]), self.inner(data, depth), 0))

    def parts(self, data, parts, depth, level):
        if level > 2:
            self.fail(data, "a format inside a format inside a format")
        checked = []
        for part in parts:
            if type(part) is str:
                checked.append(self.literal(["lit", data[1], data[2], part], depth).a)
                continue
            if type(part) is list and len(part) == 4 and type(part[1]) is list:  # a field in the place of its value
                part = [part[0]] + part[1][1:3] + part[1:]
            line = self.begin(part, 6)
            if part[0] != "value" or not (part[4] is None or type(part[4]) is str and part[4] in allowlist.CONVERSIONS):
                self.fail(part, "a part of an f-string that is not allowed")
            value = self.node(part[3], depth)
            spec = part[5]
            spec = None if spec is None else self.parts(part, self.list_of(part, spec), depth, level + 1)
            checked.append(Node("value", line, value, part[4], spec))
        return checked

    BY_OP = {
        "lit": literal,
        "name": name,
        "local": local,
        "list": display,
        "tuple": display,
        "set": display,
        "dict": mapping,
        "compare": compare,
        "and": logical,
        "or": logical,
        "if": choice,
        "index": index,
        "slice": slice,
        "attr": attribute,
        "call": call,
        "method": method,
        "comp": comprehension,
        "fstring": fstring,
    }
    for _op in allowlist.UNARY:
        BY_OP[_op] = unary
    for _op in allowlist.BINARY:
        BY_OP[_op] = binary
    del _op
