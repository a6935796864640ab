"""Finds functions and classes by name among what the target has loaded; imports nothing, runs nothing.

A pattern is `module:qualname` or `module.qualname`, with `*` and `?` in any part. In the second form the longest
loaded module wins. The program's own module goes by `__main__` and by the name of its file: `python shop.py` is `shop`.
"""

import sys

from . import reading
from .errors import AgentError
from .reading import main_name
from .suggestions import suggestion
from .targets import Found, plain_function

LIMIT = 500
_LENGTH = 1000


def has_glob(text):
    """Whether the text holds `*` or `?`."""
    return "*" in text or "?" in text


def matches(pattern, text):
    """Whether the text matches a pattern of `*` and `?`; linear, without regular expressions."""
    if "?" in pattern:
        return _matches_letters(pattern, text)
    parts = pattern.split("*")
    last = parts.pop()
    if not parts:
        return text == last
    if not text.startswith(parts[0]) or not text.endswith(last):
        return False
    at = len(parts[0])
    for part in parts[1:]:
        found = text.find(part, at)
        if found < 0:
            return False
        at = found + len(part)
    return at <= len(text) - len(last)


def _matches_letters(pattern, text):
    at = back = 0
    star = -1
    position = 0
    while position < len(text):
        if at < len(pattern) and pattern[at] == "*":
            star, back = at, position
            at += 1
        elif at < len(pattern) and pattern[at] in ("?", text[position]):
            at += 1
            position += 1
        elif star >= 0:
            back += 1
            at, position = star + 1, back
        else:
            return False
    return all(character == "*" for character in pattern[at:])


def loaded_modules():
    """The loaded modules' namespaces by the name that patterns use."""
    result = {}
    for name, module in sys.modules.copy().items():
        if type(name) is not str or module is None or name.partition(".")[0] == "_sonde_agent":
            continue
        space = reading.namespace(module)
        if space is not None:
            result[name] = space
    main = main_name()
    if main is not None and "__main__" in result:
        result.setdefault(main, result["__main__"])
    return result


def _sorted(modules):
    """The modules' names; the program's own is not named twice."""
    hidden = "__main__" if main_name() in modules else None
    return sorted(name for name in modules if name != hidden or main_name() == hidden)


def find_functions(pattern, check=lambda: None):
    """The functions that the pattern matches, at least one, each once.

    Raises `AgentError` of kind BadPattern or TargetNotFound. `check` is called now and then, and may raise to end it.
    """
    modules = loaded_modules()
    found = {}
    problem = None
    for name, value, owner in _matches(pattern, modules, check):
        function, kind, binds_first = plain_function(value)
        if function is None:
            problem = problem or (name, kind)
            continue
        if owner is not None and kind not in ("staticmethod", "classmethod", "property") and not binds_first:
            binds_first = _is_bound(value)
            kind = "method" if kind == "function" and binds_first else kind
        if has_glob(pattern) and not _belongs(function, name, modules):
            continue
        found.setdefault(id(function), Found(name, function, kind, binds_first))
        if len(found) > LIMIT:
            raise AgentError("BadPattern", "'{}' matches more than {} functions".format(pattern, LIMIT))
    if found:
        return list(found.values())
    if problem is not None and not has_glob(pattern):
        raise _unfit(pattern, *problem, modules=modules)
    raise not_found(pattern, modules)


def _is_bound(value):
    return not issubclass(type(value), staticmethod)


def _belongs(function, name, modules):
    """Whether a glob may take the function: where it was defined, not where it was imported to."""
    module = function.__module__
    if type(module) is not str:
        return True
    if module == "__main__":
        module = main_name() or module
    return name.startswith(module + ".") or module not in modules


def _unfit(pattern, name, reason, modules):
    if reason == "it is a class":
        return AgentError(
            "BadPattern", "'{}' is a class, not a function".format(name), "its methods are {}.*".format(name)
        )
    return AgentError("BadPattern", "'{}' cannot be observed: {}".format(name, reason))


def find_values(pattern, check=lambda: None):
    """(name, value, owning class or None) of everything that the pattern matches."""
    return list(_matches(pattern, loaded_modules(), check))


def splits(pattern):
    """(parts of the module, parts of the name in it) as the pattern may be read; `AgentError` when it is none."""
    if type(pattern) is not str or not pattern or len(pattern) > _LENGTH:
        raise AgentError("BadPattern", "a pattern is module:function, at most {} characters".format(_LENGTH))
    module, colon, name = pattern.partition(":")
    parts = (module.split(".") if module else [""]) + (name.split(".") if colon else [])
    for part in parts:
        if not _is_part(part):
            hint = "write module:function or module.function; * and ? match any text"
            raise AgentError("BadPattern", "'{}' is no pattern".format(pattern), hint)
    if colon:
        return [(module.split("."), name.split("."))]
    return [(parts[:count], parts[count:]) for count in range(len(parts) - 1, 0, -1)]


def _is_part(part):
    plain = part.replace("*", "").replace("?", "")
    return bool(part) and (not plain or plain == "<locals>" or plain == "<lambda>" or ("_" + plain).isidentifier())


def _matches(pattern, modules, check):
    for module_parts, name_parts in splits(pattern):
        module_pattern = ".".join(module_parts)
        if has_glob(module_pattern):
            names = [
                name
                for name in _sorted(modules)
                if name.count(".") == len(module_parts) - 1
                and all(map(matches, module_parts, name.split(".")))
            ]
        else:
            names = [module_pattern] if module_pattern in modules else []
        hit = False
        for name in names:
            check()
            for item in _inside(name, modules[name], name_parts):
                hit = True
                yield item
        main = main_name()
        if not hit and module_pattern == main and modules.get("__main__") is not modules.get(main):
            # Another module of that name is loaded too, and it has no such function.
            for item in _inside(main, modules["__main__"], name_parts):
                hit = True
                yield item
        if hit and not has_glob(pattern):
            return


def _inside(prefix, space, parts):
    """Everything below a module's namespace that the parts match."""
    level = [(prefix, space, None, None)]
    for index, part in enumerate(parts):
        following = []
        for name, names, owner, _ in level:
            for key, value in _members(names, owner, part):
                if index < len(parts) - 1:
                    cls = value if reading.is_class(value) else None
                    if cls is None:
                        if has_glob(part) or reading.namespace(value) is None:
                            if has_glob(part):
                                continue
                        cls = type(value)
                    inner = reading.namespace(value) if not reading.is_class(value) else None
                    following.append((name + "." + key, inner, cls, None))
                else:
                    following.append((name + "." + key, None, owner, (value,)))
        level = following
    for name, _, owner, value in level:
        yield name, value[0], owner


def _members(space, owner, part):
    """(name, value) of the members of a namespace, and of a class with its bases, that match one part."""
    if not has_glob(part):
        if space is not None and part in space:
            return [(part, space[part])]
        if owner is not None:
            value = reading.class_attribute(owner, part)
            if value is not reading.MISSING:
                return [(part, value)]
        return []
    pairs = []
    if space is not None:
        pairs = reading.snapshot(space)
    elif owner is not None:
        pairs = reading.snapshot(reading.class_dict(owner))
    return [(name, value) for name, value in pairs if type(name) is str and matches(part, name)]


def not_found(pattern, modules):
    """The error for a pattern that matches nothing, with what may have been meant."""
    message = "cannot find '{}'".format(pattern)
    if has_glob(pattern):
        return AgentError("TargetNotFound", message, "no loaded function matches; sm lists functions")
    for module_parts, name_parts in splits(pattern):
        module = ".".join(module_parts)
        if module not in modules:
            continue
        return AgentError("TargetNotFound", message, _hint_inside(module, modules[module], name_parts))
    if pattern in modules:
        return AgentError("BadPattern", "'{}' is a module".format(pattern), "its functions are {}.*".format(pattern))
    if "." not in pattern and ":" not in pattern:
        owner = next((name for name in _sorted(modules) if callable_in(modules[name], pattern)), None)
        if owner is not None:
            return AgentError("TargetNotFound", message, "did you mean '{}.{}'?".format(owner, pattern))
    separator = ":" if ":" in pattern else "."
    first, _, rest = pattern.partition(separator)
    near = suggestion(first, modules)
    if near is not None:
        hint = "did you mean '{}{}{}'?".format(near, separator, rest) if rest else "did you mean '{}'?".format(near)
        return AgentError("TargetNotFound", message, hint)
    return AgentError("TargetNotFound", message, "no module '{}' is loaded in the target".format(first))


def callable_in(space, name):
    """Whether a namespace has a function or a class of that name which was defined there."""
    value = space.get(name)
    if type(value) is reading.FunctionType:
        return value.__module__ == space.get("__name__")
    return False


def _hint_inside(module, space, parts):
    prefix = module
    names = space
    for index, part in enumerate(parts):
        if part not in names:
            near = suggestion(part, [name for name in names if type(name) is str])
            if near is None:
                return "'{}' has no '{}'".format(prefix, part)
            rest = ".".join([near] + parts[index + 1 :])
            return "did you mean '{}.{}'?".format(prefix, rest)
        prefix += "." + part
        value = names[part]
        if not reading.is_class(value):
            return "'{}' has no '{}'".format(prefix, parts[index + 1]) if index + 1 < len(parts) else None
        names = {}
        for base in reversed(reading.class_mro(value)):
            names.update(reading.snapshot(reading.class_dict(base)))
    return None
