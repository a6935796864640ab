"""Makes the agent's modules from their sources, as they are asked for.

Nothing is put on the import path: the modules' own `__import__` serves the relative names, and leaves all others to the
interpreter. Only the package itself stands in `sys.modules`, where its arrival puts it.
"""

import builtins
import sys
from marshal import loads

PACKAGE = "_sonde_agent"


def module_name(path):
    """The name of the module in a file of the agent's, such as `sonde_agent/loop.py`, and whether it is a package."""
    name = path[: -len(".py")].replace("/", ".")
    is_package = name.endswith(".__init__")
    if is_package:
        name = name[: -len(".__init__")]
    return PACKAGE + name[len("sonde_agent") :], is_package


def file_name(name):
    """What a module's code says that its file is."""
    return "<sonde:{}>".format(name[len(PACKAGE) + 1 :] or "agent")


def compiled(path, text):
    """The code of a file of the agent's."""
    return compile(text, file_name(module_name(path)[0]), "exec", 0, True, 2)


class Importer:
    """The modules of one agent, and the files of those that nobody has asked for yet: text, or code that is marshalled."""

    def __init__(self, sources):
        self._sources = {}
        self._modules = {}
        self._builtins = dict(vars(builtins), __import__=self._import)
        self._lock = None
        self.keeps_modules = False  # whether calls of the program may still be in code of the agent
        self.add(sources)
        # Two threads may ask at once. Before this, only the agent's own thread is there.
        self._lock = self.load(PACKAGE + ".originals").make_recursive_lock()

    def add(self, sources):
        """Adds files by their paths, such as `sonde_agent/loop.py`."""
        for path, contents in sources.items():
            name, is_package = module_name(path)
            if name not in self._modules:
                self._sources[name] = (path, contents, is_package)

    def load(self, name):
        """The module of that name, made by the first who asks."""
        if self._lock is None:
            return self._load(name)
        with self._lock:
            return self._load(name)

    def _load(self, name):
        module = self._modules.get(name)
        if module is not None:
            return module
        path, contents, is_package = self._sources[name]
        parent = name.rpartition(".")[0]
        if parent:
            self._load(parent)
        module = type(sys)(name)
        space = module.__dict__
        space["__builtins__"] = self._builtins
        space["__package__"] = name if is_package else parent
        space["__file__"] = file_name(name)
        self._modules[name] = module
        try:
            exec(loads(contents) if type(contents) is bytes else compiled(path, contents), space)
        except BaseException:
            del self._modules[name]
            raise
        self._sources[name] = (path, None, is_package)
        if parent:
            setattr(self._modules[parent], name.rpartition(".")[2], module)
        return module

    def module_dicts(self):
        """The ids of the dicts of the modules that were made."""
        return {id(module.__dict__) for module in list(self._modules.values())}

    def _import(self, name, globals=None, locals=None, fromlist=(), level=0):
        if not level:
            return builtins.__import__(name, globals, locals, fromlist, level)
        base = globals["__package__"]
        for _ in range(level - 1):
            base = base.rpartition(".")[0]
        module = self.load(base + "." + name if name else base)
        for item in fromlist or ():
            if module.__name__ + "." + item in self._sources:
                self.load(module.__name__ + "." + item)
        return module

    def forget(self, is_alone):
        """The agent has gone: takes apart what otherwise only the program's garbage collector would come to.

        Modules stay whole while code of theirs may still be run: by another thread of the agent's, or because a function
        that was watched may be in the middle of a call.
        """
        self._sources.clear()
        if is_alone and not self.keeps_modules:
            for module in self._modules.values():
                for value in list(module.__dict__.values()):
                    if type(value) is type and value.__module__ == module.__name__:
                        _empty(value)
                module.__dict__.clear()
            self._builtins.clear()
        self._modules.clear()


def _empty(kind):
    """Takes a class's functions out of it; the class itself is a cycle of a few hundred bytes."""
    for name, value in list(vars(kind).items()):
        if type(value) in (type(_empty), property, staticmethod, classmethod):
            delattr(kind, name)
