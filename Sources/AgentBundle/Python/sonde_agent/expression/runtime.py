"""Everything generated code calls, in one object."""

from .objects import Objects
from .values import Stream


class Runtime(Objects):
    """The operations of the language under one set of limits and one reader."""

    def names(self):
        """The globals of generated code: built-in types for its checks, and this object's operations."""
        return {
            "__builtins__": {},
            "type": type,
            "int": int,
            "float": float,
            "str": str,
            "bool": bool,
            "list": list,
            "tuple": tuple,
            "dict": dict,
            "range": range,
            "len": len,
            "_budget": self.budget,
            "Exception": Exception,
        }

    def stream(self, iterator):
        """A generator of generated code, as a value."""
        return Stream(iterator)
