internal import BigInt

/// `enumerate(…)`.
final class Enumeration: LazyIterator, @unchecked Sendable {
    private var cursor: Cursor
    private var number: BigInt

    init(_ cursor: Cursor, from start: BigInt) {
        self.cursor = cursor
        number = start
        super.init(typeName: "enumerate")
    }

    override func next(_ state: inout State) throws(Fault) -> Value? {
        guard let element = try cursor.next(&state) else { return nil }
        let place = Value(BigInteger(number))
        number += 1
        return .tuple([place, element])
    }
}

/// `zip(…)`.
final class Zip: LazyIterator, @unchecked Sendable {
    private var cursors: [Cursor]
    private let isStrict: Bool
    private var isDone = false

    init(_ cursors: [Cursor], isStrict: Bool) {
        self.cursors = cursors
        self.isStrict = isStrict
        super.init(typeName: "zip")
    }

    override func next(_ state: inout State) throws(Fault) -> Value? {
        if isDone || cursors.isEmpty { return nil }
        var row: [Value] = []
        row.reserveCapacity(cursors.count)
        for place in cursors.indices {
            if let element = try cursors[place].next(&state) {
                row.append(element)
                continue
            }
            isDone = true
            if isStrict { try checkLengths(after: place, &state) }
            return nil
        }
        return .tuple(row)
    }

    /// With `strict`, all must end together.
    private func checkLengths(after place: Int, _ state: inout State) throws(Fault) {
        if place > 0 {
            let others = place == 1 ? " 1" : "s 1-\(place)"
            throw state.valueError("zip() argument \(place + 1) is shorter than argument\(others)")
        }
        for other in cursors.indices.dropFirst() where try cursors[other].next(&state) != nil {
            let others = other == 1 ? " 1" : "s 1-\(other)"
            throw state.valueError("zip() argument \(other + 1) is longer than argument\(others)")
        }
    }
}

/// `reversed(…)` of what has been laid out.
final class Reversed: LazyIterator, @unchecked Sendable {
    private var items: [Value]

    init(_ items: [Value]) {
        self.items = items
        super.init(typeName: "reversed")
    }

    override func next(_ state: inout State) throws(Fault) -> Value? { items.popLast() }
}

/// An iterator that goes on where a cursor stands.
final class Forward: LazyIterator, @unchecked Sendable {
    private var cursor: Cursor

    init(_ cursor: Cursor, typeName: String) {
        self.cursor = cursor
        super.init(typeName: typeName)
    }

    override func next(_ state: inout State) throws(Fault) -> Value? { try cursor.next(&state) }
}
