"""What an expression may contain: the agent's own list, which trusts no shell."""

BINARY = frozenset(("+", "-", "*", "/", "//", "%", "**", "<<", ">>", "&", "|", "^"))
UNARY = frozenset(("neg", "pos", "invert", "not"))
COMPARISONS = frozenset(("<", "<=", ">", ">=", "==", "!=", "in", "not in", "is", "is not"))
COMPREHENSIONS = frozenset(("list", "set", "gen", "dict"))
CONVERSIONS = frozenset((None, "r", "s", "a"))


class Signature:
    """How a callable may be called: parameters by position (a name where it may be used), then by keyword only."""

    __slots__ = ("names", "least", "most", "keywords", "free")

    def __init__(self, names, least, keywords=(), most=None, free=False):
        self.names = names
        self.least = least
        self.most = len(names) if most is None else most
        self.keywords = frozenset(keywords)
        self.free = free  # any other keyword is allowed: dict(a=1)


ONE = Signature((None,), 1)
ANY_NUMBER = 1000000

FUNCTIONS = {
    "len": ONE,
    "abs": ONE,
    "min": Signature((), 1, ("key", "default"), most=ANY_NUMBER),
    "max": Signature((), 1, ("key", "default"), most=ANY_NUMBER),
    "sum": Signature((None, "start"), 1),
    "any": ONE,
    "all": ONE,
    "sorted": Signature((None,), 1, ("key", "reverse")),
    "round": Signature(("number", "ndigits"), 1),
    "int": Signature((None, "base"), 0),
    "float": Signature((None,), 0),
    "str": Signature(("object",), 0),
    "bool": Signature((None,), 0),
    "list": Signature((None,), 0),
    "tuple": Signature((None,), 0),
    "dict": Signature((None,), 0, free=True),
    "set": Signature((None,), 0),
    "range": Signature((None, None, None), 1),
    "enumerate": Signature(("iterable", "start"), 1),
    "zip": Signature((), 0, ("strict",), most=ANY_NUMBER),
    "reversed": ONE,
    "repr": ONE,
    "isinstance": Signature((None, None), 2),
    "divmod": Signature((None, None), 2),
    "pow": Signature(("base", "exp", "mod"), 2),
    "ord": ONE,
    "chr": ONE,
    "hex": ONE,
    "bin": ONE,
    "oct": ONE,
}
KEY_FUNCTIONS = frozenset(("len", "abs", "str", "int", "float"))
CLASSES = frozenset(("int", "float", "str", "bool", "list", "tuple", "dict", "set", "range"))

_NONE = Signature((), 0)
_FILL = Signature((None, None), 1)
_FIND = Signature((None, None, None), 1)
_OPTIONAL = Signature((None,), 0)
_SPLIT = Signature(("sep", "maxsplit"), 0)
_OTHERS = Signature((), 0, most=ANY_NUMBER)

STR_METHODS = {
    "capitalize": _NONE,
    "casefold": _NONE,
    "center": _FILL,
    "count": _FIND,
    "endswith": _FIND,
    "expandtabs": Signature(("tabsize",), 0),
    "find": _FIND,
    "index": _FIND,
    "isalnum": _NONE,
    "isalpha": _NONE,
    "isascii": _NONE,
    "isdecimal": _NONE,
    "isdigit": _NONE,
    "isidentifier": _NONE,
    "islower": _NONE,
    "isnumeric": _NONE,
    "isprintable": _NONE,
    "isspace": _NONE,
    "istitle": _NONE,
    "isupper": _NONE,
    "join": ONE,
    "ljust": _FILL,
    "lower": _NONE,
    "lstrip": _OPTIONAL,
    "partition": ONE,
    "removeprefix": ONE,
    "removesuffix": ONE,
    "replace": Signature((None, None, None), 2),
    "rfind": _FIND,
    "rindex": _FIND,
    "rjust": _FILL,
    "rpartition": ONE,
    "rsplit": _SPLIT,
    "rstrip": _OPTIONAL,
    "split": _SPLIT,
    "splitlines": Signature(("keepends",), 0),
    "startswith": _FIND,
    "strip": _OPTIONAL,
    "swapcase": _NONE,
    "title": _NONE,
    "upper": _NONE,
    "zfill": ONE,
}
TUPLE_METHODS = {"count": ONE, "index": _FIND}
LIST_METHODS = {"copy": _NONE, "count": ONE, "index": _FIND}
DICT_METHODS = {"copy": _NONE, "get": Signature((None, None), 1), "items": _NONE, "keys": _NONE, "values": _NONE}
SET_METHODS = {
    "copy": _NONE,
    "difference": _OTHERS,
    "intersection": _OTHERS,
    "isdisjoint": ONE,
    "issubset": ONE,
    "issuperset": ONE,
    "symmetric_difference": ONE,
    "union": _OTHERS,
}
METHODS_OF = {
    "str": STR_METHODS,
    "list": LIST_METHODS,
    "tuple": TUPLE_METHODS,
    "dict": DICT_METHODS,
    "set": SET_METHODS,
    "frozenset": SET_METHODS,
}
METHODS = frozenset(name for table in METHODS_OF.values() for name in table)

# Attributes through which frames, code, classes and functions could be reached. An attribute
# that begins or ends with an underscore is never allowed.
REFUSED_ATTRIBUTES = frozenset(
    """
    mro subclasses format format_map
    tb_frame tb_next tb_lasti tb_lineno
    f_back f_builtins f_code f_generator f_globals f_lasti f_lineno f_locals f_trace f_trace_lines f_trace_opcodes
    gi_code gi_frame gi_running gi_suspended gi_yieldfrom
    cr_await cr_code cr_frame cr_origin cr_running cr_suspended
    ag_await ag_code ag_frame ag_running ag_suspended
    co_argcount co_cellvars co_code co_consts co_exceptiontable co_filename co_firstlineno co_flags co_freevars
    co_kwonlyargcount co_linetable co_lines co_lnotab co_name co_names co_nlocals co_positions co_posonlyargcount
    co_qualname co_stacksize co_varnames
    func_closure func_code func_defaults func_dict func_doc func_globals func_name im_class im_func im_self
    """.split()
)


def refused_attribute(name):
    """Whether no expression may read the attribute `name`, whatever it is an attribute of."""
    return name.startswith("_") or name.endswith("_") or name in REFUSED_ATTRIBUTES
