"""Which functions carry replaced code, and their exact restoration.

One `Hook` stands for one function. Each probe on it is a link of a chain: the outermost link's code is the
function's code, each link calls the next, the last one calls the original. Whenever a probe comes or goes the
chain is made anew, so probes may leave in any order; when the last one leaves, the function has the code object
back that it had. When the program has meanwhile given the function other code (hot reload), that stays.

Setting `__code__` reaches every reference to the function, and keeps its identity, signature and documentation.
Calls in flight finish in the code that they began in.
"""

from ..originals import allocate_lock
from .recursion import RecursionRoom

_FunctionType = type(lambda: None)


class Hook:
    """A function with at least one probe on it."""

    __slots__ = ("function", "original", "installed", "coming", "links")

    def __init__(self, function):
        self.function = function
        self.original = self.installed = function.__code__
        self.coming = None
        self.links = []

    def restore(self):
        """Gives the function its own code back, unless the program has given it other code."""
        now = self.function.__code__
        # A fork may come between the two steps of `rebuild`: the child finds the code that was coming.
        if now is self.installed or (now is self.coming and now is not None):
            self.function.__code__ = self.original
        self.installed = self.original
        self.coming = None

    def rebuild(self):
        """Makes the chain from the links, and sets the function's code to it."""
        code = self.original
        for link in self.links:
            code = link(code, self._carrier(code))
        if self.function.__code__ is self.installed:
            self.coming = code
            self.function.__code__ = code
            self.installed = code
            self.coming = None

    def _carrier(self, code):
        """A function of its own that is like the observed one, with the code given."""
        function = self.function
        carrier = _FunctionType(
            code, function.__globals__, function.__name__, function.__defaults__, function.__closure__
        )
        carrier.__kwdefaults__ = function.__kwdefaults__
        carrier.__qualname__ = function.__qualname__
        return carrier


class Hooks:
    """All hooks. Only the agent's own threads take the lock; the observed functions never do."""

    def __init__(self):
        self._lock = allocate_lock()
        self._hooks = {}
        self._room = RecursionRoom()

    def add(self, function, link):
        """Puts a link on the function: `link(code, inner) -> code`, made from the code below it and a carrier of it."""
        with self._lock:
            hook = self._hooks.get(id(function))
            if hook is not None and function.__code__ is not hook.installed:
                # The program replaced the code: the old hook has nothing to restore any more.
                del self._hooks[id(function)]
                hook = None
            if hook is None:
                hook = Hook(function)
                self._hooks[id(function)] = hook
            hook.links.append(link)
            self._room.make(len(hook.links))
            try:
                hook.rebuild()
            except BaseException:
                self._drop(hook, link)
                raise

    def remove(self, function, link):
        """Takes the link off again; nothing happens when it is not there."""
        with self._lock:
            hook = self._hooks.get(id(function))
            if hook is not None and link in hook.links:
                self._drop(hook, link)

    def _drop(self, hook, link):
        hook.links.remove(link)
        if hook.links:
            hook.rebuild()
        else:
            hook.restore()
            del self._hooks[id(hook.function)]
            if not self._hooks:
                self._room.give_back()

    def original(self, function):
        """The function's own code, whether or not there is a probe on it."""
        code = function.__code__
        hook = self._hooks.get(id(function))
        return hook.original if hook is not None and code is hook.installed else code

    def restore_all(self):
        """Restores every function; for a forked child and for the end. Takes no lock: the holder may be gone."""
        for hook in list(self._hooks.values()):
            hook.restore()
        self._hooks.clear()
        self._room.give_back()

    @property
    def is_settled(self):
        """Whether nothing waits to be put back."""
        return bool(self._hooks) or not self._room.is_owed

    def settle(self):
        """Puts back what could not be put back when the last probe went; gives whether all is."""
        with self._lock:
            if not self.is_settled:
                self._room.give_back()
            return self.is_settled

    def __len__(self):
        return len(self._hooks)
