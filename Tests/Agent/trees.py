"""The tree that the shell would send for an expression: enough of the language for these tests, on every version."""

import ast

_BINARY = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.Mod: "%"}
_COMPARE = {
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


def tree_of(source):
    """The tree of the source."""
    return {"v": 1, "root": _node(ast.parse(source, mode="eval").body)}


def _node(part):
    place = [part.col_offset, part.end_col_offset]
    kind = type(part)
    if kind is ast.Constant:
        return ["lit"] + place + [part.value]
    if kind is ast.Name:
        return ["name"] + place + [part.id]
    if kind is ast.Attribute:
        return ["attr"] + place + [_node(part.value), part.attr]
    if kind is ast.Subscript:
        index = part.slice
        index = index.value if type(index).__name__ == "Index" else index
        return ["index"] + place + [_node(part.value), _node(index)]
    if kind is ast.BinOp:
        return [_BINARY[type(part.op)]] + place + [_node(part.left), _node(part.right)]
    if kind is ast.BoolOp:
        return ["and" if type(part.op) is ast.And else "or"] + place + [[_node(item) for item in part.values]]
    if kind is ast.UnaryOp:
        return ["not" if type(part.op) is ast.Not else "neg"] + place + [_node(part.operand)]
    if kind is ast.Compare:
        pairs = [[_COMPARE[type(op)], _node(item)] for op, item in zip(part.ops, part.comparators)]
        return ["compare"] + place + [_node(part.left), pairs]
    if kind is ast.Call and type(part.func) is ast.Name:
        return ["call"] + place + [part.func.id, [_node(item) for item in part.args], []]
    if kind is ast.Call:
        arguments = [_node(item) for item in part.args]
        return ["method"] + place + [_node(part.func.value), part.func.attr, arguments, []]
    raise ValueError("these tests need no " + kind.__name__)
