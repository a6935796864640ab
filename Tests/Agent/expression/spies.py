"""Classes that write down every special method of theirs that runs."""

RAN = []

SPECIAL = """
__eq__ __ne__ __lt__ __le__ __gt__ __ge__ __bool__ __len__ __iter__ __next__ __contains__ __getitem__ __missing__
__add__ __radd__ __sub__ __rsub__ __mul__ __rmul__ __truediv__ __rtruediv__ __floordiv__ __rfloordiv__ __mod__ __rmod__
__divmod__ __rdivmod__ __pow__ __rpow__ __and__ __rand__ __or__ __ror__ __xor__ __rxor__ __lshift__ __rlshift__
__rshift__ __rrshift__ __neg__ __pos__ __invert__ __abs__ __round__ __int__ __float__ __index__ __trunc__ __str__
__repr__ __format__ __call__ __reversed__ __length_hint__ __getattr__ keys items values get copy upper startswith
""".split()


def spy(name, result=NotImplemented):
    def method(self, *arguments, **named):
        RAN.append(name)
        return result

    return method


class SpyingMeta(type):
    """A metaclass that sees every look at its classes."""

    def __eq__(cls, other):
        RAN.append("meta __eq__")
        return False

    def __hash__(cls):
        RAN.append("meta __hash__")
        return 1

    def __instancecheck__(cls, value):
        RAN.append("meta __instancecheck__")
        return True

    def __subclasscheck__(cls, other):
        RAN.append("meta __subclasscheck__")
        return True

    def __getattribute__(cls, name):
        RAN.append("meta " + name)
        return type.__getattribute__(cls, name)

    mro_seen = property(lambda cls: RAN.append("meta mro"))


def spying_class(base, hashed=1):
    """A subclass of `base`, all of whose special methods are spies; its instances' hash is `hashed`."""

    def in_hash(self):
        RAN.append("__hash__")
        return hashed

    space = {name: spy(name) for name in SPECIAL}
    space["__hash__"] = in_hash
    space["__class__"] = property(lambda self: RAN.append("__class__"))
    space["computed"] = property(lambda self: RAN.append("property"))
    space["plain"] = 42
    return SpyingMeta("Spy" + base.__name__.title(), (base,), space)


def spies():
    """An instance of a spying subclass of each built-in type that a guard may meet."""
    made = {
        "o": spying_class(object)(),
        "i": spying_class(int)(7),
        "f": spying_class(float)(1.5),
        "s": spying_class(str)("text"),
        "y": spying_class(bytes)(b"bytes"),
        "l": spying_class(list)([1, 2]),
        "t": spying_class(tuple)((1, 2)),
        "d": spying_class(dict)(a=1),
        "e": spying_class(set)(),
    }
    del RAN[:]
    return made
