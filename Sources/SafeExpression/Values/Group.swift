/// A set; iteration order is CPython's, which for numbers is the same in every process.
///
/// The table works as `Objects/setobject.c` of CPython 3.12 does: linear probes, perturbation, resizing at three fifths.
public final class Group: Sendable {
    fileprivate let table: Table

    fileprivate init(_ table: Table) { self.table = table }

    var count: Int { table.used }

    /// The elements in CPython's order.
    var elements: [Value] { table.entries.compactMap { $0.value } }

    func contains(_ value: Value, _ state: inout State) throws(Fault) -> Bool {
        try table.find(value, hash: Hashing.pythonHash(value, &state), &state) != nil
    }

    fileprivate struct Entry: Sendable {
        var hash = 0
        var value: Value?
        /// A removed entry, which probing passes over.
        var isDummy = false
    }

    fileprivate struct Table: Sendable {
        var entries = [Entry](repeating: Entry(), count: 8)
        var fill = 0
        var used = 0

        var mask: Int { entries.count - 1 }

        /// Visits the places that CPython probes for a hash, until the body says that it has found what it wants.
        @inline(__always)
        func probe(_ hash: Int, _ body: (Int) throws(Fault) -> Bool) throws(Fault) {
            let mask = mask
            var place = hash & mask
            var perturb = UInt(bitPattern: hash)
            while true {
                let last = place + 9 <= mask ? place + 9 : place
                for near in place...last where try body(near) { return }
                perturb >>= 5
                place = Int(bitPattern: UInt(bitPattern: place) &* 5 &+ 1 &+ perturb) & mask
            }
        }

        func find(_ value: Value, hash: Int, _ state: inout State) throws(Fault) -> Int? {
            var found: Int?
            try probe(hash) { (place) throws(Fault) in
                let entry = entries[place]
                guard let known = entry.value else { return !entry.isDummy }
                guard entry.hash == hash else { return false }
                try state.charge(1)
                guard try Equality.isSame(known, value, &state) else { return false }
                found = place
                return true
            }
            return found
        }

        mutating func add(_ value: Value, hash: Int, _ state: inout State) throws(Fault) {
            var free = -1
            var dummy = -1
            try probe(hash) { (place) throws(Fault) in
                let entry = entries[place]
                guard let known = entry.value else {
                    if entry.isDummy {
                        dummy = place
                        return false
                    }
                    free = place
                    return true
                }
                guard entry.hash == hash else { return false }
                try state.charge(1)
                return try Equality.isSame(known, value, &state)
            }
            if free < 0 { return }
            if dummy >= 0 {
                // The place of a removed element is taken again, and the table is no fuller than before.
                entries[dummy] = Entry(hash: hash, value: value)
                used += 1
                return
            }
            entries[free] = Entry(hash: hash, value: value)
            fill += 1
            used += 1
            if fill * 5 >= mask * 3 { resize(for: used > 50_000 ? used * 2 : used * 4) }
        }

        mutating func remove(_ value: Value, hash: Int, _ state: inout State) throws(Fault) -> Bool {
            guard let place = try find(value, hash: hash, &state) else { return false }
            entries[place] = Entry(hash: -1, value: nil, isDummy: true)
            used -= 1
            return true
        }

        /// Makes the table anew when more than a quarter of it is marks of removed elements.
        mutating func sweep() {
            if fill - used > mask / 4 { resize(for: used > 50_000 ? used * 2 : used * 4) }
        }

        mutating func resize(for minimum: Int) {
            var size = 8
            while size <= minimum { size <<= 1 }
            let old = entries
            entries = Array(repeating: Entry(), count: size)
            for entry in old where entry.value != nil { place(entry) }
            fill = used
        }

        /// Stores an entry that is known not to be there.
        private mutating func place(_ entry: Entry) {
            let mask = mask
            var place = entry.hash & mask
            var perturb = UInt(bitPattern: entry.hash)
            while true {
                let last = place + 9 <= mask ? place + 9 : place
                for near in place...last where entries[near].value == nil {
                    entries[near] = entry
                    return
                }
                perturb >>= 5
                place = Int(bitPattern: UInt(bitPattern: place) &* 5 &+ 1 &+ perturb) & mask
            }
        }

        /// CPython's `set_merge`.
        mutating func merge(_ other: Table, _ state: inout State) throws(Fault) {
            if other.used == 0 { return }
            if (fill + other.used) * 5 >= mask * 3 { resize(for: (used + other.used) * 2) }
            if fill == 0 {
                if mask == other.mask, other.fill == other.used {
                    self = other
                    return
                }
                for entry in other.entries where entry.value != nil { place(entry) }
                fill = other.used
                used = other.used
                return
            }
            for entry in other.entries {
                if let value = entry.value { try add(value, hash: entry.hash, &state) }
            }
        }
    }

    /// Collects elements, or starts from another set's.
    struct Builder {
        private var table = Table()

        init() {}

        /// Goes on where another set was finished.
        init(continuing group: Group) { table = group.table }

        init(copying group: Group, _ state: inout State) throws(Fault) { try table.merge(group.table, &state) }

        var count: Int { table.used }

        /// Inserts an element of the host's own making.
        mutating func insert(_ value: Value) {
            var state = State.unlimited
            do throws(Fault) {
                try insert(value, &state)
            } catch {
                preconditionFailure("a set's element: \(error.message)")
            }
        }

        mutating func insert(_ value: Value, _ state: inout State) throws(Fault) {
            try table.add(value, hash: Hashing.pythonHash(value, &state), &state)
        }

        mutating func merge(_ other: Group, _ state: inout State) throws(Fault) {
            try table.merge(other.table, &state)
        }

        /// Makes room as `set.update(dict)` does before it adds a dict's keys.
        mutating func reserve(forKeysOf mapping: Mapping) {
            if (table.fill + mapping.count) * 5 >= table.mask * 3 {
                table.resize(for: (table.used + mapping.count) * 2)
            }
        }

        /// Removes an element; false if it was not there.
        mutating func remove(_ value: Value, _ state: inout State) throws(Fault) -> Bool {
            try table.remove(value, hash: Hashing.pythonHash(value, &state), &state)
        }

        /// Ends a run of removals, as `set.difference_update` does.
        mutating func sweep() { table.sweep() }

        func finish() -> Group { Group(table) }
    }
}
