"""For tests only: expression source to the tree that the shell would send.

CPython's own parser stands in for the shell's here, so the grammar is that of
the interpreter that runs this: run it with 3.12. What the language refuses by
its syntax raises `Refused`; what is refused by an allowlist is left to the
agent, whose second check is what the tests are about.

As a program it reads lines `{"id", "expr", …}` and writes `{"id", "tree"}` or
`{"id", "refused"}`.
"""

import ast
import json
import sys
import warnings

BINARY = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.FloorDiv: "//",
    ast.Mod: "%",
    ast.Pow: "**",
    ast.LShift: "<<",
    ast.RShift: ">>",
    ast.BitAnd: "&",
    ast.BitOr: "|",
    ast.BitXor: "^",
}
UNARY = {ast.USub: "neg", ast.UAdd: "pos", ast.Invert: "invert", ast.Not: "not"}
COMPARE = {
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.In: "in",
    ast.NotIn: "not in",
    ast.Is: "is",
    ast.IsNot: "is not",
}


class Refused(Exception):
    """The shell would refuse this source."""


def literal(value):
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return value
    if isinstance(value, int):
        return value if abs(value) < 1 << 62 else {"$int": decimal(value)}
    if isinstance(value, float):
        return value if value - value == 0 else {"$float": repr(value)}
    raise Refused("a literal of type " + type(value).__name__)


def decimal(value):
    """The decimal text of an integer of any size."""
    sign, value, parts = "-" if value < 0 else "", abs(value), []
    while True:
        value, rest = divmod(value, 10**1000)
        parts.append(str(rest) if not value else "%01000d" % rest)
        if not value:
            return sign + "".join(reversed(parts))


class Converter:
    def __init__(self, source):
        self.lines = source.split("\n")
        self.starts = [0]
        for line in self.lines:
            self.starts.append(self.starts[-1] + len(line) + 1)
        self.scopes = []

    def place(self, line, column):
        text = self.lines[line - 1] if line <= len(self.lines) else ""
        return self.starts[min(line, len(self.starts)) - 1] + len(text.encode()[:column].decode("utf-8", "ignore"))

    def head(self, op, node):
        start = self.place(node.lineno, node.col_offset)
        return [op, start, max(start, self.place(node.end_lineno, node.end_col_offset))]

    def node(self, node):
        convert = getattr(self, "on_" + type(node).__name__, None)
        if convert is None:
            raise Refused(type(node).__name__)
        return convert(node)

    def on_Constant(self, node):
        return self.head("lit", node) + [literal(node.value)]

    def on_Name(self, node):
        kind = "local" if any(node.id in scope for scope in self.scopes) else "name"
        return self.head(kind, node) + [node.id]

    def items(self, nodes):
        return [self.node(each) for each in nodes]

    def on_Starred(self, node):
        return self.head("star", node) + [self.node(node.value)]

    def on_List(self, node):
        return self.head("list", node) + [self.items(node.elts)]

    def on_Tuple(self, node):
        return self.head("tuple", node) + [self.items(node.elts)]

    def on_Set(self, node):
        return self.head("set", node) + [self.items(node.elts)]

    def on_Dict(self, node):
        pairs = zip(node.keys, node.values)
        return self.head("dict", node) + [[[key and self.node(key), self.node(value)] for key, value in pairs]]

    def on_UnaryOp(self, node):
        return self.head(UNARY[type(node.op)], node) + [self.node(node.operand)]

    def on_BinOp(self, node):
        if type(node.op) not in BINARY:
            raise Refused("operator")
        return self.head(BINARY[type(node.op)], node) + [self.node(node.left), self.node(node.right)]

    def on_BoolOp(self, node):
        return self.head("and" if isinstance(node.op, ast.And) else "or", node) + [self.items(node.values)]

    def on_Compare(self, node):
        pairs = [[COMPARE[type(op)], self.node(right)] for op, right in zip(node.ops, node.comparators)]
        return self.head("compare", node) + [self.node(node.left), pairs]

    def on_IfExp(self, node):
        return self.head("if", node) + self.items([node.test, node.body, node.orelse])

    def on_Subscript(self, node):
        index = node.slice
        index = getattr(index, "value", index) if type(index).__name__ == "Index" else index
        if isinstance(index, ast.Slice):
            parts = [each and self.node(each) for each in (index.lower, index.upper, index.step)]
            return self.head("slice", node) + [self.node(node.value)] + parts
        return self.head("index", node) + [self.node(node.value), self.node(index)]

    def on_Attribute(self, node):
        return self.head("attr", node) + [self.node(node.value), node.attr]

    def on_Call(self, node):
        if any(isinstance(each, ast.Starred) for each in node.args) or any(each.arg is None for each in node.keywords):
            raise Refused("a starred call")
        positional = [self.argument(node, each) for each in node.args]
        named = [[each.arg, self.keyword(node.func, each)] for each in node.keywords]
        if isinstance(node.func, ast.Name):
            return self.head("call", node) + [node.func.id, positional, named]
        if isinstance(node.func, ast.Attribute):
            return self.head("method", node) + [self.node(node.func.value), node.func.attr, positional, named]
        raise Refused("a call of no name")

    def argument(self, call, node):
        if isinstance(call.func, ast.Name) and call.func.id == "isinstance" and node in call.args[1:2]:
            return self.classes(node)
        return self.node(node)

    def classes(self, node):
        if isinstance(node, ast.Tuple):
            return self.head("tuple", node) + [[self.classes(each) for each in node.elts]]
        if isinstance(node, ast.Name) and not any(node.id in scope for scope in self.scopes):
            return self.head("function", node) + [node.id]
        return self.node(node)

    def keyword(self, function, keyword):
        names_function = isinstance(function, ast.Name) and function.id in ("min", "max", "sorted")
        if names_function and keyword.arg == "key" and isinstance(keyword.value, ast.Name):
            return self.head("function", keyword.value) + [keyword.value.id]
        return self.node(keyword.value)

    def target(self, node, scope):
        if isinstance(node, ast.Name):
            scope.add(node.id)
            return node.id
        if isinstance(node, ast.Starred):
            return ["*", self.target(node.value, scope)]
        if isinstance(node, (ast.Tuple, ast.List)):
            return [self.target(each, scope) for each in node.elts]
        raise Refused("a target that is no name")

    def comprehension(self, node, kind):
        scope, loops = set(), []
        targets = [self.target(each.target, scope) for each in node.generators]
        for at, each in enumerate(node.generators):
            if each.is_async:
                raise Refused("async")
            iterable = self.node(each.iter)
            if not at:
                self.scopes.append(scope)
            loops.append([targets[at], iterable, self.items(each.ifs)])
        if kind == "dict":
            element = [self.node(node.key), self.node(node.value)]
        else:
            element = self.node(node.elt)
        self.scopes.pop()
        return self.head("comp", node) + [kind, element, loops]

    def on_ListComp(self, node):
        return self.comprehension(node, "list")

    def on_SetComp(self, node):
        return self.comprehension(node, "set")

    def on_GeneratorExp(self, node):
        return self.comprehension(node, "gen")

    def on_DictComp(self, node):
        return self.comprehension(node, "dict")

    def on_JoinedStr(self, node):
        return self.head("fstring", node) + [self.parts(node)]

    def parts(self, node):
        parts = []
        for each in node.values:
            if isinstance(each, ast.Constant):
                parts.append(each.value)
                continue
            conversion = None if each.conversion == -1 else chr(each.conversion)
            spec = None if each.format_spec is None else self.parts(each.format_spec)
            parts.append(self.head("value", each) + [self.node(each.value), conversion, spec])
        return parts


def tree_of(source):
    """The tree of an expression; raises `Refused` where the shell would refuse the source."""
    if len(source) > 4096 or "\0" in source:
        raise Refused("source")
    if any(ord(each) < 32 and each not in "\t\n" or each == "\x7f" for each in source):
        raise Refused("a control character")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            parsed = ast.parse("(" + source + "\n)", mode="eval").body
            ast.parse(source.strip(), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise Refused(str(error)) from None
    converter = Converter("(" + source + "\n)")
    try:
        root = converter.node(parsed)
    except RecursionError:
        raise Refused("nesting") from None
    return {"v": 1, "root": moved(root)}


def moved(part):
    """The same tree with places in the source itself, without the bracket set before it."""
    if isinstance(part, list):
        if len(part) > 2 and isinstance(part[0], str) and type(part[1]) is int and type(part[2]) is int:
            rest = [moved(each) for each in part[3:]]
            return [part[0], max(part[1] - 1, 0), max(part[2] - 1, 0)] + rest
        return [moved(each) for each in part]
    return part


def answer(line):
    """The answer to one line `{"id", "expr", …}`."""
    case = json.loads(line)
    try:
        return {"id": case["id"], "tree": tree_of(case["expr"])}
    except Refused as refusal:
        return {"id": case["id"], "refused": str(refusal)}


def main():
    sys.setrecursionlimit(5000)
    for line in sys.stdin:
        sys.stdout.write(json.dumps(answer(line)) + "\n")


if __name__ == "__main__":
    main()
