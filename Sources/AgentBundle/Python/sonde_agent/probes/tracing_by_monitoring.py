"""Following calls through `sys.monitoring` (PEP 669, CPython 3.12).

Events are asked for only of the code objects that may run inside a traced call: the traced function's, and whatever a
call in one of those leads to, found when it is called. All other code runs as if nothing were there. Another thread
that runs one of them pays for a look into a dict.

What C code calls is found by what it is given: functions as a call's first argument, the functions that are written
inside a followed one (lambdas, comprehensions), and the properties and special methods of objects whose methods are
called. The rest is part of its caller's own time.
"""

import sys

from .. import reading
from ..errors import AgentError
from ..originals import get_ident
from ..targets import plain_function
from .foreign import is_foreign
from .traced import BaseTracer
from .wrapper import is_replacement

_CODES = 5000
_TYPES = 2000

# The tools that no name is reserved for come first.
_TOOLS = (4, 3, 5, 2, 1)

_monitoring = sys.monitoring
_events = _monitoring.events
_LOCAL = _events.PY_START | _events.PY_RESUME | _events.PY_RETURN | _events.PY_YIELD | _events.CALL
_GLOBAL = _events.PY_UNWIND | _events.PY_THROW

_Function = type(lambda: None)
_Code = type((lambda: None).__code__)
_Method = type(AgentError("", "").reply)


class Tracer(BaseTracer):
    """Follows calls by the events of the code objects that may be inside."""

    def __init__(self, hooks):
        super().__init__(hooks)
        self._codes = {}
        self._types = {}
        self._names = {}
        self._tool = None

    # The agent's threads.

    def claim(self, probe):
        """Gets the interpreter's events for a probe; raises `AgentError` when other tools have them all."""
        if self._tool is None:
            tool = next((number for number in _TOOLS if _monitoring.get_tool(number) is None), None)
            if tool is None:
                hint = "a debugger, a profiler and a coverage measurement may each have one"
                raise AgentError("Busy", "other tools have all of the interpreter's monitoring events", hint)
            _monitoring.use_tool_id(tool, "sonde")
            self._tool = tool
            for event, callback in self._callbacks():
                _monitoring.register_callback(tool, event, callback)
            _monitoring.set_events(tool, _GLOBAL)
        self.probes.add(probe)

    def release(self, probe):
        """The probe has gone; gives whether it was the last one, and everything is given back."""
        self.probes.discard(probe)
        if self.probes or self._tool is None:
            return not self.probes
        tool, self._tool = self._tool, None
        _monitoring.set_events(tool, 0)
        for event, _ in self._callbacks():
            _monitoring.register_callback(tool, event, None)
        while self._codes:
            _, code = self._codes.popitem()
            _monitoring.set_local_events(tool, code, 0)
        _monitoring.free_tool_id(tool)
        self.current.clear()
        self._types.clear()
        self._names.clear()
        return True

    def _callbacks(self):
        return (
            (_events.PY_START, self._on_start),
            (_events.PY_RESUME, self._on_resume),
            (_events.PY_THROW, self._on_resume),
            (_events.PY_RETURN, self._on_leave),
            (_events.PY_YIELD, self._on_leave),
            (_events.PY_UNWIND, self._on_unwind),
            (_events.CALL, self._on_call),
        )

    def follow(self, code):
        """Asks for the events of a code object, and of those inside it."""
        pending = [code]
        while pending:
            code = pending.pop()
            tool = self._tool
            if tool is None or id(code) in self._codes or len(self._codes) >= _CODES or is_replacement(code):
                continue
            self._codes[id(code)] = code
            _monitoring.set_local_events(tool, code, _LOCAL)
            pending.extend(item for item in code.co_consts if type(item) is _Code)

    # The target's threads.

    def name(self, code):
        """A function's name with its module."""
        return self._names.get(id(code), code.co_qualname)

    def _on_start(self, code, offset):
        inside = self.current.get(get_ident())
        if inside is not None:
            try:
                if id(code) not in self._names:
                    self._learn_name(code)
                for traced in inside:
                    traced.tree.enter(code, True)
            except BaseException as error:
                self._failed(error, inside)

    def _on_resume(self, code, offset, error=None):
        inside = self.current.get(get_ident())
        if inside is not None and id(code) in self._codes:
            try:
                for traced in inside:
                    traced.tree.enter(code, False)
            except BaseException as fault:
                self._failed(fault, inside)

    def _on_leave(self, code, offset, value):
        inside = self.current.get(get_ident())
        if inside is not None:
            try:
                for traced in inside:
                    traced.tree.leave(code)
            except BaseException as error:
                self._failed(error, inside)

    def _on_unwind(self, code, offset, error):
        inside = self.current.get(get_ident())
        if inside is not None:
            try:
                for traced in inside:
                    traced.tree.leave(code, True)
            except BaseException as fault:
                self._failed(fault, inside)

    def _on_call(self, code, offset, function, first):
        inside = self.current.get(get_ident())
        if inside is not None:
            try:
                self._look_at_call(function, first)
            except BaseException as error:
                self._failed(error, inside)

    def _failed(self, error, inside):
        if is_foreign(error):
            raise error
        for traced in inside:
            traced.tree.left_out += 1

    # Finding what is called. None of it runs the program's code.

    def _look_at_call(self, function, first):
        kind = type(function)
        if kind is _Function:
            if id(function.__code__) not in self._codes:
                self._discover(function)
        elif kind is _Method:
            function = function.__func__
            if type(function) is not _Function or id(function.__code__) not in self._codes:
                self._discover(function)
        elif id(kind) not in reading.BUILTIN_CALLABLES:
            self._discover(function)
        kind = type(first)
        if id(kind) not in self._types:
            self._discover_type(kind)
        if kind is _Function or kind is _Method:
            self._discover(first)
        elif kind is _Generator:
            self.follow(first.gi_code)
        elif kind is _Coroutine:
            self.follow(first.cr_code)

    def _discover(self, value):
        if reading.is_class(value):
            self._discover_type(value)
            return
        function = value if type(value) is _Function else plain_function(value)[0]
        if function is not None:
            self.follow(self.hooks.original(function))

    def _discover_type(self, cls):
        """Follows what is called by no name: what makes an object, its special methods, its properties."""
        if id(cls) in self._types or len(self._types) >= _TYPES:
            return
        self._types[id(cls)] = cls
        for base in reading.class_mro(cls):
            for name, value in reading.snapshot(reading.class_dict(base)):
                if type(name) is not str:
                    continue
                if issubclass(type(value), property) or (name[:2] == "__" and name[-2:] == "__"):
                    if type(value) is _Function or id(type(value)) in _WRAPPERS:
                        self._discover(value)

    def _learn_name(self, code):
        frame = sys._getframe(2)  # the caller of the event's function
        module = frame.f_globals.get("__name__") if frame.f_code is code else None
        name = code.co_qualname
        self._names[id(code)] = reading.shown_module(module) + "." + name if type(module) is str else name


def _generator():
    yield


async def _coroutine():
    pass


_Generator = type(_generator())
_pending = _coroutine()
_Coroutine = type(_pending)
_pending.close()
_WRAPPERS = reading.type_ids(staticmethod, classmethod, property)
