"""Counting what an evaluation costs, before it is spent.

A budget is a list [steps left, bytes left, hashes seen or None, containers looked at or None]. A caller
without loops may give None: then each act is only held against the limits.
"""

from .limits import exceeded

STEPS, BYTES, HASHES = 0, 1, 2


class Budgets:
    """The part of the runtime that charges budgets."""

    def __init__(self, limits, reader):
        self.limits = limits
        self.reader = reader
        self.user_code = reader.user_code

    def budget(self):
        """A fresh budget."""
        return [self.limits.steps, self.limits.allocation, None, None]

    def exceeded(self, name):
        return exceeded(self.limits, name)

    def spend(self, budget, steps):
        """Takes `steps` from the budget."""
        if budget is None:
            if steps > self.limits.steps:
                raise exceeded(self.limits, "steps")
            return
        left = budget[STEPS] - steps
        if left < 0:
            raise exceeded(self.limits, "steps")
        budget[STEPS] = left

    def allocate(self, budget, size):
        """Takes `size` bytes from the budget."""
        if budget is None:
            if size > self.limits.allocation:
                raise exceeded(self.limits, "allocation")
            return
        left = budget[BYTES] - size
        if left < 0:
            raise exceeded(self.limits, "allocation")
        budget[BYTES] = left

    def text_of(self, budget, length, wide=False):
        """Makes room for a string of `length` characters."""
        if length > self.limits.characters:
            raise exceeded(self.limits, "characters")
        if length > 100:
            self.allocate(budget, length * 4 if wide else length)
            self.spend(budget, length >> 6)

    def elements_of(self, budget, count):
        """Makes room for a container of `count` elements."""
        if count > self.limits.elements:
            raise exceeded(self.limits, "elements")
        self.spend(budget, count)
        self.allocate(budget, count * 8)

    def integer_of(self, budget, bits):
        """Makes room for an integer of `bits` bits."""
        if bits > self.limits.bits:
            raise exceeded(self.limits, "bits")
        if bits > 512:
            self.allocate(budget, bits >> 3)
            self.spend(budget, bits >> 10)
