"""The parameters of a code object."""

VARARGS = 0x04
VARKEYWORDS = 0x08
GENERATOR = 0x20
COROUTINE = 0x80
ASYNC_GENERATOR = 0x200


class Layout:
    """A function's parameters, in the order in which the interpreter lays them out."""

    __slots__ = ("positional", "positional_only", "keyword_only", "varargs", "varkeywords", "kind")

    def __init__(self, code):
        names = code.co_varnames
        count = code.co_argcount
        self.positional = names[:count]
        self.positional_only = code.co_posonlyargcount
        self.keyword_only = names[count : count + code.co_kwonlyargcount]
        count += code.co_kwonlyargcount
        self.varargs = self.varkeywords = None
        if code.co_flags & VARARGS:
            self.varargs = names[count]
            count += 1
        if code.co_flags & VARKEYWORDS:
            self.varkeywords = names[count]
        if code.co_flags & ASYNC_GENERATOR:
            self.kind = "asyncgen"
        elif code.co_flags & COROUTINE:
            self.kind = "coroutine"
        elif code.co_flags & GENERATOR:
            self.kind = "generator"
        else:
            self.kind = "function"

    @property
    def names(self):
        """All parameters' names: positional ones, keyword-only ones, `*args`, `**kwargs`."""
        names = self.positional + self.keyword_only
        if self.varargs is not None:
            names += (self.varargs,)
        if self.varkeywords is not None:
            names += (self.varkeywords,)
        return names
