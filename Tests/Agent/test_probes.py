"""What a watched function may notice: nothing. Tables of functions of every kind, compared with and without a probe."""

import asyncio
import inspect
import pickle
import sys
import traceback
import unittest

from .inprocess import FakeAgent, Watching, module

SHOP = """
import functools, types, abc, collections

def plain(a, b=2):
    "Adds."
    return a + b

def annotated(a: int, *, b: str = "x") -> str:
    return b * a

def everything(a, b=2, *rest, c, d=4, **more):
    return (a, b, rest, c, d, more)

if True:
    exec('''def positional(a, b=2, /, c=3, *, d=4, **more):
    return (a, b, c, d, more)
''')

def nothing():
    return None

def local_names(a):
    t = r = e = k = h = i = g = c = a
    return sorted(locals())

def counter():
    count = 0
    def step(by=1):
        nonlocal count
        count += by
        return count
    return step

step = counter()

def failing(kind):
    raise kind("no")

def nested_failure(kind):
    return failing(kind)

def chained():
    try:
        failing(KeyError)
    except KeyError as error:
        raise ValueError("chained") from error

def recursive(n):
    return 1 if n == 0 else n * recursive(n - 1)

def generator(n):
    got = []
    for i in range(n):
        got.append((yield i))
    return got

def delegating(n):
    result = yield from generator(n)
    return result

def catching():
    while True:
        try:
            yield "ready"
        except KeyError as error:
            yield ("caught", str(error))

async def coroutine(n):
    if n < 0:
        raise ValueError(n)
    await pause()
    return n * 2

@types.coroutine
def pause():
    yield

async def asyncgen(n):
    try:
        for i in range(n):
            got = yield i
            if got is not None:
                yield ("got", got)
    finally:
        LOG.append("closed")

LOG = []

def logged(function):
    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        LOG.append(function.__name__)
        return function(*args, **kwargs)
    return wrapper

@logged
def decorated(user, amount=1):
    return (user, amount)

@functools.lru_cache(maxsize=None)
def cached(n):
    return n + 1

part = functools.partial(plain, 1)

class Base:
    def greet(self):
        return "base"
    @classmethod
    def named(cls):
        return cls.__name__

class Cart(Base):
    rate = 2
    def __init__(self, total=0):
        self.total = total
    def add(self, n):
        self.total += n
        return self.total
    def greet(self):
        return super().greet() + "+cart"
    @classmethod
    def make(cls, total):
        return cls(total)
    @staticmethod
    def double(n):
        return n * 2
    @property
    def doubled(self):
        return self.total * 2
    @doubled.setter
    def doubled(self, value):
        self.total = value // 2
    def __call__(self, n):
        return self.total + n
    def __repr__(self):
        raise RuntimeError("no repr")
    @functools.lru_cache(maxsize=None)
    def slow(self, n):
        return n
    def __private(self):
        return "private"
    def open(self):
        return self.__private()

class Wide(Cart):
    pass

class Slotted:
    __slots__ = ("x",)
    def __init__(self, x):
        self.x = x
    def get(self):
        return self.x

class Abstract(abc.ABC):
    @abc.abstractmethod
    def run(self):
        return "abstract"

class Concrete(Abstract):
    def run(self):
        return super().run() + "!"

CART = Cart(1)
bound = Cart(10).add
handler = {"x": plain}["x"]
"""


def shop():
    return module(SHOP)


# pattern, code to run, observations as (func, args, result), or None where they are not compared
CALLS = [
    ("shop.plain", "plain(1)", [("shop.plain", [1, 2], 3)]),
    ("shop:plain", "plain(b=5, a=1)", [("shop.plain", [1, 5], 6)]),
    ("shop.plain", "handler(1, 1)", [("shop.plain", [1, 1], 2)]),
    ("shop.plain", "list(map(plain, [1, 2], [3, 4]))", [("shop.plain", [1, 3], 4), ("shop.plain", [2, 4], 6)]),
    ("shop.plain", "sorted([3, 1], key=plain)", [("shop.plain", [3, 2], 5), ("shop.plain", [1, 2], 3)]),
    ("shop.annotated", "annotated(2, b='z')", [("shop.annotated", [2], "zz")]),
    ("shop.everything", "everything(1, c=3)", [("shop.everything", [1, 2], None)]),
    ("shop.everything", "everything(1, 2, 3, 4, c=5, z=6)", [("shop.everything", [1, 2, 3, 4], None)]),
    ("shop.positional", "positional(1, a=5, b=6, d=7)", [("shop.positional", [1, 2, 3], None)]),
    ("shop.nothing", "nothing()", [("shop.nothing", [], None)]),
    ("shop.local_names", "local_names(1)", [("shop.local_names", [1], None)]),
    ("shop.step", "[step(), step(5), step.__closure__[0].cell_contents]", None),
    ("shop.recursive", "recursive(5)", [("shop.recursive", [n], None) for n in range(6)]),
    ("shop.generator", "list(generator(3))", [("shop.generator", [3], [None, None, None])]),
    ("shop.delegating", "drive(delegating(2), 'a', 'b')", [("shop.delegating", [2], ["a", "b"])]),
    ("shop.generator", "drive(delegating(2), 'a', 'b')", [("shop.generator", [2], ["a", "b"])]),
    ("shop.catching", "thrown(catching())", None),
    ("shop.coroutine", "run(coroutine(4))", [("shop.coroutine", [4], 8)]),
    ("shop.pause", "run(coroutine(4))", [("shop.pause", [], None)]),
    ("shop.asyncgen", "run(collect(asyncgen(3)))", [("shop.asyncgen", [3], None)]),
    ("shop.asyncgen", "run(sending(asyncgen(3)))", None),
    ("shop.asyncgen", "run(breaking(asyncgen(3)))", None),
    ("shop.decorated", "decorated('bob', amount=3)", [("shop.decorated", ["bob"], None)]),
    ("shop.cached", "[cached(1), cached(1), cached(2), cached.cache_info().hits]", None),
    ("shop.part", "part(b=4)", [("shop.part", [1, 4], 5)]),
    ("shop.Cart.add", "Cart(1).add(2)", [("shop.Cart.add", [2], 3)]),
    ("shop.Cart.add", "bound(0)", [("shop.Cart.add", [0], 10)]),
    ("shop.Cart.greet", "Cart().greet()", [("shop.Cart.greet", [], "base+cart")]),
    ("shop.Base.greet", "Cart().greet()", [("shop.Base.greet", [], "base")]),
    ("shop.Wide.add", "Wide(1).add(2)", [("shop.Wide.add", [2], 3)]),
    ("shop.Base.named", "[Cart.named(), Wide().named(), Base.named()]", None),
    ("shop.Cart.make", "[type(Wide.make(3)).__name__, Cart.make(4).total]", None),
    ("shop.Cart.double", "[Cart.double(2), Cart().double(3)]", [("shop.Cart.double", [2], 4), ("shop.Cart.double", [3], 6)]),
    ("shop.Cart.doubled", "Cart(4).doubled", [("shop.Cart.doubled", [], 8)]),
    ("shop.Cart.doubled", "setattr(CART, 'doubled', 2)", []),
    ("shop.Cart.__init__", "Cart(7).total", [("shop.Cart.__init__", [7], None)]),
    ("shop.Cart.__call__", "Cart(1)(2)", [("shop.Cart.__call__", [2], 3)]),
    ("shop.CART", "CART(2)", None),
    ("shop.CART.add", "CART.add(0)", None),
    ("shop.bound", "bound(0)", [("shop.bound", [0], 10)]),
    ("shop.Cart.slow", "Cart(1).slow(2)", [("shop.Cart.slow", [2], 2)]),
    ("shop.Cart._Cart__private", "Cart().open()", [("shop.Cart._Cart__private", [], "private")]),
    ("shop.Slotted.get", "Slotted(5).get()", [("shop.Slotted.get", [], 5)]),
    ("shop.Abstract.run", "Concrete().run()", [("shop.Abstract.run", [], "abstract")]),
    ("shop.Concrete.run", "Concrete().run()", [("shop.Concrete.run", [], "abstract!")]),
]


def drive(generator, *values):
    seen = [next(generator)]
    try:
        for value in values:
            seen.append(generator.send(value))
    except StopIteration as stop:
        seen.append(("stop", stop.value))
    return seen


def thrown(generator):
    seen = [next(generator), generator.throw(KeyError("k")), next(generator)]
    generator.close()
    return seen


async def collect(generator):
    return [item async for item in generator]


async def sending(generator):
    seen = [await generator.asend(None), await generator.asend("x"), await generator.asend(None)]
    await generator.aclose()
    return seen


async def breaking(generator):
    seen = []
    try:
        seen.append(await generator.__anext__())
        await generator.athrow(KeyError("k"))
    except KeyError as error:
        seen.append(str(error))
    return seen


def run(coroutine):
    loop = asyncio.new_event_loop()
    try:
        return loop.run_until_complete(coroutine)
    finally:
        loop.close()


HELPERS = {"drive": drive, "thrown": thrown, "collect": collect, "sending": sending, "breaking": breaking, "run": run}


def outcome(space, code):
    """The value as text, or the error."""
    try:
        return repr(eval(code, dict(vars(space), **HELPERS)))
    except Exception as error:
        return "{}: {}".format(type(error).__name__, error)


def snapshot(space):
    """Everything of the module that a probe might leave changed."""
    seen = []

    def add(path, value):
        if isinstance(value, (staticmethod, classmethod)):
            seen.append((path, type(value).__name__, id(value)))
            value = value.__func__
        if inspect.isfunction(value):
            seen.append((path, id(value), id(value.__code__), value.__defaults__, value.__kwdefaults__, value.__doc__))
            seen.append((path, value.__name__, value.__qualname__, value.__module__, sorted(value.__dict__), value.__closure__))
        elif inspect.isclass(value) and value.__module__ == "shop":
            for name, member in sorted(vars(value).items()):
                add(path + "." + name, member)
        else:
            seen.append((path, id(value)))

    for name, value in sorted(vars(space).items()):
        add(name, value)
    return seen


class CallTests(unittest.TestCase):
    maxDiff = None

    def test_calls_do_the_same_and_are_seen(self):
        for pattern, code, expected in CALLS:
            for guard in (None, "cost >= 0", "thread != ''"):
                with self.subTest(pattern=pattern, code=code, guard=guard):
                    untouched = outcome(shop(), code)
                    space = shop()
                    before = snapshot(space)
                    with Watching(pattern, guard, expand=3) as watching:
                        self.assertEqual(outcome(space, code), untouched)
                    self.assertEqual(snapshot(space), before)
                    self.assertEqual(len(watching.agent.hooks), 0)
                    seen = [(item["func_name"], item["args"]) for item in watching.observations]
                    if expected is None:
                        self.assertNotEqual(seen, [])
                        continue
                    self.assertEqual(sorted(seen, key=repr), sorted([item[:2] for item in expected], key=repr))
                    for item, (_, _, result) in zip(watching.observations, expected):
                        if result is not None:
                            self.assertEqual(item["result"], result)
                        self.assertIsNone(item["error"])
                        self.assertGreaterEqual(item["duration_ms"], 0)

    def test_a_false_guard_shows_nothing_and_changes_nothing(self):
        for pattern, code, _ in CALLS:
            for guard in ("cost > 1e9", "func == 'x'"):
                with self.subTest(pattern=pattern, code=code, guard=guard):
                    untouched = outcome(shop(), code)
                    space = shop()
                    before = snapshot(space)
                    with Watching(pattern, guard) as watching:
                        self.assertEqual(outcome(space, code), untouched)
                    self.assertEqual(snapshot(space), before)
                    self.assertEqual(watching.observations, [])

    def test_what_the_function_looks_like(self):
        for pattern, function in [
            ("shop.plain", lambda space: space.plain),
            ("shop.annotated", lambda space: space.annotated),
            ("shop.everything", lambda space: space.everything),
            ("shop.positional", lambda space: space.positional),
            ("shop.step", lambda space: space.step),
            ("shop.generator", lambda space: space.generator),
            ("shop.coroutine", lambda space: space.coroutine),
            ("shop.asyncgen", lambda space: space.asyncgen),
            ("shop.pause", lambda space: space.pause),
            ("shop.Cart.greet", lambda space: space.Cart.greet),
        ]:
            with self.subTest(pattern=pattern):
                space = shop()

                def look():
                    value = function(space)
                    code = value.__code__
                    return [
                        id(value),
                        str(inspect.signature(value)),
                        inspect.getdoc(value),
                        inspect.iscoroutinefunction(value),
                        inspect.isgeneratorfunction(value),
                        inspect.isasyncgenfunction(value),
                        inspect.isawaitable(value),
                        code.co_name,
                        code.co_filename,
                        code.co_firstlineno,
                        code.co_argcount,
                        code.co_posonlyargcount,
                        code.co_kwonlyargcount,
                        code.co_freevars,
                        code.co_flags & 0x3FF & ~0x40,
                        code.co_varnames[: len(inspect.signature(value).parameters)],
                        getattr(code, "co_qualname", None),
                        value.__closure__ and [cell.cell_contents for cell in value.__closure__],
                    ]

                before = look()
                with Watching(pattern) as _:
                    self.assertEqual(look(), before)

    def test_a_function_is_pickled_by_name(self):
        space = shop()
        with Watching("shop.plain"):
            self.assertIs(pickle.loads(pickle.dumps(space.plain)), space.plain)

    def test_a_wrong_call_gives_the_same_error(self):
        for code in ["plain()", "plain(1, 2, 3)", "plain(x=1)", "everything(1)", "positional(a=1)", "Cart().add()"]:
            pattern = "shop." + code.partition("(")[0].replace("()", "") if "." not in code else "shop.Cart.add"
            with self.subTest(code=code):
                untouched = outcome(shop(), code)
                space = shop()
                with Watching(pattern) as watching:
                    self.assertEqual(outcome(space, code), untouched)
                self.assertEqual(watching.observations, [])


class ErrorTests(unittest.TestCase):
    def test_an_error_passes_and_is_seen(self):
        for guard in (None, "error is not None", "cost >= 0", "kind is not None"):
            space = shop()
            with Watching("shop.failing", guard) as watching:
                with self.assertRaises(KeyError) as caught:
                    space.failing(KeyError)
            self.assertEqual(caught.exception.args, ("no",))
            self.assertIsNone(caught.exception.__context__)
            self.assertEqual([item["error"]["$repr"] for item in watching.observations], ["KeyError('no')"])

    def test_tracebacks_name_the_same_functions(self):
        for guard in (None, "cost >= 0", "kind is None"):
            space = shop()

            def frames():
                try:
                    space.nested_failure(ValueError)
                except ValueError as error:
                    entries = traceback.extract_tb(error.__traceback__)[1:]
                    return [(entry.name, entry.lineno, entry.filename) for entry in entries]

            plain = frames()
            with Watching("shop.failing", guard):
                watched = frames()
            if sys.version_info >= (3, 11):
                self.assertEqual(watched, plain)
            else:
                # The replacement shows once, as the function's own first line.
                first = space.failing.__code__.co_firstlineno
                self.assertEqual(watched, [plain[0], ("failing", first, plain[0][2]), plain[1]])

    def test_causes_are_kept(self):
        space = shop()
        with Watching("shop.*"):
            with self.assertRaises(ValueError) as caught:
                space.chained()
        self.assertIs(type(caught.exception.__cause__), KeyError)

    def test_base_exceptions_pass(self):
        for kind in (KeyboardInterrupt, SystemExit, GeneratorExit):
            space = shop()
            with Watching("shop.failing") as watching:
                with self.assertRaises(kind):
                    space.failing(kind)
            self.assertEqual(len(watching.observations), 1)

    def test_a_guard_that_fails_drops_the_observation_and_is_told_once(self):
        for guard in ("a.nothing > 1", "result['x'] == 1"):
            space = shop()
            with Watching("shop.plain", guard) as watching:
                self.assertEqual([space.plain(1), space.plain(2)], [3, 4])
                self.assertEqual(watching.probe.guard_errors.value, 2)
            self.assertEqual(watching.observations, [])
            self.assertEqual([event["event"] for event in watching.events], ["guard_error", "watch_stopped"])
            self.assertEqual(watching.events[0]["func"], "shop.plain")
            self.assertEqual(watching.events[0]["start"], 0)
            self.assertEqual(watching.events[1]["guard_errors"], 2)

    def test_an_interrupt_in_the_middle_of_an_observation_is_the_programs(self):
        from sonde_agent.probes import point

        space = shop()
        original = point.Capture.value
        for kind in (KeyboardInterrupt, SystemExit):

            def interrupted(*_):
                raise kind

            with Watching("shop.plain") as watching:
                point.Capture.value = interrupted
                try:
                    with self.assertRaises(kind):
                        space.plain(1)
                finally:
                    point.Capture.value = original
            self.assertEqual(watching.observations, [])

    def test_a_failing_capture_is_a_dropped_observation(self):
        from sonde_agent.probes import point

        space = shop()
        original = point.Capture._list
        capture = sys.modules["sonde_agent.capture"]

        def broken(*_):
            raise ZeroDivisionError

        space.recursive  # noqa: B018
        broken_module = dict(capture._BY_TYPE)
        broken_module[list] = eval("lambda *_: 1 // 0", {"__name__": "sonde_agent.capture"})
        before, capture._BY_TYPE = capture._BY_TYPE, broken_module
        try:
            with Watching("shop.plain") as watching:
                self.assertEqual(space.plain([1], [2]), [1, 2])
                self.assertEqual(watching.probe.dropped, 1)
        finally:
            capture._BY_TYPE = before
        self.assertIsNotNone(original)
        self.assertEqual(watching.observations, [])


class GuardTests(unittest.TestCase):
    def seen(self, pattern, guard, code, **params):
        space = shop()
        with Watching(pattern, guard, **params) as watching:
            outcome(space, code)
        return len(watching.observations)

    def test_names(self):
        cases = [
            ("shop.plain", "a == 1", "plain(1)", 1),
            ("shop.plain", "a == 2", "plain(1)", 0),
            ("shop.plain", "args[0] == 1 and params[1] == 2", "plain(1)", 1),
            ("shop.plain", "len(args) == 2", "plain(1)", 1),
            ("shop.plain", "arg.a == 1 and arg.b == 2", "plain(1)", 1),
            ("shop.plain", "result == 3", "plain(1)", 1),
            ("shop.plain", "result == 3 and a == 1 and cost < 1000", "plain(1)", 1),
            ("shop.plain", "error is None", "plain(1)", 1),
            ("shop.plain", "error is None", "plain(1, 'x')", 0),
            ("shop.plain", "error is not None", "plain(1, 'x')", 1),
            ("shop.plain", "thread == 'MainThread'", "plain(1)", 1),
            ("shop.plain", "func == 'shop.plain'", "plain(1)", 1),
            ("shop.plain", "ts > 1e9", "plain(1)", 1),
            ("shop.everything", "c == 3 and d == 4", "everything(1, c=3)", 1),
            ("shop.everything", "kwargs['c'] == 3 and kwargs['z'] == 9", "everything(1, c=3, z=9)", 1),
            ("shop.everything", "len(rest) == 2 and rest[1] == 4", "everything(1, 2, 3, 4, c=3)", 1),
            ("shop.everything", "len(args) == 4", "everything(1, 2, 3, 4, c=3)", 1),
            ("shop.everything", "more['z'] == 1", "everything(1, c=2, z=1)", 1),
            ("shop.Cart.add", "self.total == 5", "Cart(5).add(1)", 1),
            ("shop.Cart.add", "self.rate == 2", "Cart(5).add(1)", 1),
            ("shop.Cart.add", "n == 1 and args[0] == 1", "Cart(5).add(1)", 1),
            ("shop.Cart.double", "n == 1 and args[0] == 1", "Cart(5).double(1)", 1),
            ("shop.decorated", "user == 'bob' and amount == 1", "decorated('bob')", 1),
            ("shop.decorated", "user == 'bob' and amount == 3", "decorated('bob', 3)", 1),
            ("shop.decorated", "user == 'bob' and amount == 3", "decorated(amount=3, user='bob')", 1),
            ("shop.coroutine", "n == 4 and result == 8", "run(coroutine(4))", 1),
            ("shop.generator", "n == 3", "list(generator(3))", 1),
            ("shop.asyncgen", "n == 3 and cost >= 0", "run(collect(asyncgen(3)))", 1),
            ("shop.Cart.*", "n == 1", "[Cart(5).add(1), Cart.double(1), Cart(1).greet()]", 2),
        ]
        for pattern, guard, code, count in cases:
            with self.subTest(pattern=pattern, guard=guard, code=code):
                self.assertEqual(self.seen(pattern, guard, code), count)

    def test_reserved_names_are_parameters_by_arg(self):
        space = module("def pay(cost, func, result):\n    return cost\n", "till")
        with Watching("till.pay", "arg.cost == 5 and arg.func == 'f' and cost < 1000 and arg.result == 9") as watching:
            space.pay(5, "f", 9)
            space.pay(6, "f", 9)
        self.assertEqual([item["arg"]["cost"] for item in watching.observations], [5])

    def test_an_unknown_name_is_refused_with_its_place(self):
        from sonde_agent.errors import AgentError

        shop()
        cases = [
            ("shop.plain", "cost > 1 and parms[0] == 1", 13, 18, "params"),
            ("shop.plain", "self.x == 1", 0, 4, "methods"),
            ("shop.plain", "arg.z == 1", 0, 5, None),
        ]
        for pattern, guard, start, end, hint in cases:
            with self.assertRaises(AgentError, msg=guard) as caught:
                Watching(pattern, guard).start()
            error = caught.exception
            self.assertEqual((error.kind, error.start, error.end), ("UnknownName", start, end), guard)
            if hint is not None:
                self.assertIn(hint, error.hint)

    def test_a_guard_that_is_no_tree_is_refused(self):
        from sonde_agent.errors import AgentError

        shop()
        for tree in [{}, [], "cost > 1", {"v": 1, "root": ["name", 0, 1, "__class__"]}, {"v": 1, "root": ["exec", 0, 1]}]:
            watching = Watching("shop.plain")
            watching.request.params["condition"] = tree
            with self.assertRaises(AgentError, msg=tree) as caught:
                watching.start()
            self.assertEqual(caught.exception.kind, "BadTree", tree)

    def test_a_guard_changes_nothing(self):
        space = module("import collections\ndef take(d):\n    return len(d)\nD = collections.defaultdict(list)\n")
        with Watching("shop.take", "d['missing'] == 1") as watching:
            self.assertEqual(space.take(space.D), 0)
        self.assertEqual(watching.probe.guard_errors.value, 1)
        self.assertEqual(dict(space.D), {})


class EventTests(unittest.TestCase):
    def test_on(self):
        cases = [
            (["enter"], ["enter", "enter"]),
            (["return"], [None]),
            (["error"], [None]),
            (["return", "error"], [None, None]),
            (["enter", "return", "error"], ["enter", "return", "enter", "error"]),
        ]
        for on, expected in cases:
            for guard in (None, "a != 7"):
                space = shop()
                with Watching("shop.plain", guard, on=on) as watching:
                    space.plain(1)
                    outcome(space, "plain('x')")
                self.assertEqual([item.get("at") for item in watching.observations], expected, (on, guard))

    def test_arguments_are_those_of_the_entry(self):
        space = module("def grow(items):\n    items.append(2)\n    return items\n")
        with Watching("shop.grow") as watching:
            space.grow([1])
        self.assertEqual(watching.observations[0]["args"], [[1]])
        self.assertEqual(watching.observations[0]["result"], [1, 2])

    def test_a_closed_generator_is_no_error(self):
        space = shop()
        with Watching("shop.generator") as watching:
            generator = space.generator(3)
            next(generator)
            generator.close()
            space.generator(3).close()  # never begun: nothing to see
        self.assertEqual([item["error"] for item in watching.observations], [None])

    def test_the_number_is_exact(self):
        space = shop()
        watching = Watching("shop.plain", times=3).start()
        for n in range(10):
            space.plain(n)
        self.assertEqual([item["args"][0] for item in watching.observations], [0, 1, 2])
        self.assertEqual(watching.events[-1]["reason"], "limit")
        self.assertEqual(len(watching.agent.hooks), 0)

    def test_the_rate_is_kept_and_the_rest_is_counted(self):
        space = shop()
        with Watching("shop.plain", rate=5) as watching:
            for n in range(20):
                space.plain(n)
        self.assertEqual(len(watching.observations) + watching.probe.dropped, 20)
        self.assertLessEqual(len(watching.observations), 10)

    def test_bad_parameters_are_refused(self):
        from sonde_agent.errors import AgentError

        shop()
        for params in [
            {"times": -1}, {"times": "3"}, {"seconds": "x"}, {"rate": 0}, {"expand": -1}, {"on": []}, {"on": ["x"]},
            {"on": "return"}, {"max_bytes": 1}, {"times": True}, {"seconds": float("inf")},
        ]:
            with self.assertRaises(AgentError, msg=params) as caught:
                Watching("shop.plain", **params).start()
            self.assertEqual(caught.exception.kind, "BadRequest")
        with self.assertRaises(AgentError):
            Watching("shop.plain", "cost > 1", on=["enter", "return"]).start()


class StackTests(unittest.TestCase):
    def test_the_callers_are_named_innermost_first(self):
        space = module("def inner(a):\n    return a\ndef middle(a):\n    return inner(a)\ndef outer(a):\n    return middle(a)\n")
        for guard in (None, "a == 1", "result == 1"):
            agent = FakeAgent()
            with Watching("shop.middle", agent=agent):
                with Watching("shop.inner", guard, agent=agent, command="stack") as watching:
                    space.outer(1)
                    space.outer(2)
            stacks = [[entry[2] for entry in item["stack"]][:2] for item in watching.observations]
            expected = [["shop.middle", "shop.outer"]] * (2 if guard is None else 1)
            self.assertEqual(stacks, expected, guard)
            self.assertIsNone(watching.observations[0]["duration_ms"])


class ManyProbesTests(unittest.TestCase):
    def test_probes_leave_in_any_order(self):
        import itertools

        for order in itertools.permutations(range(3)):
            space = shop()
            original = space.plain.__code__
            agent = FakeAgent()
            guards = [None, "a > 1", "cost >= 0"]
            probes = [Watching("shop.plain", guard, agent=agent).start() for guard in guards]
            space.plain(1)
            space.plain(2)
            self.assertEqual([len(probe.observations) for probe in probes], [2, 1, 2])
            for left, index in enumerate(order):
                probes[index].stop()
                self.assertEqual(space.plain(5), 7)
                self.assertEqual(space.plain.__code__ is original, left == 2)
            counts = [len(probe.observations) for probe in probes]
            space.plain(6)
            self.assertEqual([len(probe.observations) for probe in probes], counts)

    def test_calls_in_flight_finish(self):
        space = shop()
        watching = Watching("shop.generator").start()
        generator = space.generator(2)
        self.assertEqual(next(generator), 0)
        watching.stop()
        self.assertEqual(drive_rest(generator), ([1], [None, None]))
        self.assertEqual(watching.observations, [])

    def test_code_that_the_program_replaced_stays(self):
        for again in (False, True):
            space = shop()
            agent = FakeAgent()
            first = Watching("shop.plain", agent=agent).start()
            new = space.nothing.__code__
            space.plain.__code__ = (lambda a, b=2: "new").__code__
            new = space.plain.__code__
            if again:
                second = Watching("shop.plain", agent=agent).start()
                self.assertEqual(space.plain(1), "new")
                self.assertEqual(len(second.observations), 1)
                first.stop()
                self.assertEqual(space.plain(1), "new")
                self.assertEqual(len(second.observations), 2)
                second.stop()
            else:
                first.stop()
            self.assertIs(space.plain.__code__, new)

    def test_a_probe_inside_a_probe(self):
        space = shop()
        agent = FakeAgent()
        with Watching("shop.nested_failure", agent=agent) as outer:
            with Watching("shop.failing", agent=agent) as inner:
                with self.assertRaises(ValueError):
                    space.nested_failure(ValueError)
        self.assertEqual((len(outer.observations), len(inner.observations)), (1, 1))

    def test_what_a_capture_calls_is_not_observed(self):
        space = module("class Odd:\n    def __del__(self):\n        touched(1)\ndef touched(a):\n    return a\ndef make(a):\n    return a\n")
        from sonde_agent.probes import point

        agent = FakeAgent()
        original = point.Capture.value

        def touching(self, value, depth):
            space.touched(2)
            return original(self, value, depth)

        with Watching("shop.touched", agent=agent) as touched, Watching("shop.make", agent=agent) as make:
            point.Capture.value = touching
            try:
                space.make(1)
            finally:
                point.Capture.value = original
        self.assertEqual((len(touched.observations), len(make.observations)), (0, 1))


def drive_rest(generator):
    seen = []
    while True:
        try:
            seen.append(next(generator))
        except StopIteration as stop:
            return seen, stop.value


if __name__ == "__main__":
    unittest.main()
