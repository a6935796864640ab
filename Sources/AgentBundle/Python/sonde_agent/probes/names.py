"""The names that a guard may use at one function, as source expressions of its replacement."""

from ..errors import AgentError
from ..suggestions import suggestion
from ..targets import WrappedParameter

RESERVED = ("args", "params", "kwargs", "self", "result", "error", "cost", "thread", "func", "ts", "arg")
AT_EXIT = frozenset(("result", "error", "cost"))

# `arg.NAME` becomes one name, so that the whole mapping is not built to read one parameter.
_ARG = "sonde_arg_"


def rewritten(tree):
    """The guard's tree with every `arg.NAME` as one name."""
    if type(tree) is not dict or "root" not in tree:
        return tree
    return dict(tree, root=_rewritten(tree["root"], 0))


def _rewritten(node, depth):
    if type(node) is not list or depth > 1000:
        return node
    if len(node) == 5 and node[0] == "attr" and type(node[3]) is list and type(node[4]) is str:
        if len(node[3]) == 4 and node[3][0] == "name" and node[3][3] == "arg":
            return ["name", node[1], node[2], _ARG + node[4]]
    return [_rewritten(item, depth + 1) for item in node]


def place(tree, name):
    """Where the name first stands in the tree, as code points of the source; (None, None) when it does not."""
    pending = [tree.get("root")] if type(tree) is dict else []
    found = (None, None)
    while pending:
        node = pending.pop()
        if type(node) is not list:
            continue
        if len(node) == 4 and node[0] == "name" and node[3] == name and type(node[1]) is int:
            if found[0] is None or node[1] < found[0]:
                found = (node[1], node[2])
        pending.extend(node)
    return found


class UnknownName(Exception):
    """The guard names what this function does not have."""

    def __init__(self, name):
        super().__init__(name)
        self.name = name


class GuardNames:
    """What the names of a guard stand for at one function."""

    def __init__(self, found, layout, spelling):
        self._found = found
        self._spelling = spelling
        spelled = spelling.positional + spelling.keyword_only
        for name in (spelling.varargs, spelling.varkeywords):
            if name is not None:
                spelled += (name,)
        self._parameters = dict(zip(layout.names, spelled))
        self._first = 1 if found.binds_first else 0
        self._real_keyword_only = layout.keyword_only
        self.objects = {}

    def expression(self, name):
        """The source expression for the name, with `{c}`, `{r}`, `{e}` for what is known at exit; `UnknownName`."""
        if name in RESERVED:
            text = getattr(self, "_" + name)()
            if text is None:
                raise UnknownName(name)
            return text
        plain = name[len(_ARG) :] if name.startswith(_ARG) else name
        text = self._parameters.get(plain)
        if text is None:
            text = self._of_wrapped(plain)
        if text is None:
            raise UnknownName(name)
        return text

    def _args(self):
        spelling = self._spelling
        parts = list(spelling.positional[self._first :])
        if spelling.varargs is not None:
            if not parts:
                # A decorated method's `self` comes as the first of `*args`.
                from_first = self._first if not spelling.positional else 0
                return spelling.varargs + "[1:]" if from_first else spelling.varargs
            parts.append("*" + spelling.varargs)
        return "({})".format("".join(part + ", " for part in parts))

    _params = _args

    def _kwargs(self):
        spelling = self._spelling
        if spelling.varkeywords is not None and not spelling.keyword_only:
            return spelling.varkeywords
        parts = ["'{0}': {0}".format(name) for name in spelling.keyword_only]
        if spelling.varkeywords is not None:
            parts.append("**" + spelling.varkeywords)
        return "{{" + ", ".join(parts) + "}}"

    def _self(self):
        if not self._first:
            return None
        if self._spelling.positional:
            return self._spelling.positional[0]
        return self._called("self", WrappedParameter("self", 0, None))

    def _arg(self):
        from ..expression import Record

        self.objects["record"] = Record
        pairs = list(self._parameters.items())
        pairs += [(item.name, self._called(item.name, item)) for item in self._found.wrapped]
        fields = ", ".join("'{}': {}".format(*pair) for pair in pairs)
        return "'$record'.__call__({{" + fields + "}}, 'arguments')"

    def _cost(self):
        return "{c}"

    def _result(self):
        return "{r}"

    def _error(self):
        return "{e}"

    def _func(self):
        return "'$func'"

    def _thread(self):
        return "'$thread_name'.__call__()"

    def _ts(self):
        # When the call began; `{c}` is 0 where the guard is decided at entry.
        return "('$now'.__call__() - {c} / 1000.0)"

    def _of_wrapped(self, name):
        """A parameter of the function behind a decorator."""
        for parameter in self._found.wrapped:
            if parameter.name == name:
                return self._called(name, parameter)
        return None

    def _called(self, name, parameter):
        key = "of_wrapped_" + name
        self.objects[key] = parameter.__call__
        positional = self._spelling.varargs or "()"
        keywords = self._spelling.varkeywords or "{{}}"
        return "'${}'.__call__({}, {})".format(key, positional, keywords)


def unknown_name(tree, name, known):
    """The error for a name that no matched function has."""
    start, end = place(tree, name)
    if name.startswith(_ARG):
        name = name[len(_ARG) :]
        if start is None:
            start, end = _place_of_arg(tree, name)
        choices, shown = sorted(known), "arg." + name
    else:
        choices, shown = sorted(set(known) | set(RESERVED)), name
    near = suggestion(name, choices) if name != "self" else None
    if near is not None:
        hint = "did you mean '{}'?".format(near)
    elif name == "self":
        hint = "'self' is for methods"
    else:
        hint = "a guard may use " + ", ".join(choices)
    return AgentError("UnknownName", "unknown name '{}'".format(shown), hint, start, end)


def _place_of_arg(tree, name):
    return place(rewritten(tree), _ARG + name)
