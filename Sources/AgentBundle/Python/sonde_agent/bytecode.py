"""Reads in a function's bytecode what a frame is doing at the place where it stands.

Two questions are answered: inside which `with` blocks, and behind which `acquire` calls, does it stand; and on which
object is the call that it is in just now. Objects are told by the names that lead to them (`self._lock`), for the
value stack of a frame cannot be read. The instructions are those of CPython 3.8 to 3.15.
"""

import sys

_VERSION = sys.version_info[:2]
_LONGEST = 1 << 16
_STEPS = 8
_ARGUMENTS = 24
_SUBSCRIPT = 26  # BINARY_OP's, from 3.14

# Methods that may wait, and whose object is of interest.
WORDS = frozenset(
    ("acquire", "__enter__", "_acquire_restore", "wait", "wait_for", "get", "put", "join", "result", "acquire_lock")
)


def _instructions(code):
    """(offset, name, argument) of each instruction; caches and prefixes are left out."""
    # Small modules of tables, which nothing else in the agent needs.
    from opcode import EXTENDED_ARG, opname

    raw = code.co_code
    found = []
    extended = 0
    for offset in range(0, len(raw), 2):
        argument = raw[offset + 1] | extended
        if raw[offset] == EXTENDED_ARG:
            extended = argument << 8
            continue
        extended = 0
        name = opname[raw[offset]]
        if name != "CACHE":
            found.append((offset, name, argument))
    return found


class Layout:
    """One code object's instructions, `with` blocks and calls of `acquire` and `release`."""

    def __init__(self, code):
        self._code = code
        self._items = _instructions(code) if len(code.co_code) <= _LONGEST else []
        self._derefs = _deref_names(code)
        self._table = _exception_table(code.co_exceptiontable) if _VERSION >= (3, 11) else ()
        self._calls = []
        for index, (offset, name, _) in enumerate(self._items):
            if name.startswith("CALL"):
                word, chain = self._subject(index, ("acquire", "release"))
                if chain is not None:
                    self._calls.append((offset, word, chain))

    def held(self, place):
        """The chains of names of what the frame has entered or acquired and not left yet, as far as can be told."""
        offset = self._offset(place)
        found = [self._chain(end) for end in self._open_blocks(offset)]
        taken = {}
        for at, word, chain in self._calls:
            if at < offset:
                taken[chain] = word
        found.extend(chain for chain, word in taken.items() if word == "acquire")
        return [chain for chain in found if chain is not None]

    def calling(self, place):
        """(method, chain of names) of the call that the frame is in; `("with", chain)` where it enters a block.

        The chain is None when the object has no plain name, and both are when the call is none of `WORDS`.
        """
        index = self._index(place)
        if index is None:
            return None, None
        name = self._items[index][1]
        end = self._with_subject(index)
        if end is not None:
            return "with", self._chain(end)
        if name.startswith("CALL"):
            return self._subject(index, WORDS)
        return None, None

    def _index(self, place):
        """The instruction that the place, which may be one of its caches, belongs to."""
        low, high = 0, len(self._items)
        while low < high:
            middle = (low + high) // 2
            if self._items[middle][0] <= place:
                low = middle + 1
            else:
                high = middle
        return low - 1 if low else None

    def _offset(self, place):
        index = self._index(place)
        return self._items[index][0] if index is not None else -1

    def _subject(self, index, words):
        """(method, chain) of the call at the index, whose arguments are loaded between the two."""
        for at in range(index - 1, max(index - _ARGUMENTS, 0), -1):
            _, name, argument = self._items[at]
            if name in ("LOAD_ATTR", "LOAD_METHOD"):
                word = self._attribute(name, argument)
                if word in words:
                    return word, self._chain(at)
            elif name.startswith(("CALL", "STORE", "POP")):
                break
        return None, None

    def _with_subject(self, index):
        """Where the expression of the `with` statement ends whose `__enter__` the instruction calls, or None."""
        name = self._items[index][1]
        if name in ("SETUP_WITH", "BEFORE_WITH"):
            return index
        if name == "CALL" and index and self._items[index - 1][1] == "LOAD_SPECIAL":
            for at in range(index - 1, max(index - 7, 0), -1):
                if self._items[at][1] == "COPY":
                    return at
        return None

    def _chain(self, end):
        """The names by which the value comes that is on the stack before the instruction at `end`, or None."""
        steps = []
        while end > 0 and len(steps) < _STEPS:
            end -= 1
            _, name, argument = self._items[end]
            if name in ("LOAD_ATTR", "LOAD_METHOD"):
                steps.append((".", self._attribute(name, argument)))
                continue
            if name == "BINARY_SUBSCR" or (name == "BINARY_OP" and argument == _SUBSCRIPT):
                end -= 1
                keys = self._loads(*self._items[end][1:])
                if not keys:
                    return None
                steps.append(("[", keys[-1]))
                if len(keys) == 1:
                    continue
                base = keys[0]
            else:
                loads = self._loads(name, argument)
                base = loads[-1] if loads else None
            if base is None or base[0] == "const":
                return None
            return (base,) + tuple(reversed(steps))
        return None

    def _attribute(self, name, argument):
        shifted = argument >> 1 if name == "LOAD_ATTR" and _VERSION >= (3, 12) else argument
        names = self._code.co_names
        return names[shifted] if shifted < len(names) else None

    def _loads(self, name, argument):
        """What an instruction puts on the stack: one (kind, name), two where it does the work of two, or nothing."""
        code = self._code
        if name.startswith("LOAD_FAST") or name == "STORE_FAST_LOAD_FAST":
            if name in ("LOAD_FAST", "LOAD_FAST_CHECK", "LOAD_FAST_BORROW"):
                numbers = (argument,)
            elif name == "STORE_FAST_LOAD_FAST":
                numbers = (argument & 15,)
            elif "_LOAD_FAST" in name[9:]:
                numbers = (argument >> 4, argument & 15)
            else:
                return ()
            return [("local", self._derefs[number]) for number in numbers if number < len(self._derefs)]
        if name in ("LOAD_DEREF", "LOAD_CLASSDEREF"):
            names = self._derefs if _VERSION >= (3, 11) else code.co_cellvars + code.co_freevars
            return [("local", names[argument])] if argument < len(names) else ()
        if name in ("LOAD_GLOBAL", "LOAD_NAME"):
            shifted = argument >> 1 if name == "LOAD_GLOBAL" and _VERSION >= (3, 11) else argument
            return [("global" if name == "LOAD_GLOBAL" else "name", code.co_names[shifted])]
        if name == "LOAD_CONST":
            return [("const", code.co_consts[argument])]
        if name == "LOAD_SMALL_INT":
            return [("const", argument)]
        return ()

    def _open_blocks(self, offset):
        """Where the expressions of those `with` statements end whose block the offset is in."""
        if _VERSION < (3, 11):
            unit = 2 if _VERSION >= (3, 10) else 1
            for index, (start, name, argument) in enumerate(self._items):
                if name == "SETUP_WITH" and start < offset < start + 2 + argument * unit:
                    yield index
            return
        # An exception that is raised here would come to these handlers, one after the other.
        seen = set()
        while True:
            entry = next((entry for entry in self._table if entry[0] <= offset < entry[1]), None)
            if entry is None or entry[2] in seen:
                return
            offset = entry[2]
            seen.add(offset)
            index = self._index(offset)
            if [name for _, name, _ in self._items[index : index + 2]] == ["PUSH_EXC_INFO", "WITH_EXCEPT_START"]:
                first = self._index(min(entry[0] for entry in self._table if entry[2] == offset))
                end = self._with_subject(first - 1) if first else None
                if end is not None:
                    yield end


def _deref_names(code):
    """The names of a frame's variables in their order: parameters and locals, then cells, then what is closed over."""
    names = code.co_varnames
    return names + tuple(name for name in code.co_cellvars if name not in names) + code.co_freevars


def _exception_table(table):
    """(start, end, handler) in bytes; the format is told in CPython's `InternalDocs/exception_handling.md`."""
    numbers = []
    number = 0
    for byte in table:
        number = byte & 63 if byte & 128 else number << 6 | byte & 63
        if not byte & 64:
            numbers.append(number * 2)
            number = 0
    return [
        (numbers[at], numbers[at] + numbers[at + 1], numbers[at + 2]) for at in range(0, len(numbers) - 3, 4)
    ]
