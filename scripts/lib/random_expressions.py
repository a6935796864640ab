"""Random typed expressions of the language, with what CPython 3.12 gives for them.

A case has the shape of the shared corpus: `{"id", "category", "expr", "vars"}` with `expect_repr` or
`expect_error_type`. The same seed gives the same cases in every process. Most expressions are well typed, so that most
have a value; a share has an operand of a wrong kind somewhere.

    python3.12 scripts/lib/random_expressions.py SEED COUNT [FIRST]     the cases, one a line
"""

import builtins
import json
import re
import signal
import sys
import warnings
from random import Random

from expression_literals import KEYS, Code, Literals
from expression_templates import COMPARE, NOT, OR, SOURCES, TEMPLATES, TERM, TEST, TUPLE, UNIONS, WRONG, Template
from expression_texts import Texts

ORACLE = (3, 12)
FUNCTIONS = """
    len abs min max sum any all sorted round int float str bool list tuple dict set range enumerate zip reversed repr
    isinstance divmod pow ord chr hex bin oct
""".split()
BUILTINS = {name: getattr(builtins, name) for name in FUNCTIONS}
VARIABLES = {
    "n": "int", "m": "small", "big": "int", "x": "float", "cost": "float", "s": "str", "t": "str", "flag": "bool",
    "nothing": "none", "xs": "ints", "ys": "ints", "fs": "floats", "ss": "strs", "items": "mixed", "table": "lists",
    "d": "counts", "row": "rec", "rows": "rows", "pairs": "pairs", "ключ": "str",
}  # fmt: skip
LOCALS = "a b c e i j k p q v w z".split()
TOP = "int int float float bool bool str str str any any ints strs mixed counts byint hashed itup tup iset floats view bigrange".split()
WRITERS = {"tight": re.compile(r" (\*\*|//|<<|>>|[<>=!]=|[-+*/%&|^<>]) |(?<=[,:]) "), "wide": re.compile(r"(?<=,) ")}
LONGEST_SOURCE = 2000
LONGEST_RESULT = 4000
LONGEST_SECONDS = 2
MOST_PARTS = 40
NAME = re.compile(r"[^\W\d]\w*")


class Generator(Literals, Texts):
    """Makes one expression from one seed."""

    def __init__(self, seed):
        self.random = Random(seed)
        self.names = dict(VARIABLES)
        self.left = self.pick((3, 6, 10, 16, 24, MOST_PARTS))
        self.wrong = self.chance(0.12)
        self.pure = 0  # inside of a set whose order shows: nothing of a wrong kind
        self.style = self.pick((None, None, None, "tight", "wide")) if self.chance(0.4) else None

    def expression(self):
        kind = self.pick(TOP)
        depth = self.pick((2, 3, 4, 5, 6))
        if self.chance(0.02):
            return Code(f"{self.part('any', depth - 1)}, {self.part(kind, depth - 1)}", TUPLE)
        return self.part(kind, depth, least=1)

    def part(self, kind, depth, least=0):
        """An expression of a kind; no leaf when `least` is 1."""
        if self.wrong and not self.pure and self.chance(0.07):
            kind = self.pick(WRONG)
        if kind in UNIONS:
            kind = self.pick(UNIONS[kind])
        self.left -= 1
        ways = TEMPLATES.get(kind)
        if depth <= 0 or self.left <= 0 or ways is None or not least and self.chance(0.12):
            return self.leaf_part(kind)
        pure = kind in ("iset", "sset")
        self.pure += pure
        way = self.pick(ways)
        made = self.fill(way, depth) if isinstance(way, Template) else self.special(way.split(), depth)
        self.pure -= pure
        return made

    def leaf_part(self, kind):
        """A variable of the kind, or a literal."""
        near = {"any": None, "char": "str", "gints": "ints", "gstrs": "strs", "bound": "small"}.get(kind, kind)
        known = [name for name, of in self.names.items() if of == near]
        if known and self.chance(0.6):
            return Code(self.pick(known))
        return self.leaf(kind)

    def fill(self, template, depth):
        """A template with random expressions in its places."""
        texts = template.texts
        if self.style:
            separator = r"\1" if self.style == "tight" else self.pick((" ", "\n", "\t", " ", "  # , ]\n"))
            texts = [WRITERS[self.style].sub(separator, text) for text in texts]
        made = texts[0]
        for kind, level, text in zip(template.kinds, template.levels, texts[1:]):
            made += self.bracketed(self.part(kind, depth - 1), level) + text
        return Code(made, template.level)

    def bracketed(self, code, level):
        if code.level < level or self.chance(0.04):
            return "(" + code + ")"
        return str(code)

    def binary(self, operator, left, right):
        """Two operands of `%` and its like."""
        return Code(f"{self.bracketed(left, TERM)} {operator} {self.bracketed(right, TERM + 1)}", TERM)

    def special(self, words, depth):
        name, *rest = words
        return getattr(self, name[1:])(*rest, depth)

    # Comprehensions

    def comprehension(self, shape, *rest):
        *kinds, depth = rest
        left, right = {"list": "[]", "set": "{}", "dict": "{}", "gen": "()"}[shape]
        return Code(left + self.looping(kinds, depth) + right)

    def aggregate(self, function, kind, depth):
        """A generator that is a function's only argument."""
        if function == "join":
            return Code(self.bracketed(self.part("char", 0), TEST + 14) + ".join(" + self.looping([kind], depth) + ")")
        if function.startswith("len("):
            return Code(f"len([{self.looping([kind], depth)}])")
        return Code(f"{function}({self.looping([kind], depth)})")

    def looping(self, kinds, depth):
        """What stands inside of a comprehension's brackets; `kinds` are one for an element, two for a dict's item."""
        outer, clauses = self.names, []
        for at in range(self.pick((1, 1, 1, 1, 2, 2, 3))):
            source, targets = self.pick(SOURCES)
            iterable = self.bracketed(self.fill(source, depth - 1), OR)
            self.names = dict(self.names)
            # Later loops bind fresh names only: what is read before it is bound has no value.
            clause = f"for {self.targets(targets, fresh=at > 0 or self.chance(0.9))} in {iterable}"
            while self.chance(0.25):
                clause += " if " + self.bracketed(self.part("bool", depth - 2), OR)
            clauses.append(clause)
        element = ": ".join(self.bracketed(self.part(kind, depth - 1), TEST) for kind in kinds)
        self.names = outer
        return " ".join([element, *clauses])

    def targets(self, text, fresh):
        """Targets for the kinds in a text such as `int (str int)`, which are bound from here on."""
        kinds = re.findall(r"[*\w]+|[()]", text)
        free = [name for name in LOCALS if name not in self.names]
        if not fresh:
            free = [name for name in [*VARIABLES, *LOCALS]]
        self.random.shuffle(free)
        made = []
        for kind in kinds:
            if kind == "_" or kind in "()":
                made.append(kind)
                continue
            name = free.pop() if free else "_"
            if name != "_":
                self.names[name] = kind.lstrip("*")
            made.append("*" * kind.startswith("*") + name)
        return self.joined(made)

    def joined(self, parts):
        text = re.sub(r"\( ?| ?\)", lambda found: found.group().strip(), ", ".join(parts))
        text = re.sub(r"\(, ", "(", text)
        text = re.sub(r", \)", ")", text)
        if len(parts) == 1:
            return text + "," if text.startswith("*") else text
        return self.pick((text, text, "(" + text + ")", "[" + text + "]"))


# Variables


def variable(kind, make):
    """Random data of a kind that JSON can carry."""
    def several(value, most=4):
        return [value() for _ in range(make.random.randint(0, most))]

    def record():
        made = {"id": make.random.randint(0, 50), "name": make.text_value(), "cost": finite(make), "on": make.chance(0.5)}
        made["tags"], made["sub"] = several(make.text_value, 3), None if make.chance(0.5) else {"id": 1}
        return {key: made[key] for key in made if make.chance(0.9)}

    def anything():
        return variable(make.pick("int small decimal str none bool ints counts".split()), make)

    return {
        "int": make.int_value,
        "small": lambda: make.random.randint(-8, 16),
        "float": lambda: "__nan__" if make.chance(0.03) else finite(make),
        "decimal": lambda: finite(make),
        "str": make.text_value,
        "bool": lambda: make.chance(0.5),
        "none": lambda: None,
        "ints": lambda: several(make.pick((make.int_value, lambda: make.random.randint(-3, 9)))),
        "floats": lambda: several(lambda: finite(make)),
        "strs": lambda: several(make.text_value),
        "mixed": lambda: several(anything),
        "lists": lambda: several(lambda: variable("ints", make)),
        "pairs": lambda: several(lambda: [make.pick(KEYS), make.int_value()], 3),
        "counts": lambda: {make.pick(KEYS): make.int_value() for _ in range(make.random.randint(0, 4))},
        "rec": record,
        "rows": lambda: several(record, 3),
    }[kind]()


def finite(make):
    value = make.float_value()
    return value if value - value == 0 else 0.0


def values_of(data):
    """The variables of a case as the expression sees them."""
    return {name: float("nan") if value == "__nan__" else value for name, value in data.items()}


# What CPython gives


def is_data(value):
    """Whether a value is one of the language's: no complex number, no iterator."""
    kind = type(value)
    if kind in (list, tuple, set, type({}.keys()), type({}.values()), type({}.items())):
        return all(map(is_data, value))
    if kind is dict:
        return all(map(is_data, value)) and all(map(is_data, value.values()))
    return kind in (int, float, str, bool, range, type(None))


def is_seeded(value):
    """Whether a value shows a set's elements in an order that is another in each process: text hashes with a seed."""
    kind = type(value)
    if kind is set and len(value) > 1:
        return any(map(holds_text, value))
    if kind in (list, tuple):
        return any(map(is_seeded, value))
    return kind is dict and any(map(is_seeded, value.values()))


def holds_text(element):
    return type(element) is str or type(element) is tuple and any(map(holds_text, element))


class Slow(BaseException):
    """An evaluation that takes too long for a test."""


def stop(number, frame):
    raise Slow


def expectation(source, data, seconds=LONGEST_SECONDS):
    """`{"expect_repr"}` or `{"expect_error_type"}`; None where CPython has no answer that others must give."""
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        return answer(source, data)
    except Slow:
        return None
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def answer(source, data):
    space = {"__builtins__": BUILTINS, **values_of(data)}
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            value = eval(compile(source.strip(), "<random>", "eval"), space)
            text = repr(value)
    except (SyntaxError, MemoryError, RecursionError):
        return None
    except Exception as error:
        return {"expect_error_type": type(error).__name__}
    if len(text) > LONGEST_RESULT or not is_data(value) or is_seeded(value):
        return None
    return {"expect_repr": text}


def case(seed, number):
    """One case; None when the expression is of no use."""
    generator = Generator(f"{seed}:{number}")
    source = str(generator.expression())
    if len(source) > LONGEST_SOURCE:
        return None
    words = set(NAME.findall(source))
    data = {name: variable(kind, generator) for name, kind in VARIABLES.items() if name in words}
    expected = expectation(source, data)
    return expected and {"id": f"random-{seed}-{number}", "category": "random", "expr": source, "vars": data, **expected}


def cases(seed, count, first=0):
    """`count` cases of a seed, from the number `first` on."""
    if sys.version_info[:2] != ORACLE:
        raise RuntimeError("the expected values are CPython 3.12's")
    signal.signal(signal.SIGALRM, stop)
    number = first
    while count:
        made = case(seed, number)
        number += 1
        if made:
            count -= 1
            yield made


def main():
    seed, count, first = ([*map(int, sys.argv[1:]), 0])[:3]
    for each in cases(seed, count, first):
        print(json.dumps(each))


if __name__ == "__main__":
    main()
