"""Reading attributes of live objects without running code of the target's."""

import sys

from .errors import ExpressionError, rejected
from .methods import Methods
from .values import PLAIN, Cut, Record, Stream, foreign, name_of, type_dict, type_mro, type_name

MISSING = object()


class _Slots:
    __slots__ = ("one",)


Member = type(_Slots.one)  # a slot, or a field of a C structure
GetSet = type(BaseException.__dict__["args"])
Wrapper = type(object.__init__)
type_module = type.__dict__["__module__"].__get__
type_flags = type.__dict__["__flags__"].__get__
HEAP = 1 << 9  # a class made at run time, which could call itself anything
# Getters in C that only read their own object.
PASSIVE_MODULES = ("builtins", "datetime", "decimal", "collections", "_io", "types")


class Reader:
    """What a guard may do with the target's own objects.

    By default it reads data and runs nothing. With `user_code` (the user said
    `--allow eval`) attributes and operators are Python's own.
    """

    __slots__ = ("user_code",)

    def __init__(self, user_code=False):
        self.user_code = user_code


def found_in_class(kind, name):
    """The class attribute `name`, as it stands in the class's own dict; or MISSING."""
    for each in type_mro(kind):
        value = type_dict(each).get(name, MISSING)
        if value is not MISSING:
            return value
    return MISSING


def defines(kind, name):
    return found_in_class(kind, name) is not MISSING


def instance_dict(value):
    """The instance's dict, or None where there is none to be read."""
    for each in type_mro(type(value)):
        descriptor = type_dict(each).get("__dict__", MISSING)
        if descriptor is not MISSING and (type(descriptor) is GetSet or type(descriptor) is Member):
            try:
                found = type(descriptor).__get__(descriptor, value, type(value))
            except AttributeError:
                return None
            return found if type(found) is dict else None
    return None


class Objects(Methods):
    """Attribute access."""

    def attribute(self, value, name, budget):
        """`value.name`."""
        kind = type(value)
        if kind is Record:
            found = value.fields.get(name, MISSING)
            if found is MISSING:
                raise ExpressionError("AttributeError", "%s has no field '%s'" % (value.kind, name))
            if type(found) is Cut:
                raise foreign(found, "read")
            return found
        if id(kind) in PLAIN or kind is Stream:  # the language's rule, not Python's: plain values have no fields
            raise rejected("'%s' has no field '%s'" % (name_of(value), name))
        if kind is Cut:
            raise foreign(value, "read")
        if self.user_code:
            return getattr(value, name)
        if isinstance_of(kind, type):
            return self.class_attribute(value, name)
        return self.object_attribute(value, kind, name, budget)

    def object_attribute(self, value, kind, name, budget):
        access = found_in_class(kind, "__getattribute__")
        module = kind is type(sys)
        if not is_generic(access) and not module:
            raise rejected("reading '%s' of a %s runs its __getattribute__ (--allow eval)" % (name, type_name(kind)))
        in_class = found_in_class(kind, name)
        if in_class is not MISSING:
            descriptor = type(in_class)
            if descriptor is Member:
                return Member.__get__(in_class, value, kind)
            if descriptor is GetSet and is_passive(in_class.__objclass__):
                return GetSet.__get__(in_class, value, kind)
            if type_name(descriptor) == "_tuplegetter" and descriptor is tuple_getter():
                return descriptor.__get__(in_class, value, kind)
            if defines(descriptor, "__set__") or defines(descriptor, "__delete__"):
                raise self.runs_code(in_class, kind, name)
        fields = instance_dict(value)
        if fields is not None:
            self.searchable(fields, budget)
            found = fields.get(name, MISSING)
            if found is not MISSING:
                return found
        if in_class is not MISSING:
            if defines(type(in_class), "__get__"):
                raise self.runs_code(in_class, kind, name)
            return in_class
        if defines(kind, "__getattr__") or module and fields is not None and "__getattr__" in fields:
            raise rejected("reading '%s' of a %s runs its __getattr__ (--allow eval)" % (name, type_name(kind)))
        if module:
            raise ExpressionError("AttributeError", "module has no attribute '%s'" % name)
        raise self.no_attribute(value, name)

    def class_attribute(self, value, name):
        """An attribute of a class that is plain data."""
        access = found_in_class(type(value), "__getattribute__")
        if defines(type(value), name) or access is not type.__dict__["__getattribute__"]:
            raise rejected("reading '%s' of the class %s runs code (--allow eval)" % (name, type_name(value)))
        found = found_in_class(value, name)
        if found is MISSING:
            if defines(type(value), "__getattr__"):
                raise rejected("reading '%s' of the class %s runs code (--allow eval)" % (name, type_name(value)))
            raise ExpressionError(
                "AttributeError", "type object '%s' has no attribute '%s'" % (type_name(value), name)
            )
        if defines(type(found), "__get__"):
            raise self.runs_code(found, value, name)
        return found

    def runs_code(self, descriptor, kind, name):
        """The refusal of an attribute that is computed."""
        if type(descriptor) is property:
            what = "is a property: reading it runs code"
        elif type(descriptor) is type(self.runs_code.__func__):
            what = "is a method"
        else:
            what = "is computed (%s): reading it runs code" % type_name(type(descriptor))
        return rejected("'%s' of %s %s (--allow eval)" % (name, type_name(kind), what))


def is_generic(access):
    """Whether a `__getattribute__` is the ordinary one: object's, or that of a type in C known to use it."""
    if access is object.__dict__["__getattribute__"]:
        return True
    if type(access) is not Wrapper:
        return False
    owner = access.__objclass__
    if owner is super or owner is type or owner is type(sys):
        return False
    return is_passive(owner)


def is_passive(kind):
    """Whether a type is in C, in a module whose getters only read their own object."""
    module = type_module(kind)
    return type(module) is str and module in PASSIVE_MODULES and not type_flags(kind) & HEAP


def tuple_getter():
    """The type of a namedtuple's fields, a getter in C."""
    return getattr(sys.modules.get("_collections"), "_tuplegetter", None)


def isinstance_of(kind, base):
    return any(each is base for each in type_mro(kind))
