"""The tree of calls below one traced call, as events of one thread build it.

Whatever order the events come in, or whichever are missing, no step here fails: a leave that fits no call on the stack
is ignored, and calls that were never left end with the one below them.
"""

from time import perf_counter

_NODES = 500


class Node:
    """All calls of one function by the same callers."""

    __slots__ = ("code", "depth", "calls", "seconds", "errors", "children")

    def __init__(self, code, depth):
        self.code = code
        self.depth = depth
        self.calls = self.errors = 0
        self.seconds = 0.0
        self.children = {}


class CallTree:
    """One traced call. Only the thread that is inside it touches it."""

    __slots__ = ("root", "left_out", "_stack", "_code", "_is_entering", "_depth", "_folds", "_nodes", "_began")

    def __init__(self, code, depth, folds):
        self.root = Node(code, 0)
        self.root.calls = 1
        self.left_out = 0
        self._code = code
        self._depth = depth
        self._folds = folds
        self._nodes = 1
        self._stack = []
        self._is_entering = False
        self._began = None

    def begin(self):
        """The thread enters the traced function, for the first time or again."""
        self._stack = [(None, self.root, None)]
        self._is_entering = True
        self._began = perf_counter()

    def end(self):
        """The thread leaves it, for now or for good."""
        now = perf_counter()
        while len(self._stack) > 1:
            self._close(now)
        if self._began is not None:
            self.root.seconds += now - self._began
            self._began = None

    def enter(self, code, is_call):
        """A function has begun, or a suspended one goes on."""
        stack = self._stack
        if not stack:
            return
        if self._is_entering and code is self._code and len(stack) == 1:
            self._is_entering = False
            return  # the traced function itself
        parent = stack[-1][1]
        key = id(code)
        node = parent.children.get(key)
        if node is None:
            if parent.depth >= self._depth or self._folds(code):
                stack.append((code, parent, None))
                return
            if self._nodes >= _NODES:
                self.left_out += 1
                stack.append((code, parent, None))
                return
            self._nodes += 1
            node = parent.children[key] = Node(code, parent.depth + 1)
        if is_call:
            node.calls += 1
        stack.append((code, node, perf_counter()))

    def leave(self, code, failed=False):
        """A function has returned, raised or been suspended."""
        stack = self._stack
        if len(stack) < 2:
            return
        if stack[-1][0] is not code:
            for index in range(len(stack) - 2, 0, -1):
                if stack[index][0] is code:
                    break
            else:
                return
            now = perf_counter()
            while len(stack) > index + 1:
                self._close(now)
        _, node, began = stack.pop()
        if began is not None:
            node.seconds += perf_counter() - began
            if failed:
                node.errors += 1

    def _close(self, now):
        _, node, began = self._stack.pop()
        if began is not None:
            node.seconds += now - began

    def rows(self, name, found):
        """The nodes in the order of the calls, each after its caller; `name(code)` tells a function's, `found` the root's."""
        everything = self.root.seconds or 1e-9
        rows = []
        pending = [self.root]
        while pending:
            node = pending.pop()
            children = list(node.children.values())
            rows.append(
                {
                    "depth": node.depth,
                    "func": name(node.code) if node.depth else found,
                    "calls": max(node.calls, 1),
                    "ms": node.seconds * 1000.0,
                    "own_ms": max(node.seconds - sum([child.seconds for child in children]), 0.0) * 1000.0,
                    "share": round(100.0 * node.seconds / everything, 1),
                    "errors": node.errors,
                    "file": node.code.co_filename,
                    "line": node.code.co_firstlineno,
                }
            )
            pending.extend(reversed(children))
        return rows
