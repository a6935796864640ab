"""`referrers`: who holds an object, and who holds those."""

import gc
import sys
from _collections import deque

from .. import reading
from ..errors import AgentError
from ..evaluation import value_of
from ..heap.references import module_of_dict, name_of, way_to
from ..heap.walk import allowed_pause, give_way, listing_time, refuse_long_pause
from ..searching import limit_of

_DEPTH = 10
_FrameType = type(sys._getframe())


def run(request):
    """A row for each holder, level by level, up to `limit` rows and `depth` levels.

    Each object whose holders are asked for takes one look at the whole heap, in which the target stands still; the
    target runs between them. Frames and what belongs to the agent are left out.
    """
    depth = request.params.get("depth", 1)
    if type(depth) is not int or not 1 <= depth <= _DEPTH:
        raise AgentError("BadRequest", "'depth' is a number from 1 to {}".format(_DEPTH))
    limit = limit_of(request.params)
    refuse_long_pause(listing_time(), allowed_pause(request.params), "looking for the holders")
    search = _Search(request, depth, limit)
    search.start(value_of(request))
    return {"rows": search.rows, "cut": search.cut, "looks": search.looks}


class _Search:
    """The holders found so far, and the objects whose holders are still to be looked for."""

    def __init__(self, request, depth, limit):
        self._request = request
        self._depth = depth
        self._limit = limit
        self._modules = module_of_dict()
        self._waiting = deque()
        self._known = {}
        self._own = {id(self._known), id(self._waiting)} | request.agent.module_dicts()
        self.rows = []
        self.looks = 0
        self.cut = False

    def start(self, target):
        self._known[id(target)] = target
        self._waiting.append((id(target), 1))
        while self._waiting:
            if len(self.rows) >= self._limit:
                self.cut = True
                return
            self._look(*self._waiting.popleft())

    def _holders(self, target):
        self._request.check()
        give_way()
        self.looks += 1
        found = gc.get_referrers(target)
        return [holder for holder in found if type(holder) is not _FrameType and id(holder) not in self._own]

    def _look(self, number, level):
        target = self._known[number]
        for holder in self._holders(target):
            if len(self.rows) >= self._limit:
                self.cut = True
                return
            if not self._is_agents(holder):
                self._add(holder, target, level)

    def _add(self, holder, target, level):
        way = way_to(holder, target)
        module = self._modules.get(id(holder))
        if module is not None:
            owner, name = holder, "module " + module
        else:
            owner = self._owner(holder) if type(holder) is dict else holder
            name = name_of(owner)
            if owner is not holder:
                way = way.replace("key ", "attribute ", 1)
        self.rows.append(
            {
                "level": level,
                "holder": name,
                "way": way,
                "type": reading.type_name(type(owner)),
                "id": id(owner),
                "of": id(target),
            }
        )
        is_root = module is not None or reading.is_module(owner) or reading.is_class(owner)
        if not is_root and id(owner) not in self._known:
            self._known[id(owner)] = owner
            if level < self._depth:
                self._waiting.append((id(owner), level + 1))

    def _owner(self, space):
        """The object whose `__dict__` the dict is, or the dict itself."""
        if dict.__len__(space) > 1000 or any(type(name) is not str for name in list(space)):
            return space
        for holder in self._holders(space):
            if reading.namespace(holder) is space and not reading.is_class(holder):
                return holder
        return space

    def _is_agents(self, holder):
        """Whether it belongs to the agent: its functions, instances of its classes."""
        kind = type(holder)
        module = holder.__module__ if kind is reading.FunctionType else reading.class_dict(kind).get("__module__")
        return type(module) is str and module.partition(".")[0] == "_sonde_agent"
