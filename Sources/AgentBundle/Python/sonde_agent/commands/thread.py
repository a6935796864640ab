"""`thread`: the target's threads, what each does and what it waits for, busiest first."""

from ..errors import AgentError
from ..threads import thread_rows


def run(request):
    """A row for each thread; `id` picks one (its ident or native id), `stack` adds where it stands."""
    agent = request.agent
    wanted = request.params.get("id")
    if wanted is not None and type(wanted) is not int:
        raise AgentError("BadRequest", "'id' is a thread's number")
    with_stack = bool(request.params.get("stack"))
    rows = thread_rows(agent.threads, None, with_stack, agent.frame)
    if wanted is not None:
        rows = [row for row in rows if wanted in (row["id"], row["native_id"])]
        if not rows:
            raise AgentError("TargetNotFound", "there is no thread {}".format(wanted), "thread lists them")
    rows.sort(key=lambda row: -(row["cpu_ms"] or 0.0))
    return {"rows": rows}
