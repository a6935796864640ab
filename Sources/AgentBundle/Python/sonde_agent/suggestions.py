"""What the user may have meant."""


def suggestion(name, choices):
    """The choice nearest to the name, or None when none is near: a third of the letters may differ."""
    best = None
    limit = max(1, len(name) // 3)
    lowered = name.lower()
    for choice in choices:
        if abs(len(choice) - len(name)) > limit:
            continue
        distance = _distance(lowered, choice.lower(), limit)
        if distance <= limit and (best is None or distance < best[0]):
            best = (distance, choice)
    return best[1] if best is not None else None


def _distance(first, second, limit):
    """The number of edits (a swap of neighbours is one) between the words; beyond the limit, any number above it."""
    before = None
    row = list(range(len(second) + 1))
    for index, left in enumerate(first, 1):
        following = [index]
        for other, right in enumerate(second, 1):
            value = min(row[other] + 1, following[-1] + 1, row[other - 1] + (left != right))
            if before is not None and other > 1 and left == second[other - 2] and first[index - 2] == right:
                value = min(value, before[other - 2] + 1)
            following.append(value)
        if min(following) > limit:
            return limit + 1
        before, row = row, following
    return row[-1]
