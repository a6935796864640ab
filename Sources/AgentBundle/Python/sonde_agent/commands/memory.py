"""`memory`: what the process takes, the objects by type, and how they have grown."""

from time import monotonic

from ..errors import AgentError
from ..heap.census import Census
from ..heap.totals import totals
from ..searching import limit_of

_MARKS = 20


class Mark:
    """A census that later ones are compared with: names and numbers, none of the objects."""

    __slots__ = ("types", "rss", "made")

    def __init__(self, types, rss):
        self.types = types
        self.rss = rss
        self.made = monotonic()


def run(request):
    """The totals; unless only these are wanted (`totals`), a row for each type, or what has `changed` since a mark.

    `mark` keeps the census under that name for the session. `since` names the mark to compare with; when there is none
    of that name yet, this census becomes it, and `marked` says so.
    """
    params = request.params
    data = {"totals": totals()}
    if params.get("totals"):
        return data
    mark, since = _name(params, "mark"), _name(params, "since")
    by = params.get("by", "size")
    if by not in ("size", "count"):
        raise AgentError("BadRequest", "'by' is size or count")
    limit = limit_of(params)
    census = Census(request)
    data.update(census.walk.counts())
    marks = request.session.marks
    before = marks.get(since) if since is not None else None
    if since is not None and before is None:
        mark = since
    if before is None:
        rows = census.rows()
        column = by
    else:
        rows = census.rows_since(before.types)
        column = {"size": "grown", "count": "more"}[by]
        data["seconds"] = monotonic() - before.made
        if data["totals"]["rss"] is not None and before.rss is not None:
            data["rss_grown"] = data["totals"]["rss"] - before.rss
    if mark is not None:
        if mark not in marks and len(marks) >= _MARKS:
            raise AgentError("BadRequest", "a session has at most {} marks".format(_MARKS))
        marks[mark] = Mark(census.types, data["totals"]["rss"])
    data["marked"] = mark
    rows.sort(key=lambda row: (-row[column], row["type"]))
    data["types"] = len(census.types)
    data["rows"] = rows[:limit]
    return data


def _name(params, key):
    name = params.get(key)
    if name is not None and (type(name) is not str or len(name) > 200):
        raise AgentError("BadRequest", "'{}' is the name of a mark".format(key))
    return name
