"""A module with functions of every kind, and what the tests do with them."""

import asyncio

from .inprocess import module

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
    @logged
    def wrapped_method(self, n, scale=3, *, unit="eur"):
        return self.total + n * scale
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


def drive_rest(generator):
    seen = []
    while True:
        try:
            seen.append(next(generator))
        except StopIteration as stop:
            return seen, stop.value
