"""The code that takes the place of an observed function's own.

It is generated for the function's parameters and for what the probe needs, and for nothing else: a guard that can be
decided at entry costs no clock read, a probe that only looks at entry leaves no frame handler behind. The replacement
has the function's name, file, line, flags, parameters and free variables; it calls a function object that carries the
original code.

The generated source names what it uses by string constants (`'$inner'`), which are exchanged for the objects once
it is compiled. So nothing is looked up in the target's globals, and one compiled template serves every function of
the same shape. Each constant is put into a local before it is called: the compiler warns of calls of a literal.
"""

import sys

_STRIPS_TRACEBACK = sys.version_info >= (3, 11)
_HAS_DOCSTRING = 0x4000000

MARK = "$sonde"


class BasePlan:
    """What a replacement has to do; its `write` gives the body.

    - `guard_arguments`: source expressions of the guard's arguments, or None when there is no guard. They may use the
      names `c` (cost), `r` (result) and `e` (error) when the guard is decided at exit.
    - `decided_at_entry`: whether the guard needs nothing of what the call brings.
    """

    __slots__ = ("guard_arguments", "decided_at_entry")

    def __init__(self, site):
        self.guard_arguments = site.arguments
        self.decided_at_entry = site.decided_at_entry


class Plan(BasePlan):
    """Calls are observed: `at_entry`, `on_return` and `on_error` say when."""

    __slots__ = ("at_entry", "on_return", "on_error")

    def __init__(self, site, at_entry, on_return, on_error):
        BasePlan.__init__(self, site)
        self.at_entry = at_entry
        self.on_return = on_return
        self.on_error = on_error

    def write(self, source, depth):
        """Writes the body of the replacement."""
        if self.decided_at_entry:
            source.observe_from_entry(depth)
        else:
            source.observe_at_exit(depth)


class Spelling:
    """How the generated source spells a function's parameters.

    Keyword-only parameters keep their names, because they are passed on by name; all others get plain numbers and
    receive their real names when the template is fitted to the function.
    """

    __slots__ = ("positional", "keyword_only", "varargs", "varkeywords", "prefix", "free")

    def __init__(self, code, layout):
        prefix = "_s"
        while any(name.startswith(prefix) for name in layout.keyword_only):
            prefix += "_"
        self.prefix = prefix
        self.positional = tuple(prefix + "p%d" % index for index in range(len(layout.positional)))
        self.keyword_only = layout.keyword_only
        self.varargs = prefix + "va" if layout.varargs is not None else None
        self.varkeywords = prefix + "kw" if layout.varkeywords is not None else None
        self.free = tuple(prefix + "f%05d" % index for index in range(len(code.co_freevars)))

    def local(self, name):
        """The spelling of one of the replacement's own variables."""
        return self.prefix + "_" + name

    @property
    def everything(self):
        """All parameters as one tuple expression."""
        names = self.positional + self.keyword_only
        for name in (self.varargs, self.varkeywords):
            if name is not None:
                names += (name,)
        return "({})".format("".join(name + "," for name in names))

    def signature(self, layout):
        """The parameter list."""
        parts = list(self.positional)
        if layout.positional_only:
            parts.insert(layout.positional_only, "/")
        if self.varargs is not None:
            parts.append("*" + self.varargs)
        elif self.keyword_only:
            parts.append("*")
        parts.extend(self.keyword_only)
        if self.varkeywords is not None:
            parts.append("**" + self.varkeywords)
        return ", ".join(parts)

    def call(self):
        """The argument list that passes everything on."""
        parts = list(self.positional)
        if self.varargs is not None:
            parts.append("*" + self.varargs)
        parts.extend("{0}={0}".format(name) for name in self.keyword_only)
        if self.varkeywords is not None:
            parts.append("**" + self.varkeywords)
        return ", ".join(parts)


_CALL = {
    "function": "{r} = {i}({call})",
    "coroutine": "{r} = await {i}({call})",
    "generator": "{r} = yield from {i}({call})",
    "asyncgen": """\
{s} = {i}({call})
{h} = '$begin'
{r} = {h}({s})
while True:
 try:
  {y} = await {r}
 except StopAsyncIteration:
  break
 try:
  {v} = yield {y}
 except GeneratorExit:
  await {s}.aclose()
  raise
 except BaseException as {x}:
  {r} = {s}.athrow({x})
 else:
  {r} = {s}.asend({v})
{r} = None""",
}

_PASS_ON = {
    "function": "return {i}({call})",
    "coroutine": "return await {i}({call})",
    "generator": "return (yield from {i}({call}))",
    "asyncgen": _CALL["asyncgen"] + "\nreturn",
}

_GUARDED_EMIT = """\
try:
 {g} = '$guard'
 if {g}({guard}):
  {h} = '{emit}'
  {h}({c}, {outcome}, {everything})
except BaseException as {x}:
 {h} = '$fault'
 {h}({x})"""


def _indented(text, depth):
    return "\n".join(" " * depth + line for line in text.split("\n"))


class _Source:
    """Writes the replacement's source."""

    def __init__(self, layout, spelling, plan):
        self.layout = layout
        self.plan = plan
        self.spelling = spelling
        self.names = {name: spelling.local(name) for name in "cdeghiknoqrstvxy"}
        self.names["call"] = spelling.call()
        self.names["everything"] = spelling.everything
        self.lines = []

    def add(self, depth, text, **more):
        self.lines.append(_indented(text.format(**dict(self.names, **more)), depth))

    def guard(self, error, result):
        """The guard's arguments, with the outcome's names filled in."""
        cost = "0.0" if self.plan.decided_at_entry else self.names["c"]
        values = {"c": cost, "r": result, "e": error}
        return ", ".join(text.format(**values) for text in self.plan.guard_arguments)

    def text(self):
        """The whole module: an outer function, so that free variables are free, and the replacement in it."""
        is_async = self.layout.kind in ("coroutine", "asyncgen")
        depth = 0
        if self.spelling.free:
            self.add(0, "def outer():\n {free} = None", free=" = ".join(self.spelling.free))
            depth = 1
        header = ("async " if is_async else "") + "def replacement({signature}):"
        self.add(depth, header, signature=self.spelling.signature(self.layout))
        depth += 1
        if self.spelling.free:
            self.add(depth, "nonlocal {}".format(", ".join(self.spelling.free)))
        self.add(depth, "{i} = '$inner'")
        self.plan.write(self, depth)
        return "\n".join(self.lines) + "\n"

    def pass_on(self, depth):
        """The call when nothing is to be observed."""
        if _STRIPS_TRACEBACK:
            self.add(depth, "try:")
            self.add(depth + 1, _PASS_ON[self.layout.kind])
            self.add(depth, "except BaseException as {e}:\n {h} = '$strip'\n {h}({e})\n raise")
        else:
            self.add(depth, _PASS_ON[self.layout.kind])

    def guard_at_entry(self, depth):
        """Asks the guard, if there is one that is decided now, and leaves when it says no."""
        if self.plan.guard_arguments is None or not self.plan.decided_at_entry:
            return
        self.add(depth, "try:\n {g} = '$guard'\n {o} = {g}({guard})", guard=self.guard("None", "None"))
        self.add(depth, "except BaseException as {x}:\n {h} = '$fault'\n {o} = {h}({x})")
        self.add(depth, "if not {o}:")
        self.pass_on(depth + 1)

    def call(self, depth):
        """Calls the observed function."""
        self.add(depth, _CALL[self.layout.kind])

    def observe_from_entry(self, depth):
        """Observes a call whose guard, if it has one, is decided at entry."""
        plan = self.plan
        self.guard_at_entry(depth)
        self.add(depth, "{h} = '$enter'\n{o} = {h}({everything})")
        if not (plan.on_return or plan.on_error):
            self.pass_on(depth)
            return
        self.add(depth, "if {o} is None:")
        self.pass_on(depth + 1)
        self.add(depth, "{k} = '$clock'\n{t} = {k}()\ntry:")
        self.call(depth + 1)
        self.add(depth, "except BaseException as {e}:")
        if plan.on_error:
            self.add(depth + 1, "{h} = '$leave_error'\n{h}({o}, ({k}() - {t}) * 1000.0, {e})")
        self.strip_and_raise(depth + 1)
        if plan.on_return:
            self.add(depth, "{h} = '$leave'\n{h}({o}, ({k}() - {t}) * 1000.0, {r})")
        self.add(depth, self.last_line())

    def observe_at_exit(self, depth):
        """Observes a call whose guard is decided at exit."""
        plan = self.plan
        self.add(depth, "{k} = '$clock'\n{t} = {k}()\ntry:")
        self.call(depth + 1)
        self.add(depth, "except BaseException as {e}:")
        if plan.on_error:
            self.add(depth + 1, "{c} = ({k}() - {t}) * 1000.0")
            guard = self.guard(self.names["e"], "None")
            self.add(depth + 1, _GUARDED_EMIT, guard=guard, emit="$emit_error", outcome=self.names["e"])
        self.strip_and_raise(depth + 1)
        if plan.on_return:
            self.add(depth, "{c} = ({k}() - {t}) * 1000.0")
            guard = self.guard("None", self.names["r"])
            self.add(depth, _GUARDED_EMIT, guard=guard, emit="$emit", outcome=self.names["r"])
        self.add(depth, self.last_line())

    def strip_and_raise(self, depth):
        """Raises on what the call raised, as if there were no replacement."""
        if _STRIPS_TRACEBACK:
            self.add(depth, "{h} = '$strip'\n{h}({e})")
        self.add(depth, "raise")

    def last_line(self):
        """Returns what the call returned."""
        return "return" if self.layout.kind == "asyncgen" else "return {r}"


_templates = {}


def template(source):
    """The compiled code for the source; kept, because most functions share a few shapes."""
    code = _templates.get(source)
    if code is None:
        code = compile(source, "<sonde>", "exec", 0, True)
        for _ in range(2):
            code = next((item for item in code.co_consts if isinstance(item, type(code))), code)
        _templates[source] = code
    return code


def forget_templates():
    """Drops the compiled templates."""
    _templates.clear()


def _line_table(code):
    """A line table that maps every instruction to the function's first line, without columns."""
    if sys.version_info < (3, 10):
        return {"co_lnotab": b""}
    if sys.version_info < (3, 11):
        entries = bytearray()
        left = len(code.co_code)
        while left > 0:
            entries += bytes((min(left, 254), 0))
            left -= 254
        return {"co_linetable": bytes(entries)}
    entries = bytearray()
    left = len(code.co_code) // 2
    while left > 0:
        count = min(left, 8)
        # 0x80: an entry begins; 13: a line delta and no columns; then the delta, 0.
        entries += bytes((0x80 | 13 << 3 | count - 1, 0))
        left -= count
    return {"co_linetable": bytes(entries)}


def replacement(code, layout, spelling, plan, objects):
    """The code that observes a call of the function whose own code is `code`.

    `objects` has what the constants stand for: `inner` (a function with the original code), `clock`, `guard`,
    `fault`, `enter`, `leave`, `leave_error`, `emit`, `emit_error`, `strip`, `begin`, and what the guard's arguments name.
    """
    made = template(_Source(layout, spelling, plan).text())
    names = list(made.co_varnames)
    real = layout.names
    own = [".%s" % name for name in names[len(real) :]]
    constants = tuple(
        objects.get(item[1:], item) if type(item) is str and item[:1] == "$" else item
        for item in made.co_consts
    )
    changes = {
        "co_varnames": real + tuple(own),
        "co_consts": constants + (MARK,),
        "co_freevars": code.co_freevars,
        "co_flags": code.co_flags & ~_HAS_DOCSTRING,
        "co_name": code.co_name,
        "co_filename": code.co_filename,
        "co_firstlineno": code.co_firstlineno,
    }
    if sys.version_info >= (3, 11):
        changes["co_qualname"] = code.co_qualname
    changes.update(_line_table(made))
    return made.replace(**changes)


def is_replacement(code):
    """Whether the code is one of these."""
    constants = code.co_consts
    return bool(constants) and type(constants[-1]) is str and constants[-1] == MARK
