"""The methods an expression may call, by the exact type of their receiver."""

from .allowlist import METHODS_OF
from .errors import rejected
from .functions import Functions
from .text import CHANGED_CASES
from .values import ITEMS, KEYS, READING, STREAM, VIEWS, PLAIN, Record, Stream, base_of, foreign, name_of

TABLES = {id(str): "str", id(list): "list", id(tuple): "tuple", id(dict): "dict", id(set): "set"}
TABLES[id(frozenset)] = "frozenset"
GROWING = ("upper", "lower", "title", "capitalize", "casefold", "swapcase")


class Methods(Functions):
    """Method calls."""

    def receiver(self, value, name):
        """Looks a method up, before its arguments are evaluated: the receiver to call it on."""
        table = TABLES.get(id(type(value)))
        if table is None:
            if id(type(value)) in PLAIN:
                if name == "isdisjoint" and type(value) in (KEYS, ITEMS):
                    return value
                if hasattr(type(value), name):
                    raise rejected("the method '%s' of %s may not be called" % (name, name_of(value)))
                raise self.no_attribute(value, name)
            if self.user_code:
                return value
            if id(type(value)) in STREAM or type(value) is Record:
                raise self.no_attribute(value, name)
            base = base_of(value, READING + (name,))
            if base is dict:
                return value
            if base is None:
                raise foreign(value, "asked with .%s()" % name)
            return self.receiver(self.lift(value, "asked with .%s()" % name), name)
        if name not in METHODS_OF[table]:
            raise self.no_attribute(value, name)
        return value

    def method(self, value, name, arguments, budget, named=None):
        """`value.name(*arguments)`; the receiver is one that `receiver` let through."""
        table = TABLES.get(id(type(value)))
        if table is None:
            if id(type(value)) in VIEWS:
                return self.set_method(value, name, arguments, budget)
            if self.user_code and not isinstance(value, dict):
                return getattr(value, name)(*arguments, **(named or {}))
            table = "dict"
        signature = METHODS_OF[table][name]
        if not signature.least <= len(arguments) <= signature.most:
            raise TypeError("%s.%s() does not take %d arguments" % (table, name, len(arguments)))
        if table == "str":
            return self.text_method(value, name, arguments, budget)
        if table == "dict":
            return self.dict_method(value, name, arguments, budget)
        if table == "set" or table == "frozenset":
            return self.set_method(value, name, arguments, budget)
        return self.sequence_method(value, name, arguments, budget)

    # Sequences

    def sequence_method(self, value, name, arguments, budget):
        if name == "copy":
            self.elements_of(budget, len(value))
            return value.copy()
        item = arguments[0]
        places = [self.lift(part, "used as an index") for part in arguments[1:]]
        self.spend(budget, len(value))
        items = value if type(value) is tuple else tuple(value)
        if not self.user_code and id(type(item)) in PLAIN:
            self.plain(item, "compared", budget)
            self.plain(items, "compared", budget)
            if name == "count":
                return items.count(item)
            try:
                return items.index(item, *places)
            except ValueError:
                raise ValueError("%s is not in list" % self.brief(item, budget)) from None
        same = [each is item or bool(self.equal(each, item, budget)) for each in items]
        return same.count(True) if name == "count" else same.index(True, *places)

    def brief(self, value, budget):
        """A short text of a value, for a message."""
        text = self.represent(value, budget)
        return text if len(text) <= 60 else text[:57] + "..."

    # Dicts and sets

    def dict_method(self, value, name, arguments, budget):
        if name == "get":
            key = arguments[0]
            if not self.user_code:
                key = self.key(key, budget)
                self.searchable(value, budget)
            return dict.get(value, key, *arguments[1:])
        if name == "copy":
            self.elements_of(budget, dict.__len__(value))
            if type(value) is dict:
                return value.copy()
            return dict(dict.items(self.lift(value, "copied")))
        return getattr(dict, name)(value)

    def set_method(self, value, name, arguments, budget):
        self.spend(budget, len(value))
        if name == "copy":
            self.elements_of(budget, len(value))
            return value.copy()
        if not self.user_code:
            self.searchable(value, budget)
        # These two end with the first element that decides; older versions hash all elements first.
        if name == "issuperset" or name == "isdisjoint" and type(arguments[0]) is Stream:
            for each in self.iterate(arguments[0], 1, budget or self.budget()):
                if (self.key(each, budget) in value) is (name == "isdisjoint"):
                    return False
            return True
        sources = [self.hashable(each, budget) for each in arguments]
        return getattr(value, name)(*sources)

    # Strings

    def text_method(self, value, name, arguments, budget):
        arguments = [self.lift(each, "used with .%s()" % name) if name != "join" else each for each in arguments]
        length = len(value)
        if length > self.limits.characters:
            raise self.exceeded("characters")
        size = getattr(self, "size_of_" + name, None)
        if size is not None:
            arguments = size(value, arguments, budget) or arguments
        elif name in GROWING:
            self.text_of(budget, length if value.isascii() else length * 3, not value.isascii())
        else:
            self.text_of(budget, length, not value.isascii())
        if name in GROWING:
            self.known_characters(value, CHANGED_CASES)
        elif name.startswith("is"):
            self.known_characters(value)
        if name == "removeprefix":
            return self.remove(value, name, arguments[0], value.startswith)
        if name == "removesuffix":
            return self.remove(value, name, arguments[0], value.endswith)
        return getattr(value, name)(*arguments)

    def remove(self, value, name, part, test):
        """removeprefix() and removesuffix(), which Python has since 3.9."""
        if type(part) is not str:
            raise TypeError("%s() argument must be str, not %s" % (name, name_of(part)))
        if not part or not test(part):
            return value
        return value[len(part) :] if name == "removeprefix" else value[: -len(part)]

    def size_of_search(self, value, arguments, budget):
        part = arguments[0] if arguments else None
        if type(part) is tuple:
            self.spend(budget, len(part))
            self.plain(part, "compared", budget)
        elif type(part) is str:
            self.search(len(value), len(part), budget)

    size_of_count = size_of_find = size_of_index = size_of_rfind = size_of_rindex = size_of_search

    def size_of_startswith(self, value, arguments, budget):
        part = arguments[0]
        if type(part) is tuple:
            self.spend(budget, len(part))
            self.plain(part, "compared", budget)
            part = max((len(each) for each in part if type(each) is str), default=0) if len(part) < 100 else len(value)
            self.spend(budget, min(part, len(value)) * len(arguments[0]) >> 8)

    size_of_endswith = size_of_startswith

    def size_of_strip(self, value, arguments, budget):
        self.size_of_search(value, arguments, budget)
        self.text_of(budget, len(value), True)

    size_of_lstrip = size_of_rstrip = size_of_partition = size_of_rpartition = size_of_strip

    def size_of_split(self, value, arguments, budget):
        self.size_of_strip(value, arguments, budget)
        if arguments[1:] and arguments[1] is None:
            raise TypeError("'NoneType' object cannot be interpreted as an integer")
        separator = arguments[0] if arguments else None
        if separator is None or type(separator) is str and separator:
            pieces = (len(value) + 1) // 2 + 1 if separator is None else value.count(separator) + 1
            if arguments[1:] and type(arguments[1]) is int and arguments[1] >= 0:
                pieces = min(pieces, arguments[1] + 1)
            if pieces > 1000 and separator is None:
                pieces = len(value.split(None, self.limits.elements))
            self.elements_of(budget, pieces)
            self.allocate(budget, pieces * 56)

    size_of_rsplit = size_of_split

    def size_of_splitlines(self, value, arguments, budget):
        arguments = [self.truth(each) for each in arguments]  # before 3.12 it had to be a number
        self.text_of(budget, len(value), True)
        pieces = sum(map(value.count, "\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029")) + 1
        self.elements_of(budget, pieces)
        self.allocate(budget, pieces * 56)
        return arguments

    def size_of_pad(self, value, arguments, budget):
        width = arguments[0]
        if type(width) is int:
            self.text_of(budget, max(len(value), width), True)

    size_of_center = size_of_ljust = size_of_rjust = size_of_zfill = size_of_pad

    def size_of_expandtabs(self, value, arguments, budget):
        width = arguments[0] if arguments else 8
        if type(width) is int:
            self.text_of(budget, len(value) + value.count("\t") * max(width, 0), True)

    def size_of_replace(self, value, arguments, budget):
        old, new = arguments[0], arguments[1]
        if type(old) is str and type(new) is str:
            self.search(len(value), len(old), budget)
            count = value.count(old)
            if arguments[2:] and type(arguments[2]) is int and 0 <= arguments[2] < count:
                count = arguments[2]
            elif not value and not old:
                arguments = arguments[:2]  # before 3.9 a count keeps the empty string as it is
            self.text_of(budget, len(value) + count * (len(new) - len(old)), True)
        return arguments

    def size_of_join(self, value, arguments, budget):
        if type(arguments[0]) is not str or self.user_code:
            try:
                items = list(self.whole_of(arguments[0], budget, "joined"))
            except TypeError as error:
                if "not iterable" not in str(error):
                    raise
                raise TypeError("can only join an iterable") from None
        else:
            items = list(self.whole_of(arguments[0], budget))
        length = len(value) * max(len(items) - 1, 0)
        for at, item in enumerate(items):
            if type(item) is not str:
                items[at] = item = self.lift(item, "joined")
            if type(item) is str:
                length += len(item)
        self.text_of(budget, length, True)
        return [items]

