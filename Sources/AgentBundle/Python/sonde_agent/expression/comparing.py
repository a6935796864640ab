"""Comparison, membership and truth of any values."""

import operator
import sys

from .arithmetic import Arithmetic
from .values import (
    PLAIN,
    READING,
    SCALARS,
    SEQUENCES,
    SETS,
    STREAM,
    VIEWS,
    Cut,
    Stream,
    base_of,
    foreign,
    type_dict,
    type_mro,
)

ORDER = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}


def inherits_from_object(value, special):
    """Whether no class of `value` but `object` defines one of the `special` methods."""
    for each in type_mro(type(value)):
        if each is object:
            return True
        names = type_dict(each)
        for name in special:
            if name in names:
                return False
    return False


class Comparing(Arithmetic):
    """`< <= > >= == != in` and truth."""

    def truth(self, value):
        """Whether a value counts as true."""
        kind = id(type(value))
        if kind in PLAIN or self.user_code or kind in STREAM:
            return True if value else False
        if inherits_from_object(value, ("__bool__", "__len__")) and type(value) is not Cut:
            return True
        base = base_of(value, ("__bool__", "__len__"))
        if base is None or base is range:
            raise foreign(value, "tested for truth")
        return bool(base.__len__(value)) if hasattr(base, "__len__") else bool(base.__bool__(value))

    def equal(self, left, right, budget):
        """`left == right`."""
        one, other = id(type(left)), id(type(right))
        if one in SCALARS and other in SCALARS:
            if one != other and (type(left) is bytes or type(right) is bytes):
                return False  # Python could warn (-b)
            return left == right
        if self.user_code:
            return left == right
        if one not in PLAIN or other not in PLAIN:
            return self.equal_objects(left, right, budget)
        if one == other and type(left) is not range:
            if one in VIEWS:
                if left is right:
                    return True
            elif len(left) != len(right):
                return False
        elif not (one in SETS or one in VIEWS) or not (other in SETS or other in VIEWS):
            return False
        # Looking at two containers takes as long as a dozen steps, however few their elements are.
        self.spend(budget, 12)
        self.plain(left, "compared", budget)
        self.plain(right, "compared", None)
        return left == right

    def equal_objects(self, left, right, budget):
        """`==` where at least one side is no plain value."""
        for value in (left, right):
            if type(value) is Cut:
                raise foreign(value, "compared")
        if inherits_from_object(left, ("__eq__", "__ne__")) and (
            id(type(right)) in PLAIN or inherits_from_object(right, ("__eq__", "__ne__"))
        ):
            return left is right
        if id(type(left)) in PLAIN and inherits_from_object(right, ("__eq__", "__ne__")):
            return False
        return self.equal(self.lift(left, "compared"), self.lift(right, "compared"), budget)

    def unequal(self, left, right, budget):
        if self.user_code and (id(type(left)) not in PLAIN or id(type(right)) not in PLAIN):
            return left != right
        return not self.equal(left, right, budget)

    def order(self, operation, left, right, budget):
        """`<`, `<=`, `>`, `>=`."""
        one, other = id(type(left)), id(type(right))
        if not (one in SCALARS and other in SCALARS) and not self.user_code:
            left, right = self.lift(left, "compared"), self.lift(right, "compared")
            if type(left) is type(right) or id(type(left)) in SETS | VIEWS:
                self.plain(left, "compared", budget)
                self.plain(right, "compared", None)
        return ORDER[operation](left, right)

    def less(self, left, right, budget):
        return self.order("<", left, right, budget)

    def less_equal(self, left, right, budget):
        return self.order("<=", left, right, budget)

    def greater(self, left, right, budget):
        return self.order(">", left, right, budget)

    def greater_equal(self, left, right, budget):
        return self.order(">=", left, right, budget)

    def contains(self, item, container, budget):
        """`item in container`."""
        kind = type(container)
        if kind is str:
            item = self.lift(item, "looked for")
            if type(item) is str:
                self.search(len(container), len(item), budget)
            return item in container
        if id(kind) in SEQUENCES:
            return self.contains_element(item, container, budget)
        if kind is dict or id(kind) in SETS:
            if not self.user_code:
                if type(item) is set and kind is not dict:
                    self.plain(item, "hashed", budget)
                else:
                    item = self.key(item, budget)
                self.searchable(container, budget)
            return item in container
        if kind is range:
            return self.contains_number(item, container)
        if id(kind) in VIEWS:
            self.plain(container, "compared", budget)
            self.plain(item, "compared", budget)
            return item in container
        if kind is Stream:
            for each in self.iterate(container, 1, budget or self.budget()):
                if each is item or self.equal(each, item, budget):
                    return True
            return False
        if id(kind) in PLAIN or self.user_code:
            return item in container
        base = base_of(container, READING)
        if base is dict:
            item = self.key(item, budget)
            self.searchable(container, budget)
            return dict.__contains__(container, item)
        return self.contains(item, self.lift(container, "searched"), budget)

    def contains_element(self, item, container, budget):
        """`in` for a list or tuple, element by element: identical, or equal."""
        self.spend(budget, len(container))
        items = tuple(container)
        if self.user_code:
            return item in items
        if id(type(item)) in SCALARS and SCALARS.issuperset(map(id, map(type, items))):
            if not sys.flags.bytes_warning:
                return item in items
        for each in items:
            if each is item or self.equal(each, item, budget):
                return True
        return False

    def contains_number(self, item, container):
        """`in` for a range; Python would go through it for a number that is no int."""
        item = self.lift(item, "compared")
        if type(item) is float:
            if item - item != 0 or item != int(item):
                return False
            item = int(item)
        elif type(item) is not int and type(item) is not bool:
            return False
        return item in container

    def search(self, length, part, budget):
        """Charges the search of `part` characters in `length`, which may take their product."""
        if length > self.limits.characters or part > self.limits.characters:
            raise self.exceeded("characters")
        if length > 100:
            self.spend(budget, (length >> 6) + (length * part >> 8))
