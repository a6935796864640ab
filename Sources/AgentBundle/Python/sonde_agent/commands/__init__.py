"""The agent's commands: one file each, and this one table of them."""


class Command:
    """Where a command is, whether it may take long, and which of its parameters is an expression's tree."""

    __slots__ = ("module", "on_worker", "tree")

    def __init__(self, module, on_worker=False, tree=None):
        self.module = module
        self.on_worker = on_worker
        self.tree = tree


# A command that may take longer than a millisecond runs on a thread of its own.
COMMANDS = {
    "ping": Command("ping"),
    "status": Command("status"),
    "cancel": Command("cancel"),
    "reset": Command("reset"),
    "detach": Command("detach"),
    "watch": Command("watch", on_worker=True, tree="condition"),
    "stack": Command("stack", on_worker=True, tree="condition"),
    "monitor": Command("monitor", on_worker=True, tree="condition"),
    "trace": Command("trace", on_worker=True, tree="condition"),
    "top": Command("top", on_worker=True),
    "thread": Command("thread", on_worker=True),
    "tasks": Command("tasks", on_worker=True),
    "logger": Command("logger", on_worker=True),
    "modules": Command("modules", on_worker=True),
    "env": Command("env", on_worker=True),
    "gc": Command("gc", on_worker=True),
    "tt": Command("tt", on_worker=True, tree="condition"),
    "tt_calls": Command("tt_calls", on_worker=True),
    "sc": Command("sc", on_worker=True),
    "sm": Command("sm", on_worker=True),
    "source": Command("source", on_worker=True),
    "memory": Command("memory", on_worker=True),
    "garbage": Command("garbage"),
    "tracemalloc": Command("tracemalloc", on_worker=True),
    "referrers": Command("referrers", on_worker=True, tree="tree"),
    "inspect": Command("inspect", on_worker=True, tree="tree"),
    "instances": Command("instances", on_worker=True, tree="tree"),
    "eval": Command("eval", on_worker=True, tree="tree"),
    "exec": Command("exec", on_worker=True),
}
