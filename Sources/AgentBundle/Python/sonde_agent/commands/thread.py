"""`thread`: the target's threads, what each does and what it waits for, busiest first; or their locks."""

from ..errors import AgentError
from ..threads import processor_times, thread_rows
from ..waiting import pause

_LONGEST = 600.0


def run(request):
    """A row for each thread.

    `id` picks one (its ident or native id), `stack` adds where it stands, `seconds` is for how long their use of a
    processor is measured, and `limit` keeps the busiest. With `locks` there is a row for each lock that a thread holds
    or waits for, and `deadlocks` are those rows that make a circle.
    """
    agent = request.agent
    params = request.params
    if params.get("locks"):
        from ..locks import lock_rows

        rows, deadlocks = lock_rows(agent.threads, request.check)
        return {"rows": rows, "deadlocks": deadlocks}
    wanted = _number(params, "id")
    limit = _number(params, "limit")
    seconds = params.get("seconds") or 0.0
    if type(seconds) not in (int, float) or not 0 <= seconds <= _LONGEST:
        raise AgentError("BadRequest", "'seconds' is a time up to {:g}".format(_LONGEST))
    before = None
    if seconds:
        before = processor_times()
        pause(seconds, request.check)
    rows = thread_rows(agent.threads, request.check, before, bool(params.get("stack")), agent.frame)
    if wanted is not None:
        rows = [row for row in rows if wanted in (row["id"], row["native_id"])]
        if not rows:
            raise AgentError("TargetNotFound", "there is no thread {}".format(wanted), "thread lists them")
    rows.sort(key=lambda row: (-(row["cpu"] or 0.0), -(row["cpu_ms"] or 0.0)))
    return {"rows": rows[:limit] if limit else rows, "total": len(rows)}


def _number(params, name):
    value = params.get(name)
    if value is not None and (type(value) is not int or value < 0):
        raise AgentError("BadRequest", "'{}' is a number".format(name))
    return value
