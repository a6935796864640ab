"""Where a suspended coroutine stands: the frames that await each other, down to the one that really waits.

Everything is read through the interpreter's own attributes of coroutines and generators.
"""

_LIMIT = 100


def _sample_coroutine():
    async def coroutine():
        """Only its type is of interest."""

    sample = coroutine()
    sample.close()
    return sample


def _sample_async_generator():
    async def generator():
        yield

    return generator()


_Coroutine = type(_sample_coroutine())
_Generator = type(value for value in ())
_AsyncGenerator = type(_sample_async_generator())
_KINDS = (_Coroutine, _Generator, _AsyncGenerator)

# Objects of the interpreter that only pass on, and have no attribute for what is below them.
_LINKS = ("coroutine_wrapper", "async_generator_asend", "async_generator_athrow", "anext_awaitable")


def qualified_name(coroutine):
    """The name of the coroutine's function, or None."""
    return coroutine.__qualname__ if type(coroutine) in _KINDS else None


def is_running(coroutine):
    """Whether the coroutine is executing just now."""
    kind = type(coroutine)
    return (kind is _Coroutine and coroutine.cr_running) or (kind is _Generator and coroutine.gi_running)


def await_chain(coroutine):
    """(frame, qualified name) of the coroutine and of what it awaits, outermost first; then what is awaited at last."""
    chain = []
    while len(chain) < _LIMIT:
        kind = type(coroutine)
        if kind is _Coroutine:
            frame, inner = coroutine.cr_frame, coroutine.cr_await
        elif kind is _Generator:
            frame, inner = coroutine.gi_frame, coroutine.gi_yieldfrom
        elif kind is _AsyncGenerator:
            frame, inner = coroutine.ag_frame, coroutine.ag_await
        elif kind.__name__ in _LINKS:
            import gc

            below = [item for item in gc.get_referents(coroutine) if type(item) in _KINDS]
            if not below:
                return chain, coroutine
            coroutine = below[0]
            continue
        else:
            return chain, coroutine
        if frame is not None:
            chain.append((frame, coroutine.__qualname__))
        coroutine = inner
    return chain, coroutine
