"""`tracemalloc`: where the live memory was allocated, by the interpreter's own tracing."""

from ..errors import AgentError
from ..heap import tracing
from ..searching import limit_of


def run(request):
    """Does what `action` says: `start`, `stop`, or `top`, the places that have most, grown since the last `top`."""
    params = request.params
    action = params.get("action")
    session = request.session
    if action == "start":
        if params.get("allow") != "exec":
            message = "tracing slows every allocation of the target down"
            raise AgentError("NotPermitted", message, "start sonde with --allow exec")
        frames = params.get("frames", 1)
        if type(frames) is not int:
            raise AgentError("BadRequest", "'frames' is a number of frames")
        tracing.start(session, frames)
        return {"tracing": True}
    if action == "stop":
        ended = tracing.stop(session)
        session.marks.pop(_MARK, None)
        return {"tracing": not ended}
    if action != "top":
        raise AgentError("BadRequest", "'action' is start, stop or top")
    return _top(request)


_MARK = ("tracemalloc",)  # beside the names of `memory`, which are text


def _top(request):
    params = request.params
    by_line = params.get("by", "line") == "line"
    limit = limit_of(params)
    places = tracing.by_place(request, by_line)
    kind, before = request.session.marks.get(_MARK, (by_line, None))
    before = before if kind is by_line else None
    request.session.marks[_MARK] = (by_line, places)
    rows = []
    for (file, line), (count, size) in sorted(places.items(), key=lambda item: -item[1][1])[:limit]:
        row = {"size": size, "count": count, "grown": None, "file": file, "line": line or None, "code": None}
        if before is not None:
            row["grown"] = size - before.get((file, line), (0, 0))[1]
        if line:
            row["code"] = request.agent.frame(file, line, None)["code"]
        rows.append(row)
    return dict(tracing.totals(), rows=rows, places=len(places))
