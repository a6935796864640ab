"""`source`: the text of functions and classes, as it was loaded."""

from .. import reading
from ..class_facts import facts_of
from ..errors import AgentError
from ..patterns import find_functions, find_values
from ..source_age import change_of
from ..source_blocks import block_end
from ..source_lines import noted_lines, read_lines
from ..targets import innermost

_LINES = 20000


def run(request):
    """The `places` that the pattern matches, up to `limit`, each with its lines; and how many there are in all.

    A place is a function's or a class's `name`, `file`, `first` and `last` line, its `lines`, and a `note`: what keeps
    the lines from being there, or from being what was loaded.
    """
    params = request.params
    limit = params.get("limit", 20)
    if type(limit) is not int or limit < 1:
        raise AgentError("BadRequest", "'limit' is a number of functions")
    pattern = params.get("pattern")
    found = _classes(pattern, request.check) or _functions(pattern, request.check)
    places, left = [], _LINES
    for name, file, first, module, header in found[:limit]:
        request.check()
        place = _place(name, file, first, module, header)
        place["lines"] = place["lines"][:left]
        left -= len(place["lines"])
        places.append(place)
    return {"places": places, "total": len(found)}


def _functions(pattern, check):
    found = []
    for item in find_functions(pattern, check):
        function = innermost(item.function) or item.function  # behind its decorators, as `inspect.getsource` has it
        code = function.__code__
        found.append((item.name, code.co_filename, code.co_firstlineno, function.__module__, "def " + code.co_name))
    return found


def _classes(pattern, check):
    """The one class that the pattern names in full."""
    if type(pattern) is not str or "*" in pattern or "?" in pattern:
        return []
    found = []
    for name, value, _ in find_values(pattern, check):
        if reading.is_class(value):
            facts = facts_of(value)
            own = reading.qualified_name(value).rpartition(".")[2]
            found.append((name, facts.file, facts.line, reading.class_dict(value).get("__module__"), "class " + own))
    return found


def _place(name, file, first, module, header):
    place = {"name": name, "file": file, "first": first, "last": None, "lines": [], "note": None}
    if file is None or first is None:
        place["note"] = "it was not made from a Python file"
        return place
    lines = read_lines(file)
    if lines:
        place["note"] = change_of(file, module)
    else:
        lines = noted_lines(file)
        if not lines:
            is_made = file[:1] == "<"
            place["note"] = "its code was made from text that nobody kept" if is_made else "the file cannot be read"
            return place
    first = _first_line(lines, first, header)
    if first is None:
        place["note"] = "the file has something else in line {}: it has changed since it was loaded".format(place["first"])
        return place
    place["first"], place["last"] = first, block_end(lines, first)
    place["lines"] = [line.rstrip("\r") for line in lines[first - 1 : place["last"]]]
    return place


def _first_line(lines, first, header):
    """The line where the definition begins, or None when it is not there."""
    if first > len(lines):
        return None
    if header.startswith("class "):
        # Before 3.13 a class is only known by its methods: it begins above them.
        for number in range(first, 0, -1):
            if _begins(lines[number - 1], header):
                return _with_decorators(lines, number)
        return None
    if header == "def <lambda>":
        return first if "lambda" in lines[first - 1] else None
    for number in range(first, min(first + 100, len(lines) + 1)):
        text = lines[number - 1].strip()
        if _begins(text, header):
            return first
        if number == first and text[:1] != "@":
            return None
    return None


def _begins(text, header):
    text = text.strip()
    text = text[len("async ") :].lstrip() if text.startswith("async ") else text
    rest = text[len(header) :] if text.startswith(header) else None
    return rest is not None and not (rest[:1].isalnum() or rest[:1] == "_")


def _with_decorators(lines, number):
    while number > 1 and lines[number - 2].strip()[:1] == "@":
        number -= 1
    return number
