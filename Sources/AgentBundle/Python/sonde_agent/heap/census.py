"""How many objects there are of each type, and how large they are."""

from .. import reading
from .sizes import header_size, sizer_of
from .walk import Walk


class Census:
    """One count of the heap. `types` has, by the type's full name, [count, bytes]; classes of one name are one row."""

    def __init__(self, request):
        self.walk = Walk(request)
        self._entries = {}
        self.walk.run(self._count)
        header = header_size()
        self.types = {}
        for kind, _, count, size in self._entries.values():
            name = reading.type_name(kind)
            if name.startswith("_sonde_"):
                continue
            row = self.types.setdefault(name, [0, 0])
            row[0] += count
            row[1] += size + count * header
        self._entries.clear()

    def _count(self, objects):
        entries = self._entries
        for item in objects:
            kind = type(item)
            entry = entries.get(id(kind))
            if entry is None:
                # The entry keeps the class, so that no other one gets its address meanwhile.
                entry = entries[id(kind)] = [kind, sizer_of(kind), 0, 0]
            entry[2] += 1
            entry[3] += entry[1](item)

    def rows(self):
        """A row for each type."""
        return [{"type": name, "count": count, "size": size} for name, (count, size) in self.types.items()]

    def rows_since(self, before):
        """A row for each type that there are more or fewer of, or that grew, since an earlier census' `types`."""
        rows = []
        for name in self.types.keys() | before.keys():
            count, size = self.types.get(name, (0, 0))
            old_count, old_size = before.get(name, (0, 0))
            if (count, size) != (old_count, old_size):
                rows.append(
                    {
                        "type": name,
                        "count": count,
                        "size": size,
                        "more": count - old_count,
                        "grown": size - old_size,
                    }
                )
        return rows
