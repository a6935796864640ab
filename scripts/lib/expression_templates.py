"""What random expressions are made of: for each kind of value the Python expressions that give one.

A template is an expression with `<kind>` where an expression of that kind goes. Brackets are set only where Python's
grammar needs them, so that precedence is tested too: where each part stands is read from the template's own syntax tree.
"""

import ast
import re

# How strongly an expression holds together, weakest first.
TUPLE, TEST, OR, AND, NOT, COMPARE, BITOR, XOR, BITAND, SHIFT, SUM, TERM, FACTOR, POWER, NUMBER, ATOM = range(16)
BINARY = {
    ast.BitOr: BITOR, ast.BitXor: XOR, ast.BitAnd: BITAND, ast.LShift: SHIFT, ast.RShift: SHIFT, ast.Add: SUM,
    ast.Sub: SUM, ast.Mult: TERM, ast.Div: TERM, ast.FloorDiv: TERM, ast.Mod: TERM, ast.Pow: POWER,
}  # fmt: skip


def level_of(node):
    """How strongly a syntax tree's root holds together."""
    if isinstance(node, ast.BinOp):
        return BINARY[type(node.op)]
    if isinstance(node, ast.UnaryOp):
        return NOT if isinstance(node.op, ast.Not) else FACTOR
    if isinstance(node, ast.BoolOp):
        return OR if isinstance(node.op, ast.Or) else AND
    return {ast.Compare: COMPARE, ast.IfExp: TEST}.get(type(node), ATOM)


def wanted_levels(node):
    """How strongly each child of a node must hold together to stand there without brackets."""
    if isinstance(node, ast.BinOp):
        level = BINARY[type(node.op)]
        power = level == POWER
        return [(node.left, NUMBER if power else level), (node.right, FACTOR if power else level + 1)]
    if isinstance(node, ast.UnaryOp):
        return [(node.operand, level_of(node))]
    if isinstance(node, ast.BoolOp):
        return [(each, level_of(node) + 1) for each in node.values]
    if isinstance(node, ast.Compare):
        return [(each, BITOR) for each in [node.left, *node.comparators]]
    if isinstance(node, ast.IfExp):
        return [(node.body, OR), (node.test, OR), (node.orelse, TEST)]
    if isinstance(node, (ast.Subscript, ast.Attribute, ast.Starred)):
        return [(node.value, BITOR if isinstance(node, ast.Starred) else ATOM)]
    if isinstance(node, ast.Dict):
        return [(value, BITOR) for key, value in zip(node.keys, node.values) if key is None]
    return []


class Template:
    """An expression with places for others: the texts between them, and their kinds and levels."""

    def __init__(self, source):
        pieces = re.split(r"<(\w+)>", source)
        self.texts, self.kinds = pieces[::2], pieces[1::2]
        names = [f"place_{at}_" for at in range(len(self.kinds))]
        filled = self.texts[0] + "".join(name + text for name, text in zip(names, self.texts[1:]))
        root = ast.parse(filled, mode="eval").body
        levels = {}
        for node in ast.walk(root):
            for child, level in wanted_levels(node):
                if isinstance(child, ast.Name):
                    levels[child.id] = level
        self.levels = [levels.get(name, TEST) for name in names]
        self.level = level_of(root)


def templates(text):
    """The templates of some lines, those of a line that begins with `3x` three times.

    What begins with `@` names a way of making expressions that no template can tell.
    """
    made = []
    for line in filter(None, map(str.strip, text.splitlines())):
        times, line = re.fullmatch(r"(?:(\d)x )?(.*)", line).groups()
        made += ([line] if line.startswith("@") else [Template(each) for each in line.split("  ;  ")]) * int(times or 1)
    return made


# Kinds that stand for several others.
UNIONS = {
    "num": "int int float float bool",
    "any": "int small float bool str str none ints strs floats mixed itup tup counts rec byint hashed lists pairs range",
    "hashable": "int small float bool str none itup",
    "scalar": "int small float bool str none",
    "sized": "str ints strs floats mixed itup counts rec iset sset range view lists",
    "seq": "ints strs floats mixed itup tup lists range str pairs",
    "bound": "small small small none",
    "list": "ints strs floats mixed lists",
    "iter": "gints gstrs floats mixed tup pairs lists view rec",
}
UNIONS = {kind: names.split() for kind, names in UNIONS.items()}

# What may stand where something else is expected, in the cases that are wrong on purpose. No large integers among
# them: they would be sizes. No sets of strings: their order differs between processes.
WRONG = "str float none ints counts itup bool strs mixed digit rec iset range view tup".split()

INT = """
    4x <int> + <int>  ;  <int> - <int>  ;  <int> * <int>  ;  <int> // <int>  ;  <int> % <int>  ;  <int> ** <tiny>
    4x <int> << <shift>  ;  <int> >> <shift>  ;  <int> & <int>  ;  <int> | <int>  ;  <int> ^ <int>
    2x -<int>  ;  +<int>  ;  ~<int>  ;  ~<bool>  ;  -<bool>  ;  <bool> + <bool>  ;  <bool> * <int>
    abs(<int>)  ;  len(<sized>)  ;  len(<sized>)  ;  len(<seq>[<bound>:<bound>])  ;  len(<bigrange>)  ;  int()  ;  int(<bool>)
    <int> if <bool> else <int>  ;  <int> or <int>  ;  <int> and <int>
    min(<int>, <int>)  ;  max(<int>, <int>, <int>)  ;  min(<gints>, default=<int>)  ;  max(<gints>)
    max(<ints>, key=str)  ;  min(<int>, <int>, key=abs)  ;  max(<gints>, key=float, default=<int>)
    sum(<gints>)  ;  sum(<gints>, <int>)  ;  sum(<gints>, start=<int>)  ;  sum([<bool>, <bool>])
    int(<float>)  ;  int(<numtext>)  ;  int(<inttext>)  ;  int(<inttext>, <base>)  ;  int(<inttext>, base=<base>)
    round(<float>)  ;  round(<int>)  ;  round(<int>, <small>)  ;  round(number=<int>, ndigits=<small>)
    round(<float>, None)  ;  round(<bool>)  ;  ord(<char>)  ;  ord(<str>[<place>])
    <ints>[<place>]  ;  <itup>[<place>]  ;  <range>[<place>]  ;  <bigrange>[<place>]  ;  <lists>[<place>][<place>]
    <counts>[<key>]  ;  <counts>.get(<key>, <int>)  ;  <counts>.get(<str>, <int>)  ;  <rec>['id']  ;  <pairs>[<place>][1]
    <str>.find(<str>)  ;  <str>.rfind(<str>, <bound>)  ;  <str>.index(<char>)  ;  <str>.rindex(<char>, <small>, <bound>)
    <str>.count(<char>)  ;  <str>.count(<str>, <bound>, <bound>)  ;  <str>.find(<char>, <small>)
    <ints>.count(<num>)  ;  <ints>.index(<int>)  ;  <ints>.index(<int>, <small>)  ;  <ints>.index(<int>, <small>, <small>)
    <itup>.count(<int>)  ;  <itup>.index(<int>)  ;  <mixed>.count(<any>)  ;  <mixed>.index(<any>)  ;  <tup>.count(<scalar>)
    divmod(<int>, <int>)[0]  ;  divmod(<int>, <int>)[1]  ;  pow(<int>, <int>, <int>)  ;  pow(<int>, <tiny>)
    pow(base=<int>, exp=<int>, mod=<int>)  ;  pow(<int>, -1, <int>)  ;  pow(<int>, <tiny>, mod=None)
    @aggregate sum int
    @aggregate max int
    @aggregate len(list int
"""
FLOAT = """
    3x <float> + <num>  ;  <num> - <float>  ;  <float> * <num>  ;  <num> / <num>  ;  <int> / <int>  ;  <float> // <num>
    3x <num> % <float>  ;  <float> % <num>  ;  <num> ** <power>  ;  <float> ** <tiny>  ;  <int> ** -<tiny>  ;  <num> ** 0.5
    -<float>  ;  +<float>  ;  abs(<float>)  ;  round(<float>, <small>)  ;  round(<float>, ndigits=<small>)
    float(<numtext>)  ;  float(<numtext>)  ;  float(<int>)  ;  float()  ;  float(<float>)  ;  float(<bool>)
    <float> if <bool> else <float>  ;  <float> or <num>  ;  <float> and <num>  ;  <rec>['cost']
    sum(<floats>)  ;  sum(<floats>, <float>)  ;  sum(<floats>, start=<int>)  ;  max(<floats>)  ;  min(<num>, <float>)
    max(<float>, <num>, <num>)  ;  min(<floats>, default=<float>)  ;  <floats>[<place>]  ;  sum([<num>, <num>, <num>])
    divmod(<float>, <num>)[0]  ;  divmod(<num>, <float>)[1]  ;  pow(<num>, <power>)  ;  float(str(<float>))
    max(<floats>, key=abs)  ;  min(<floats>, key=int)  ;  float(f'{<float>}')  ;  float('%r' % <float>)
    @aggregate sum float
"""
BOOL = """
    3x <num> < <num>  ;  <num> <= <num>  ;  <num> > <num>  ;  <num> >= <num>  ;  <num> == <num>  ;  <num> != <num>
    <int> < <float>  ;  <int> == <float>  ;  <int> >= <float>  ;  <bool> == <int>
    2x <num> < <num> < <num>  ;  <num> <= <num> != <num> > <num>  ;  <int> in <ints> == <bool>  ;  <str> <= <str> < <str>
    <str> < <str>  ;  <str> == <str>  ;  <str> >= <str>  ;  <ints> < <ints>  ;  <ints> == <floats>  ;  <strs> <= <strs>
    <itup> < <itup>  ;  <tup> == <tup>  ;  <itup> >= <itup>  ;  <lists> > <lists>  ;  <counts> == <counts>
    <counts> != <byint>  ;  <mixed> == <mixed>  ;  <mixed> < <mixed>  ;  <any> == <any>  ;  <any> != <any>
    <iset> < <iset>  ;  <iset> <= <iset>  ;  <iset> == <iset>  ;  <sset> <= <sset>  ;  <sset> == <sset>  ;  <iset> > <iset>
    <range> == <range>  ;  <bigrange> == <bigrange>  ;  <counts>.keys() == <counts>.keys()  ;  <counts>.items() <= <counts>.items()
    <char> in <str>  ;  <str> not in <str>  ;  <num> in <ints>  ;  <any> in <mixed>  ;  <any> not in <tup>  ;  <num> in <iset>
    <key> in <counts>  ;  <str> not in <counts>  ;  <hashable> in <counts>  ;  <hashable> in <hashed>  ;  <hashed> == <hashed>  ;  <num> in <range>  ;  <int> in <bigrange>
    <str> in <sset>  ;  <char> in <strs>  ;  <num> in <floats>  ;  <int> in <counts>.values()  ;  <key> in <rec>.keys()
    (<key>, <int>) in <counts>.items()  ;  <any> in <iter>  ;  <num> in <gints>
    <any> is None  ;  <any> is not None  ;  <bool> is True  ;  <bool> is not False  ;  <none> is None
    3x not <any>  ;  not <bool>  ;  <bool> and <bool>  ;  <bool> or <bool>  ;  <bool> and <bool> or not <bool>  ;  bool(<any>)
    bool()  ;  <bool> if <bool> else <bool>  ;  <bool> & <bool>  ;  <bool> | <bool>  ;  <bool> ^ <bool>
    isinstance(<any>, int)  ;  isinstance(<any>, (int, float))  ;  isinstance(<any>, (list, (tuple, dict), str))
    isinstance(<any>, bool)  ;  isinstance(<iset>, set)  ;  isinstance(<any>, (range,))  ;  isinstance(<any>, ())
    any(<iter>)  ;  all(<iter>)  ;  any([<bool>, <bool>])  ;  <rec>['on']
    <str>.isalnum()  ;  <str>.isalpha()  ;  <str>.isascii()  ;  <str>.isdecimal()  ;  <str>.isdigit()  ;  <char>.isnumeric()
    <str>.isidentifier()  ;  <str>.islower()  ;  <str>.isupper()  ;  <str>.istitle()  ;  <str>.isspace()  ;  <str>.isprintable()
    <char>.isdigit()  ;  <char>.isalpha()  ;  <char>.isdecimal()  ;  <char>.isprintable()  ;  <numtext>.isdigit()
    <str>.startswith(<str>)  ;  <str>.endswith(<char>)  ;  <str>.startswith((<char>, <str>), <bound>)
    <str>.endswith(<str>, <bound>, <bound>)  ;  <str>.startswith(<char>, <small>, <small>)
    <iset>.isdisjoint(<gints>)  ;  <iset>.issubset(<gints>)  ;  <iset>.issuperset(<gints>)  ;  <sset>.isdisjoint(<gstrs>)
    <sset>.issubset(<gstrs>)  ;  <counts>.keys().isdisjoint(<gstrs>)  ;  <sset>.issuperset(<strs>)
    @aggregate any bool
    @aggregate all bool
"""
STR = """
    2x <str> + <str>  ;  <str> + <char>  ;  <str> * <tiny>  ;  <tiny> * <str>  ;  <str> if <bool> else <str>  ;  <str> or <str>
    <str> and <str>  ;  <str>[<place>]  ;  <strs>[<place>]  ;  <str>[<bound>:<bound>]  ;  <str>[<bound>:<bound>:<step>]
    <str>[::-1]  ;  <str>[<small>:]  ;  <str>[:<bound>]  ;  <strs>[<place>][<place>]  ;  <rec>['name']  ;  <pairs>[<place>][0]
    str(<any>)  ;  repr(<any>)  ;  str(object=<any>)  ;  str()  ;  repr(<str>)  ;  str(<float>)  ;  repr(<float>)  ;  str(<iset>)
    hex(<int>)  ;  bin(<int>)  ;  oct(<int>)  ;  chr(<codepoint>)  ;  chr(<codepoint>)  ;  hex(<small>)[2:]  ;  repr(<view>)
    <str>.join(<gstrs>)  ;  <char>.join(<strs>)  ;  <char>.join(str(<str>))  ;  <str>.join([<str>, <str>, <char>])
    <char>.join(<sset>)[:0]  ;  min(<gstrs>)  ;  max(<strs>, key=len)  ;  min(<strs>, default=<str>)  ;  max(<str>, <str>)
    <str>.upper()  ;  <str>.lower()  ;  <str>.title()  ;  <str>.capitalize()  ;  <str>.swapcase()  ;  <str>.casefold()
    <char>.upper()  ;  <char>.lower()  ;  <char>.casefold()  ;  <char>.title()
    <str>.strip()  ;  <str>.lstrip(<str>)  ;  <str>.rstrip(None)  ;  <str>.strip(<char>)  ;  <str>.rstrip(<str>)
    <str>.replace(<char>, <str>)  ;  <str>.replace(<str>, <str>)  ;  <str>.replace(<char>, <char>, <small>)
    <str>.replace('', <char>)  ;  <str>.center(<width>)  ;  <str>.center(<width>, <char>)  ;  <str>.ljust(<width>, <char>)
    <str>.rjust(<width>)  ;  <str>.zfill(<width>)  ;  <numtext>.zfill(<width>)  ;  <str>.expandtabs()  ;  <str>.expandtabs(<small>)
    <str>.expandtabs(tabsize=<small>)  ;  <str>.removeprefix(<char>)  ;  <str>.removesuffix(<str>)  ;  <numtext> + <numtext>
    <str>.partition(<char>)[0]  ;  <str>.rpartition(<char>)[2]  ;  <str>.split()[<place>]  ;  <byint>.get(<int>, <str>)
    <byint>[<place>]  ;  <rec>.get('name', <str>)  ;  sorted(<sset>)[<place>]  ;  f'{ <any> }'  ;  f'{ <float> !r}{ <int> }'
    9x @fstring
    4x @percent
    @aggregate join str
"""
INTS = """
    [<int>, <int>]  ;  [<int>, <int>, <int>]  ;  [<int>, <small>, <bool>,]  ;  [*<gints>, <int>]  ;  [*<gints>, *<gints>]
    <ints> + <ints>  ;  <ints> * <tiny>  ;  <tiny> * <ints>  ;  <ints>[<bound>:<bound>]  ;  <ints>[<bound>:<bound>:<step>]
    <ints>[::-1]  ;  <lists>[<place>]  ;  list(<gints>)  ;  sorted(<gints>)  ;  sorted(<gints>, reverse=<bool>)  ;  <ints>.copy()
    sorted(<gints>, key=abs)  ;  sorted(<gints>, key=str, reverse=True)  ;  <ints> if <bool> else <ints>  ;  <ints> or <ints>
    list(<itup>)  ;  list(<iset>)  ;  list(reversed(<ints>))  ;  sum(<lists>, [])  ;  sum(<lists>, start=<ints>)
    list(<counts>.values())  ;  list(<byint>)  ;  max(<lists>, key=len, default=[])  ;  max(<lists>)
    3x @comprehension list int
"""
FLOATS = """
    [<float>, <float>]  ;  [<float>, <num>, <float>]  ;  [<float>] * <tiny>  ;  <floats> + <floats>  ;  <floats>[::<step>]
    sorted(<floats>, key=abs)  ;  list(<floats>)  ;  <floats>[<bound>:<bound>]  ;  sorted([<num>, <num>, <num>])
    @comprehension list float
"""
STRS = """
    [<str>, <str>]  ;  [<str>, <char>, <str>]  ;  [*<gstrs>, <str>]  ;  [*<str>]  ;  <strs> + <strs>  ;  <strs> * <tiny>
    <strs>[<bound>:<bound>:<step>]  ;  <strs>[<bound>:<bound>]  ;  list(<gstrs>)  ;  sorted(<gstrs>)  ;  sorted(<sset>)
    sorted(<gstrs>, key=len)  ;  sorted(<gstrs>, key=len, reverse=<bool>)  ;  list(<counts>)  ;  list(<str>)  ;  sorted(<counts>)
    <str>.split()  ;  <str>.split(<char>)  ;  <str>.split(<str>, <small>)  ;  <str>.split(sep=<char>, maxsplit=<small>)
    <str>.split(None, <small>)  ;  <str>.split(maxsplit=<small>)  ;  <str>.rsplit(<char>, <small>)  ;  <str>.rsplit()
    <str>.rsplit(None, maxsplit=<small>)  ;  <str>.rsplit(sep=None)  ;  <str>.splitlines()  ;  <str>.splitlines(<bool>)
    <str>.splitlines(keepends=True)  ;  <rec>['tags']  ;  list(<str>.partition(<char>))  ;  list(reversed(<str>))
    sorted(<sset> | <sset>)  ;  sorted(<counts>.keys() & <gstrs>)  ;  sorted(<counts>.keys() ^ <counts>.keys())
    sorted(<sset> - set(<gstrs>), reverse=True)  ;  sorted(<sset>.union(<gstrs>, <strs>))
    @comprehension list str
    @comprehension list str
"""
MIXED = """
    [<any>, <any>]  ;  [<any>, <any>, <any>]  ;  [<any>]  ;  [*<iter>, <any>]  ;  [<any>, *<str>, *<itup>]  ;  list(<iter>)
    <mixed> + <list>  ;  <mixed> * <tiny>  ;  <mixed>[<bound>:<bound>:<step>]  ;  list(<rec>.values())  ;  list(<tup>)
    list(zip(<gints>, <gstrs>))  ;  list(zip(<iter>, <iter>, <iter>))  ;  list(zip(<ints>, <strs>, strict=<bool>))
    list(zip(<gints>, <gints>, strict=True))  ;  list(zip())  ;  list(zip(<str>))  ;  list(enumerate(<iter>))
    list(enumerate(<gstrs>, <int>))  ;  list(enumerate(<str>, start=<int>))  ;  list(<counts>.items())  ;  list(reversed(<mixed>))
    list(reversed(<counts>.items()))  ;  sorted(<counts>.items())  ;  sorted(<mixed>)  ;  sorted(<mixed>, key=str)  ;  sorted(<mixed>, key=int)
    sorted(<pairs>, reverse=True)  ;  [divmod(<num>, <num>)]  ;  list(enumerate(iterable=<iter>, start=<small>))
    sorted(zip(<gstrs>, <gints>))  ;  list(reversed(<range>))  ;  list(reversed(<byint>))  ;  sorted(<iter>, key=len)
    @comprehension list any
    @comprehension list any
"""
LISTS = """
    [<ints>, <ints>]  ;  [<ints>, [<int>], []]  ;  <lists> + <lists>  ;  <lists>[<bound>:]  ;  sorted(<lists>)  ;  [<ints>] * <tiny>
    sorted(<lists>, key=len)
    @comprehension list ints
"""
PAIRS = """
    [(<key>, <int>), (<key>, <int>)]  ;  list(<counts>.items())  ;  sorted(<counts>.items())  ;  list(zip(<gstrs>, <gints>))
    [(<str>, <int>)]
"""
ITUP = """
    (<int>, <int>)  ;  (<int>,)  ;  ()  ;  (<int>, <small>, <int>)  ;  tuple(<gints>)  ;  <itup> + <itup>  ;  <itup> * <tiny>
    <itup>[<bound>:<bound>]  ;  <itup>[::<step>]  ;  divmod(<int>, <int>)  ;  (*<gints>,)  ;  (<int>, *<gints>)  ;  tuple()
    <itup> if <bool> else <itup>  ;  tuple(sorted(<gints>))
    @aggregate tuple int
"""
TUP = """
    (<any>, <any>)  ;  (<any>, <any>, <any>)  ;  tuple(<iter>)  ;  divmod(<num>, <num>)  ;  <str>.partition(<str>)
    <str>.rpartition(<char>)  ;  <tup> + <tup>  ;  <tup>[<bound>:<bound>:<step>]  ;  (*<iter>, <any>)  ;  <pairs>[<place>]
    tuple(zip(<gints>, <gstrs>))  ;  (<hashable>, <scalar>)  ;  max(<counts>.items())  ;  tuple(<hashed>.items())  ;  tuple(<rec>.items())
"""
COUNTS = """
    {<key>: <int>}  ;  {<key>: <int>, <key>: <int>}  ;  {**<counts>, <key>: <int>}  ;  {<str>: <int>, **<counts>}  ;  {}
    dict(<pairs>)  ;  dict(a=<int>)  ;  dict(<counts>, b=<int>, key=<int>)  ;  dict(<pairs>, a=<int>)  ;  dict()  ;  dict(<counts>)
    dict(zip(<gstrs>, <gints>))  ;  <counts> | <counts>  ;  <counts>.copy()  ;  <counts> if <bool> else <counts>
    dict(sorted(<counts>.items()))  ;  {<key>: <int>, <str>: <int>, <char>: <int>}
    @comprehension dict str int
    @comprehension dict str int
"""
REC = """
    {'id': <int>, 'name': <str>, 'cost': <float>}  ;  {'name': <str>, 'tags': <strs>, 'on': <bool>}  ;  <rec> | {'id': <int>}
    {**<rec>, 'cost': <float>}  ;  dict(id=<int>, name=<str>)  ;  <rows>[<place>]  ;  {<key>: <any>, 'sub': <any>}
    dict(<rec>, tags=<strs>)  ;  {'id': <int>, 'name': <str>, **<counts>}
"""
BYINT = """
    {<int>: <str>, <small>: <str>}  ;  dict(enumerate(<gstrs>))  ;  <byint> | <byint>  ;  {**<byint>, <int>: <str>}
    dict(enumerate(<strs>, <int>))  ;  {0: <str>, 1: <str>, True: <str>, 1.0: <char>}
    @comprehension dict int str
"""
HASHED = """
    {<hashable>: <any>, <hashable>: <any>}  ;  {<hashable>: <hashable>}  ;  {**<byint>, <num>: <str>}  ;  <hashed> | <counts>
    dict([(<hashable>, <any>)])  ;  {None: <any>, **<hashed>}  ;  {<float>: <int>, <num>: <any>, <bool>: <str>}
    @comprehension dict hashable any
"""
ISET = """
    {<int>, <int>}  ;  {<int>, <small>, <bool>}  ;  {*<gints>, <int>}  ;  set(<gints>)  ;  set()  ;  <iset> | <iset>
    <iset> & <iset>  ;  <iset> - <iset>  ;  <iset> ^ <iset>  ;  <iset>.union(<gints>, <gints>)  ;  <iset>.intersection(<gints>)
    <iset>.difference(<gints>)  ;  <iset>.symmetric_difference(<gints>)  ;  <iset>.copy()  ;  <iset>.union()
    <iset>.difference()  ;  <byint>.keys() & <gints>  ;  <iset>.intersection(<ints>, <range>)
    @comprehension set int
"""
SSET = """
    {<str>, <char>}  ;  set(<gstrs>)  ;  set(<str>)  ;  <sset> | <sset>  ;  <sset> & <sset>  ;  <sset> - <sset>  ;  <sset> ^ <sset>
    {*<gstrs>, <key>}  ;  <counts>.keys() | <strs>  ;  <counts>.keys() - <gstrs>  ;  <sset>.difference(<gstrs>)
    <sset>.union(<gstrs>)  ;  <sset>.symmetric_difference(<gstrs>)  ;  <sset>.intersection(<gstrs>, <str>)
    @comprehension set str
"""
RANGE = """
    range(<small>)  ;  range(<small>, <small>)  ;  range(<small>, <small>, <step>)  ;  <range>[<bound>:<bound>:<step>]
    range(len(<sized>))  ;  <range>[::-1]
"""
BIGRANGE = """
    range(<int>)  ;  range(<int>, <int>)  ;  range(<int>, <int>, <step>)  ;  <bigrange>[<bound>:<bound>]  ;  range(<bool>, <int>, <int>)
"""
VIEW = "<counts>.keys()  ;  <counts>.values()  ;  <counts>.items()  ;  <byint>.items()  ;  <rec>.keys()  ;  <byint>.values()"
ROWS = """
    [<rec>, <rec>]  ;  [<rec>]  ;  <rows>[<bound>:<bound>]  ;  <rows> + <rows>
    @comprehension list rec
"""
GINTS = """
    <ints>  ;  <ints>  ;  <itup>  ;  <iset>  ;  <range>  ;  <range>  ;  <counts>.values()  ;  reversed(<ints>)  ;  <byint>
    reversed(<range>)  ;  sorted(<gints>)
    @comprehension gen int
    @comprehension gen int
"""
GSTRS = """
    <strs>  ;  <strs>  ;  <str>  ;  <counts>  ;  <counts>.keys()  ;  reversed(<strs>)  ;  <byint>.values()  ;  reversed(<counts>)
    <str>.split(<char>)
    @comprehension gen str
    @comprehension gen str
"""
CHAR = "<str>[<place>]  ;  chr(<codepoint>)  ;  <strs>[<place>]"
SMALL = "len(<sized>)  ;  <small> + 1  ;  -<small>  ;  <ints>.count(<int>)  ;  <str>.find(<char>)"
NONE = "None  ;  <counts>.get(<str>)  ;  <none> or None  ;  <rec>['sub']"

TEMPLATES = {
    "int": INT, "float": FLOAT, "bool": BOOL, "str": STR, "ints": INTS, "floats": FLOATS, "strs": STRS, "mixed": MIXED,
    "lists": LISTS, "pairs": PAIRS, "itup": ITUP, "tup": TUP, "counts": COUNTS, "rec": REC, "byint": BYINT,
    "hashed": HASHED, "iset": ISET, "sset": SSET, "range": RANGE, "bigrange": BIGRANGE, "view": VIEW, "rows": ROWS, "gints": GINTS, "gstrs": GSTRS,
    "char": CHAR, "small": SMALL, "none": NONE,
}  # fmt: skip
TEMPLATES = {kind: templates(text) for kind, text in TEMPLATES.items()}

# What a comprehension goes through, and the kinds of what it gives: a tuple is unpacked, a `*` takes the rest.
SOURCES = """
    <gints> -> int | <gints> -> int | <gstrs> -> str | <gstrs> -> str | <mixed> -> any | <floats> -> float | <rows> -> rec
    <counts>.items() -> str int | <byint>.items() -> int str | enumerate(<gstrs>) -> int str | <lists> -> ints
    enumerate(<gints>, <int>) -> int int | zip(<gints>, <gstrs>) -> int str | zip(<gints>, <gints>, strict=True) -> int int
    <pairs> -> str int | <pairs> -> (str int) | enumerate(<pairs>) -> int (str int) | <lists> -> int *ints
    <lists> -> *ints int | <strs> -> str *strs | zip(<ints>, <counts>.items()) -> int (str int) | range(<tiny>) -> _
    [<any>] -> any | (<int>, <small>) -> int | <lists> -> int int
"""
SOURCES = [
    (Template(source.strip()), targets.strip())
    for source, targets in (each.split("->") for each in re.split(r"\||\n", SOURCES) if each.strip())
]
