"""The names that expressions and code sent by the shell begin with: the target's loaded modules."""

import sys

from .reading import main_name


def module_named(name):
    """The loaded top-level module, or the program's own under the name of its file; None when there is none."""
    module = sys.modules.get(name)
    if module is None and name == main_name():
        module = sys.modules.get("__main__")
    return None if name == "_sonde_agent" else module


def module_names():
    """The names that `module_named` knows."""
    names = {name for name in sys.modules.copy() if type(name) is str and "." not in name}
    names.discard("_sonde_agent")
    main = main_name()
    return sorted(names | {main} if main else names)


class Namespace(dict):
    """A session's own globals: what it assigns stays here, and what it has not it finds in the program.

    Looked up in turn: the session's names, those of `__main__`, loaded modules; then come the builtins.
    """

    def __missing__(self, name):
        main = sys.modules.get("__main__")
        value = getattr(main, "__dict__", {}).get(name, self)
        if value is not self:
            return value
        module = module_named(name)
        if module is None:
            raise KeyError(name)
        return module
