"""`env`: the environment variables as the program sees them now, and as they were when it was started."""

import sys

from .. import reading
from ..errors import AgentError
from ..patterns import matches

_LENGTH = 4096
_HIDDEN = "***"

# A variable with one of these in its name is not shown unless that is asked for.
_SECRETS = (
    "KEY", "SECRET", "TOKEN", "PASS", "PWD", "CREDENTIAL", "AUTH", "DSN", "PRIVATE", "COOKIE", "SIGNATURE", "SALT",
)
_NO_SECRETS = ("PWD", "OLDPWD", "SSH_AUTH_SOCK", "XAUTHORITY")


def run(request):
    """A row for each variable that `pattern` fits; secrets are hidden unless `unmask` is true."""
    params = request.params
    pattern = params.get("pattern")
    if pattern is not None and type(pattern) is not str:
        raise AgentError("BadRequest", "'pattern' is a variable's name, in which * and ? match any text")
    show = bool(params.get("unmask"))
    now = _now()
    start = _at_start()
    rows = []
    for name in sorted(set(now) | set(start)):
        request.check()
        text = _text(name)
        if pattern is None or matches(pattern, text):
            rows.append(_row(text, now.get(name), start.get(name), show))
    return {"rows": rows}


def _now():
    """`os.environ`'s own bytes; not asked through the mapping, which a program may have replaced."""
    module = reading.namespace(sys.modules.get("os")) or {}
    environ = module.get("environ")
    data = environ if type(environ) is dict else reading.attribute(environ, "_data")
    if type(data) is not dict:
        raise AgentError("TargetNotFound", "the program has put something else in the place of os.environ")
    found = {}
    for pair in reading.snapshot(data):
        if all(type(part) is str for part in pair):
            pair = [part.encode("utf-8", "surrogateescape") for part in pair]
        if all(type(part) is bytes for part in pair):
            found[pair[0]] = pair[1]
    return found


def _at_start():
    """What the kernel still has of the program's start. A program may write over it, to change its title."""
    try:
        with open("/proc/self/environ", "rb") as file:
            lines = file.read().split(b"\0")
    except OSError:
        return {}
    found = {}
    for line in lines:
        name, equals, value = line.partition(b"=")
        if name and equals:
            found.setdefault(name, value)
    return found


def _row(name, now, start, show):
    if now == start:
        state = "same"
    elif start is None:
        state = "added"
    else:
        state = "changed" if now is not None else "removed"
    value, is_masked = _shown(name, now, show)
    before, was_masked = _shown(name, start, show)
    return {
        "name": name,
        "value": value,
        "state": state,
        "at_start": before if state in ("changed", "removed") else None,
        "masked": is_masked or was_masked,
    }


def _shown(name, value, show):
    """(the value as it is shown, whether something of it is hidden)."""
    if value is None or show:
        return (None if value is None else _text(value)), False
    upper = name.upper()
    if upper not in _NO_SECRETS and any(mark in upper for mark in _SECRETS):
        return _HIDDEN, True
    text = _text(value)
    shown = _without_passwords(text)
    return shown, shown != text


def _without_passwords(text):
    """The text without the passwords of its addresses: `postgres://ann:***@host/db`."""
    parts = text.split("://")
    for index in range(1, len(parts)):
        host = len(parts[index])
        for end in "/ ?#":
            at = parts[index].find(end)
            host = at if 0 <= at < host else host
        user, at, rest = parts[index][:host].rpartition("@")
        name, colon, _ = user.partition(":")
        if at and colon:
            parts[index] = name + ":" + _HIDDEN + "@" + rest + parts[index][host:]
    return "://".join(parts)


def _text(value):
    text = value.decode("utf-8", "backslashreplace")
    return text if len(text) <= _LENGTH else text[:_LENGTH] + "…"
