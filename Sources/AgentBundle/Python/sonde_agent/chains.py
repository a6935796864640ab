"""The frames of other threads, which go on while they are read."""

import sys

# CO_GENERATOR, CO_COROUTINE, CO_ASYNC_GENERATOR (`inspect`)
_MAY_BE_SUSPENDED = 0x20 | 0x80 | 0x200
_TRIES = 5


def frames_of(ident, frame, limit):
    """The frame of a thread and those that called it, innermost first; at most `limit`.

    A coroutine that is suspended meanwhile does not say any longer who had resumed it: then the thread is read again.
    """
    for _ in range(_TRIES):
        frames = []
        while frame is not None and len(frames) < limit:
            frames.append(frame)
            frame = frame.f_back
        is_cut = frame is None and frames[-1].f_code.co_flags & _MAY_BE_SUSPENDED
        frame = sys._current_frames().get(ident) if is_cut else None
        if frame is None:
            break
    return frames
