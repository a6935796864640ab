"""What following calls has in common, whichever way the interpreter tells of them."""

from ..originals import get_ident
from .foreign import is_foreign


class Traced:
    """One traced call under way."""

    __slots__ = ("probe", "tree", "_tracer")

    def __init__(self, tracer, probe, tree):
        self.probe = probe
        self.tree = tree
        self._tracer = tracer

    def resume(self):
        """The calling thread is inside it from now on."""
        try:
            self._tracer.enter(self)
        except BaseException as error:
            if is_foreign(error):
                raise
            self.probe.drop()

    def pause(self):
        """The calling thread is inside it no longer."""
        try:
            self._tracer.leave(self)
        except BaseException as error:
            if is_foreign(error):
                raise
            self.probe.drop()


class BaseTracer:
    """All traces of this process.

    `current` has, by thread, the calls that it is inside of. What the target's threads do here takes no lock.
    """

    def __init__(self, hooks):
        self.current = {}
        self.hooks = hooks
        self.probes = set()

    def is_inside(self, probe):
        """Whether the calling thread is in a call that the probe traces."""
        for traced in self.current.get(get_ident(), ()):
            if traced.probe is probe:
                return True
        return False

    def begin(self, probe, tree, is_driven):
        """A call begins; None when it cannot be traced. One that is driven is entered with each of its steps."""
        traced = Traced(self, probe, tree)
        if not is_driven:
            self.enter(traced)
            if not self.is_inside(probe):
                return None
        return traced

    def enter(self, traced):
        """The calling thread is inside the call from now on."""
        ident = get_ident()
        inside = self.current.get(ident, ())
        if inside or self.take_thread(traced.probe):
            traced.tree.begin()
            self.current[ident] = inside + (traced,)

    def leave(self, traced):
        """The calling thread is inside it no longer."""
        ident = get_ident()
        rest = []
        for other in self.current.get(ident, ()):
            if other is not traced:
                rest.append(other)
        if rest:
            self.current[ident] = tuple(rest)
        else:
            self.current.pop(ident, None)
            self.give_thread()
        traced.tree.end()

    def take_thread(self, probe):
        """The calling thread enters its first traced call; whether it can be followed."""
        return True

    def give_thread(self):
        """The calling thread has left its last traced call."""
