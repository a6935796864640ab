"""Looking into containers before Python's own operators are let loose on them."""

from .budget import HASHES, Budgets
from .errors import ExpressionError
from .values import (
    ALL_BUT_SPEAKING,
    CONTAINERS,
    PLAIN,
    SCALARS,
    foreign,
    name_of,
    plain_copy,
)

PLAIN_KEYS = SCALARS
LARGE = 1 << 60  # below it an integer's hash is the integer
SEEN = 3  # in a budget: containers whose keys were looked at, by id


def _string_key_sizes():
    """The sizes of dicts that hold exact str keys only, where CPython (3.11 and later) keeps those apart.

    Such a dict's table has smaller entries, so that its size tells it, and no
    lookup in it can reach a key's own __eq__. Found out here, and empty where
    sizes tell nothing (then a lookup looks at all keys first).
    """
    sizes, others = set(), set()
    for count in (0, 1, 6, 11, 22, 43, 86, 171):
        names = {"k%d" % number: 0 for number in range(count)}
        sizes.add(dict.__sizeof__(names))
        if count:
            others.add(dict.__sizeof__({number: 0 for number in range(count)}))
            names[count] = 0
            others.add(dict.__sizeof__(names))
    return frozenset() if sizes & others else frozenset(sizes)


STRING_KEYS = _string_key_sizes()


class Inspection(Budgets):
    """The part of the runtime that decides whether data is plain all the way down."""

    def lift(self, value, action):
        """`value`, or an equal value of an exact built-in type when its class overrides nothing; else refused."""
        if id(type(value)) in PLAIN or self.user_code:
            return value
        copy = plain_copy(value, ALL_BUT_SPEAKING)
        if copy is None:
            raise foreign(value, action)
        return copy

    def plain(self, value, action, budget):
        """Refuses `value` unless it and all that it contains are of exact built-in types."""
        kind = id(type(value))
        if kind in SCALARS:
            return
        if kind not in CONTAINERS:
            if self.user_code:
                return
            raise foreign(value, action)
        if budget is None:
            budget = self.budget()
        level, depth = [value], 0
        while level:
            depth += 1
            if depth > self.limits.depth:
                raise self.exceeded("depth")
            below = []
            for container in level:
                self.spend(budget, len(container))
                items = list(container)
                if type(container) is dict:
                    items += container.values()
                if SCALARS.issuperset(map(id, map(type, items))):
                    continue
                for item in items:
                    kind = id(type(item))
                    if kind in CONTAINERS:
                        below.append(item)
                    elif kind not in SCALARS and not self.user_code:
                        raise foreign(item, action)
            level = below

    def searchable(self, container, budget):
        """Refuses a dict, a view of its keys or a set whose keys could run code when one is looked for."""
        if self.user_code or isinstance(container, dict) and dict.__sizeof__(container) in STRING_KEYS:
            return
        seen = None
        if budget is not None:
            seen = budget[SEEN]
            if seen is None:
                seen = budget[SEEN] = {}
            elif seen.get(id(container)) is container:
                return
        if isinstance(container, dict):
            self.spend(budget, dict.__len__(container))
            keys = list(dict.keys(container))
        else:
            self.spend(budget, len(container))
            keys = list(container)
        if not PLAIN_KEYS.issuperset(map(id, map(type, keys))):
            budget = self.budget() if budget is None else budget
            for key in keys:
                self.plain(key, "compared", budget)
        if seen is not None:
            seen[id(container)] = container

    def key(self, value, budget):
        """`value`, checked to be hashed without running code, and charged where its hash may collide."""
        kind = type(value)
        if kind is str or kind is float or value is None or kind is bool or kind is bytes:
            return value
        if kind is int:
            if -LARGE < value < LARGE:
                return value
        elif kind is list or kind is dict or kind is set:
            hash(value)  # raises Python's own TypeError
        elif not self.user_code:
            value = self.lift(value, "hashed")
            self.plain(value, "hashed", budget)
        else:
            return value
        if budget is None:
            return value
        self.spend(budget, 5)
        table = budget[HASHES]
        if table is None:
            table = budget[HASHES] = {}
        number = hash(value)
        entry = table.get(number)
        if entry is None:
            self.allocate(budget, 200)
            table[number] = [value, 1]
        elif entry[0] != value:
            entry[1] += 1
            if entry[1] > self.limits.collisions:
                raise self.exceeded("collisions")
        return value

    def value_for(self, key, value, budget):
        """`value`, once `key` is checked."""
        self.key(key, budget)
        return value

    def keys(self, values, budget):
        """Checks every one of `values` as a key; what cannot be hashed is left to Python."""
        key = self.key
        budget = self.budget() if budget is None else budget
        if SCALARS.issuperset(map(id, map(type, values))):
            for value in values:
                if type(value) is int and not -LARGE < value < LARGE:
                    key(value, budget)
            return
        for value in values:
            try:
                key(value, budget)
            except TypeError:
                pass

    def no_attribute(self, value, name):
        """The error for an attribute or method that a value does not have."""
        return ExpressionError("AttributeError", "'%s' object has no attribute '%s'" % (name_of(value), name))
