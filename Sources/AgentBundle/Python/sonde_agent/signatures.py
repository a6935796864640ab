"""A function's signature as text, without `inspect` and without running a default's `repr`."""

from .captured_objects import brief
from .probes.layout import Layout


def signature_text(function):
    """The parameter list: `(cart, user='bob', *items, gift=False, **opts)`."""
    layout = Layout(function.__code__)
    defaults = function.__defaults__ or ()
    keyword_defaults = function.__kwdefaults__ or {}
    without = len(layout.positional) - len(defaults)
    parts = []
    for index, name in enumerate(layout.positional):
        parts.append(name if index < without else "{}={}".format(name, brief(defaults[index - without])))
        if index + 1 == layout.positional_only:
            parts.append("/")
    if layout.varargs is not None:
        parts.append("*" + layout.varargs)
    elif layout.keyword_only:
        parts.append("*")
    for name in layout.keyword_only:
        default = keyword_defaults.get(name, layout)
        parts.append(name if default is layout else "{}={}".format(name, brief(default)))
    if layout.varkeywords is not None:
        parts.append("**" + layout.varkeywords)
    return "({})".format(", ".join(parts))
