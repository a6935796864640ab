"""`modules`: what is loaded, from where, and in which version."""

from ..patterns import has_glob, loaded_modules, matches, not_found
from ..reading import main_name
from ..searching import limit_of


def run(request):
    """A row for each module that `pattern` fits, up to `limit`; a plain name stands for what is below it, too."""
    pattern = request.params.get("pattern")
    limit = limit_of(request.params)
    modules = loaded_modules()
    if main_name() in modules and modules.get(main_name()) is modules.get("__main__"):
        del modules["__main__"]  # it goes by the name of its file
    names = sorted(name for name in modules if pattern is None or _fits(pattern, name))
    if not names and not has_glob(pattern or "*"):
        raise not_found(pattern, modules)
    rows = []
    for name in names[:limit]:
        request.check()
        space = modules[name]
        rows.append(
            {
                "module": name,
                "version": _text(space.get("__version__")),
                "names": len(space),
                "file": _text(space.get("__file__")),
            }
        )
    return {"rows": rows, "total": len(names)}


def _fits(pattern, name):
    return matches(pattern, name) or (not has_glob(pattern) and name.startswith(pattern + "."))


def _text(value):
    return value[:1000] if type(value) is str else None
