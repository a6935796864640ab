"""Going through data, and taking parts of it."""

from operator import length_hint

from .budget import STEPS
from .comparing import Comparing
from .values import (
    CONTAINERS,
    PLAIN,
    READING,
    SEQUENCES,
    SETS,
    Stream,
    base_of,
    foreign,
)


FEW = 256  # a list with fewer elements is gone through for free outside of other loops


class Iterating(Comparing):
    """Iteration, length, subscripts, slices, unpacking."""

    def items(self, value, action="iterated over"):
        """What `value` consists of: what can be iterated over without running code, and its length or None."""
        kind = type(value)
        if kind is list:
            return value.copy(), len(value)
        if kind is tuple or kind is str or kind is bytes:
            return value, len(value)
        if kind is range:
            try:
                return value, len(value)
            except OverflowError:
                raise self.exceeded("elements") from None
        if id(kind) in CONTAINERS:
            items = list(value)
            return items, len(items)
        if kind is Stream:
            return value.iterator, None
        if id(kind) in PLAIN:
            return iter(value), None  # raises Python's own TypeError
        if self.user_code:
            return iter(value), None
        base = base_of(value, READING)
        if base is None or id(base) not in CONTAINERS and base is not str:
            raise foreign(value, action)
        items = list(base.__iter__(value))
        return items, len(items)

    def iterate(self, value, cost, budget):
        """An iterator over `value`, each step of which costs `cost`; paid at once where the length is known."""
        if type(value) is list:
            items = value.copy()
            count = len(items)
        else:
            items, count = self.items(value)
        if budget is None:
            budget = self.budget()
        if count is not None and count <= self.limits.elements:
            total = count * cost
            left = budget[STEPS] - total
            if left >= 0:
                budget[STEPS] = left
                return iter(items)
        return self.counted(iter(items), cost, budget)

    def counted(self, iterator, cost, budget):
        """The same, paid one step at a time."""
        left = self.limits.elements
        for item in iterator:
            left -= 1
            if left < 0:
                raise self.exceeded("elements")
            budget[STEPS] -= cost
            if budget[STEPS] < 0:
                raise self.exceeded("steps")
            yield item

    def refund(self, iterator, cost, budget):
        """Gives back what `iterate` took for the elements that were not reached."""
        if type(iterator) is list or type(iterator) is tuple or budget is None:  # nothing was taken
            return
        budget[STEPS] += length_hint(iterator) * cost

    def whole_of(self, value, budget, action="iterated over"):
        """All elements of `value`, as a sequence that nobody else changes; charged."""
        items, count = self.items(value, action)
        if count is None:
            budget = self.budget() if budget is None else budget
            items = list(self.counted(iter(items), 1, budget))
            self.allocate(budget, len(items) * 8)
        else:
            self.elements_of(budget, count)
        return items

    def length(self, value, budget=None):
        """`len(value)`."""
        kind = id(type(value))
        if kind in PLAIN or self.user_code:
            return len(value)
        if type(value) is Stream:
            return len(value.iterator)
        base = base_of(value, ("__len__",))
        if base is None:
            raise foreign(value, "measured with len()")
        return base.__len__(value) if hasattr(base, "__len__") else len(base())

    def subscript(self, value, index, budget):
        """`value[index]`."""
        kind = type(value)
        if kind is dict:
            if not self.user_code:
                index = self.key(index, budget)
                self.searchable(value, budget)
            return value[index]
        if id(kind) in PLAIN:
            if id(kind) in SEQUENCES or kind is str or kind is range or kind is bytes:
                index = self.lift(index, "used as an index")
            return value[index]
        if self.user_code and kind is not Stream:
            return value[index]
        base = base_of(value, READING)
        if base is dict:
            index = self.key(index, budget)
            self.searchable(value, budget)
            found = dict.get(value, index, self)  # never reaches __missing__
            if found is self:
                raise KeyError(index)
            return found
        if base is list or base is tuple or base is str:
            return base.__getitem__(value, self.lift(index, "used as an index"))
        raise foreign(value, "subscripted")

    def item(self, value, index, budget):
        """`value[index]` for a str, where a dict's size does not tell what keys it has (see `searchable`)."""
        if type(value) is dict and len(value) < 100:
            for key, found in value.items():
                if key is index:
                    return found
                if type(key) is not str:
                    break
            else:
                return value[index]
        return self.subscript(value, index, budget)

    def cut(self, value, parts, budget):
        """`value[a:b:c]`."""
        parts = slice(*[self.lift(part, "used as an index") for part in parts])
        kind = type(value)
        if id(kind) in SEQUENCES or kind is str or kind is bytes:
            count = len(range(*parts.indices(len(value))))
            if kind is str or kind is bytes:
                self.text_of(budget, count, True)
            else:
                self.elements_of(budget, count)
            return value[parts]
        if kind is dict:
            for part in (parts.start, parts.stop, parts.step):
                self.key(part, budget)
            raise KeyError(parts)  # before 3.12 a slice has no hash
        if id(kind) in PLAIN or self.user_code and kind is not Stream:
            return value[parts]
        return self.cut(self.lift(value, "sliced"), (parts.start, parts.stop, parts.step), budget)

    def unpack(self, value, count, budget):
        """The elements of `value`, one more than `count` at the most: what unpacking into `count` targets needs."""
        kind = type(value)
        if kind is tuple or kind is list:
            return value
        try:
            items = self.items(value, "unpacked")[0]
        except TypeError:
            raise TypeError("cannot unpack non-iterable %s object" % type(value).__name__) from None
        taken = []
        for item in items:
            taken.append(item)
            if len(taken) > count:
                break
        return taken

    # What displays with `*` and `**` are made of, one part after the other

    def appended(self, made, value, budget):
        made.append(value)
        return made

    def extended(self, made, values, budget):
        made.extend(self.whole_of(values, budget))
        return made

    def with_element(self, made, value, budget):
        made.add(self.key(value, budget))
        return made

    def with_elements(self, made, values, budget):
        made.update(self.hashable(values, budget))
        return made

    def with_mapping(self, made, value, budget):
        value = self.lift(value, "spread with '**'")
        if type(value) is not dict:
            raise TypeError("'%s' object is not a mapping" % type(value).__name__)
        self.elements_of(budget, len(value))
        self.keys(value, budget)
        made.update(value)
        return made

    def hashable(self, values, budget):
        """What `values` consists of, checked as a set's elements."""
        items = self.whole_of(values, budget)
        if not self.user_code:
            self.keys(items, budget)
        # The order of a set's elements depends on whether they come from a set, from a dict or one by one.
        return values if type(values) is dict or id(type(values)) in SETS else items

    def set_of(self, items, budget):
        """A set display."""
        return set(self.hashable(items, budget))

    def dict_of(self, pairs, budget):
        """A dict display: a flat tuple of keys and values."""
        made = {}
        for at in range(0, len(pairs), 2):
            made[self.key(pairs[at], budget)] = pairs[at + 1]
        return made
