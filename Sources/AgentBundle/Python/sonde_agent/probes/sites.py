"""Where a probe may sit: functions that a pattern found, each with the guard compiled for it."""

from ..errors import AgentError
from . import names
from .wrapper import Spelling


class Site:
    """One function, how its parameters are spelled, and what a guard needs of it.

    `arguments` are the source expressions of the guard's arguments, None without a guard; `objects` what they name;
    `decided_at_entry` says whether the guard needs nothing of what the call brings.
    """

    __slots__ = ("found", "layout", "spelling", "guard", "arguments", "decided_at_entry", "objects")

    def __init__(self, found, guard):
        self.found = found
        self.layout = found.layout
        self.spelling = Spelling(found.function.__code__, self.layout)
        known = names.GuardNames(found, self.layout, self.spelling)
        self.guard = guard
        self.arguments = None if guard is None else [known.expression(name) for name in guard.names]
        self.decided_at_entry = guard is None or not names.AT_EXIT.intersection(guard.names)
        self.objects = known.objects


def make_sites(found, tree):
    """A site for each function that has the names of the guard; `AgentError` when the guard is none, or fits none."""
    guard = _compile(tree) if tree is not None else None
    sites = []
    missing = None
    for item in found:
        try:
            sites.append(Site(item, guard))
        except names.UnknownName as error:
            missing = missing or error.name
    if not sites:
        raise names.unknown_name(tree, missing, union(item.params for item in found))
    return sites


def union(lists):
    """The items of all lists, each once."""
    result = []
    for items in lists:
        result += [item for item in items if item not in result]
    return result


# What the replacement guarantees of the values that it hands to a guard.
_KNOWN = {"cost": float, "ts": float, "thread": str, "func": str, "args": tuple, "params": tuple, "kwargs": dict}


def _compile(tree):
    # Loaded only for a guard: it is most of the agent's source.
    from ..expression import TreeError, compile_tree

    try:
        return compile_tree(names.rewritten(tree), known=_KNOWN, condition=True)
    except TreeError as error:
        message = "the guard is refused: {}".format(error.message)
        raise AgentError(error.kind, message, None, error.start, error.end) from None
