"""What `sc -d` and `sm -d` tell beyond a row."""

from . import reading
from .signatures import signature_text
from .targets import innermost

_LIMIT = 50  # names of subclasses, fields and annotations in a list


def class_details(cls):
    """What else there is to say of a class: how it is looked up, what it has, who derives from it."""
    space = reading.class_dict(cls)
    return {
        "metaclass": reading.type_name(type(cls)),
        "mro": [reading.type_name(base) for base in reading.class_mro(cls)],
        "subclasses": [reading.type_name(each) for each in type.__subclasses__(cls)[:_LIMIT]],
        "fields": _fields(space)[:_LIMIT],
        "doc": _first_line(space.get("__doc__")),
    }


def function_details(function):
    """What else there is to say of a function: its own name, what it wraps, what its signature leaves out."""
    inner = innermost(function)
    notes = reading.attribute(function, "__annotations__") if _keeps_annotations(function) else None
    return {
        "qualname": "{}.{}".format(reading.shown_module(function.__module__), function.__qualname__),
        "wraps": None if inner is None else inner.__qualname__ + signature_text(inner),
        "annotations": sorted(name for name in notes if type(name) is str)[:_LIMIT] if type(notes) is dict else [],
        "captures": list(function.__code__.co_freevars)[:_LIMIT],
        "doc": _first_line(function.__doc__),
    }


def _fields(space):
    """The names of the data that instances or the class itself have, as far as the class says."""
    names = []
    slots = space.get("__slots__", ())
    notes = space.get("__annotations__")
    if type(notes) is dict:
        names += [name for name in notes if type(name) is str]
    if type(slots) in (tuple, list):
        names += [name for name in slots if type(name) is str and name not in names]
    for name, value in reading.snapshot(space):
        if type(name) is not str or name[:2] == "__" or name in names:
            continue
        kind = type(value)
        is_method = id(kind) in reading.METHOD_TYPES or id(kind) in reading.BUILTIN_CALLABLES
        if not is_method and not issubclass(kind, property) and not reading.is_class(value):
            names.append(name)
    return names


def _keeps_annotations(function):
    """Whether reading the annotations runs nothing: since 3.14 they are made when they are first asked for."""
    return not hasattr(type(function), "__annotate__")


def _first_line(doc):
    if type(doc) is not str:
        return None
    line = doc.strip().partition("\n")[0].strip()
    return line[:200] or None
