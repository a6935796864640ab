"""A tree in, a function out."""

from .checker import Checker
from .errors import ExpressionError, TreeError
from .limits import Limits

FILE = "<sonde expression>"


def compile_tree(tree, limits=None, reader=None, known=None, condition=False):
    """Checks a tree and compiles it.

    - tree: the expression as data, `{"v": 1, "root": NODE}`.
    - limits: a `Limits`; the defaults if None.
    - reader: a `Reader`, which decides whether code of the target may run; it may not if None.
    - known: the types that the host guarantees for some names, such as `{"cost": float}`.
    - condition: whether the function gives only True or False.

    Returns a function to be called with the values of the names in its `names`,
    by position. It raises ExpressionError.

    Raises TreeError when the tree is not on the agent's own allowlist.
    """
    from .loader import Generator, Reader, Runtime, function_of

    limits = Limits() if limits is None else limits
    program = Checker(limits).program_of(tree)
    runtime = Runtime(limits, Reader() if reader is None else reader)
    try:
        generator = Generator(program, runtime, known or {}, condition)
        body = generator.function_body()
    except RecursionError:
        raise TreeError("the expression is nested too deeply") from None
    names = ["_v%d" % at for at in range(len(program.names))]
    generator.globals["_fail"] = Failure(program.spans)
    function = function_of(generator.make_function("guard", names, body), generator.globals, FILE)
    function.names = tuple(program.names)
    return function


class Failure:
    """Makes the error of an evaluation from the exception that ended it."""

    def __init__(self, spans):
        self.spans = spans

    def __call__(self, error):
        line, trace = 0, error.__traceback__
        while trace is not None:
            if trace.tb_frame.f_code.co_filename == FILE:
                line = trace.tb_lineno
            trace = trace.tb_next
        error.__traceback__ = None
        start, end = self.spans[line] if 0 < line < len(self.spans) else (None, None)
        if type(error) is ExpressionError:
            if error.start is None:
                error.start, error.end = start, end
            return error
        kind = type(error).__name__
        if kind == "UnboundLocalError":
            kind = "NameError"
        if kind == "MemoryError" or kind == "RecursionError":
            return ExpressionError("Limit", "Python gave up (%s)" % kind, start, end)
        return ExpressionError(kind, message_of(error), start, end)


def message_of(error):
    """What an exception of Python's own says; a KeyError says only the key."""
    text = str(error)
    if type(error) is KeyError:
        text = "no key %s" % text
    return text if len(text) <= 300 else text[:297] + "..."
