"""Where a definition ends in its file, without parsing the file."""

_QUOTES = ('"""', "'''", '"', "'")


def block_end(lines, first):
    """The number of the last line of the definition that begins in line `first` (its first decorator, if it has any).

    Lines are counted from 1. A definition ends before the next statement that is not indented further than it is.
    """
    indent = _indent(lines[first - 1])
    number, last = first, first
    in_header = True
    while number <= len(lines):
        text = lines[number - 1]
        stripped = text.strip()
        if not stripped or stripped[0] == "#":
            number += 1
            continue
        if not in_header and _indent(text) <= indent:
            break
        number = _statement_end(lines, number)
        last = number
        if in_header:
            in_header = stripped[0] == "@"
            if not in_header and not stripped.startswith(("def ", "async ", "class ")):
                break  # a lambda is one statement
        number += 1
    return last


def _indent(text):
    expanded = text.expandtabs()
    return len(expanded) - len(expanded.lstrip())


def _statement_end(lines, number):
    """The last line of the statement that begins in a line: brackets and long strings may hold line ends."""
    depth, quote = 0, None
    while True:
        text = lines[number - 1]
        depth, quote = _scan(text, depth, quote)
        goes_on = depth > 0 or quote is not None or text.rstrip("\r").endswith("\\")
        if not goes_on or number >= len(lines):
            return number
        number += 1


def _scan(text, depth, quote):
    """(open brackets, quote of the string that is open) at the end of a line."""
    at = 0
    while at < len(text):
        if quote is not None:
            if text[at] == "\\":
                at += 2
            elif text.startswith(quote, at):
                at += len(quote)
                quote = None
            else:
                at += 1
            continue
        letter = text[at]
        if letter == "#":
            break
        if letter in "\"'":
            quote = next(each for each in _QUOTES if text.startswith(each, at))
            at += len(quote)
            continue
        if letter in "([{":
            depth += 1
        elif letter in ")]}":
            depth -= 1
        at += 1
    if quote is not None and len(quote) == 1 and not text.endswith("\\"):
        quote = None  # a string of one line ends with it
    return depth, quote
