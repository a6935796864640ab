"""What every probe does at one function: its link of the chain, its guard's faults, and who may observe when.

What stands here runs in the target's own threads, in the middle of its calls. None of it raises anything of its own,
waits, or takes a lock; what fails is counted as a dropped observation. An exception that is not ours (a signal
handler's, KeyboardInterrupt, one sent to the thread from outside) belongs to the program, and goes on.
"""

import sys
from time import perf_counter, time

from ..originals import get_ident
from ..threads import main_ident
from .foreign import is_foreign
from .wrapper import replacement

# Threads that are in the middle of an observation: what they call meanwhile is not observed again.
_busy = set()


def thread_name():
    """The calling thread's name, as `threading` knows it; its number when it does not."""
    ident = get_ident()
    threading = sys.modules.get("threading")
    if threading is not None:
        thread = threading._active.get(ident)
        if thread is not None:
            name = getattr(thread, "_name", None)
            if type(name) is str:
                return name
    if not _main:
        _main.append(main_ident())
    return "MainThread" if ident == _main[0] else "thread-%d" % ident


_main = []


def begin(generator):
    """An async generator's first step, without the event loop's hooks: the replacement in front of it has them."""
    hooks = sys.get_asyncgen_hooks()
    sys.set_asyncgen_hooks(None, None)
    try:
        return generator.asend(None)
    finally:
        sys.set_asyncgen_hooks(*hooks)


def strip(error):
    """Takes the replacement's own entry out of the traceback; only where a bare `raise` then leaves it out."""
    traceback = error.__traceback__
    if traceback is not None and traceback.tb_next is not None:
        error.__traceback__ = traceback.tb_next


class BasePoint:
    """One function of a probe.

    A kind of probe makes its own of this: `plan` says what the replacement does, and its method `calls` gives what the
    plan's source names by constants, beside what every plan may name.
    """

    __slots__ = ("probe", "site", "found", "function", "layout", "plan", "link")

    def __init__(self, probe, site, plan):
        self.probe = probe
        self.site = site
        self.found = site.found
        self.function = site.found.function
        self.layout = site.layout
        self.plan = plan
        self.link = self._link  # one bound method, so that it can be found again

    def _link(self, code, inner):
        objects = dict(
            self.site.objects,
            inner=inner,
            clock=perf_counter,
            guard=self.site.guard,
            fault=self.fault,
            strip=strip,
            begin=begin,
            func=self.found.name,
            thread_name=thread_name,
            now=time,
        )
        objects.update(self.calls())
        return replacement(code, self.layout, self.site.spelling, self.plan, objects)

    def fault(self, error):
        """The guard failed: the observation is dropped, and the call goes on."""
        if is_foreign(error):
            if type(error.__context__) is RecursionError:
                # The guard turned it into an error of its own kind; the program expects Python's.
                raise RecursionError(*error.__context__.args) from None
            raise error
        if self.probe.active:
            self.probe.guard_failed(error, self.found.name)
        return False

    def guarded(self, action, *values):
        """Runs the action, unless this thread is observing already; what fails is a dropped observation."""
        probe = self.probe
        if not probe.active:
            return None
        ident = get_ident()
        if ident in _busy:
            return None
        _busy.add(ident)
        try:
            return action(*values)
        except BaseException as error:
            if is_foreign(error):
                raise
            probe.drop()
            return None
        finally:
            _busy.discard(ident)
