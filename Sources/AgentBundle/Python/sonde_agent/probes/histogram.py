"""A histogram of durations with logarithmic buckets, each power of two cut into 32 equal ones.

Up to 64 ns each nanosecond has a bucket of its own; above, a bucket is at most 1/32 of its values wide, and what it
stands for is its middle: the relative error is at most 1.6 %. A day in nanoseconds needs 1,400 buckets at the most.
"""

ERROR = 1.0 / 64

_BITS = 6
_HALF = 1 << _BITS - 1


def bucket(duration):
    """The index of the bucket that a duration in nanoseconds falls into."""
    shift = duration.bit_length() - _BITS
    return (shift << _BITS - 1) + (duration >> shift) if shift > 0 else duration


def middle(index):
    """The duration that a bucket stands for, in nanoseconds."""
    shift = (index >> _BITS - 1) - 1
    if shift <= 0:
        return index
    return ((index & _HALF - 1 | _HALF) << shift) + ((1 << shift) - 1) / 2.0


class Histogram:
    """Counts of durations by bucket, with their exact number, sum and maximum."""

    __slots__ = ("count", "sum", "max", "_buckets")

    def __init__(self):
        self.count = self.sum = self.max = 0
        self._buckets = {}

    def add(self, counts):
        """Adds durations: a dict from nanoseconds to how often."""
        buckets = self._buckets
        for duration, number in counts.items():
            index = bucket(duration)
            buckets[index] = buckets.get(index, 0) + number
            self.count += number
            self.sum += duration * number
            if duration > self.max:
                self.max = duration

    def percentiles(self, *shares):
        """The durations that these shares (0 to 1) of all do not exceed, in nanoseconds; None each when there are none.

        They come in the order of the shares, which must ascend.
        """
        result = []
        passed = 0
        entries = iter(sorted(self._buckets.items()))
        value = None
        for share in shares:
            while passed < max(share * self.count, 1) and self.count:
                index, number = next(entries)
                passed += number
                value = min(middle(index), self.max)
            result.append(value)
        return result
