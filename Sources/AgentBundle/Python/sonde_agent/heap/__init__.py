"""The target's memory: totals, the objects in it, and who holds them."""
