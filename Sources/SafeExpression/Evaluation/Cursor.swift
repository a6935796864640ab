internal import BigInt

/// An iterator that makes its elements when they are asked for: a generator expression, `zip`, `enumerate`, `reversed`.
///
/// Made and used up inside one evaluation; it never leaves it, which is what makes sharing it safe.
public class LazyIterator: @unchecked Sendable {
    /// Python's name of the type.
    let typeName: String

    init(typeName: String) { self.typeName = typeName }

    func next(_ state: inout State) throws(Fault) -> Value? { preconditionFailure("an iterator without elements") }
}

/// A place in an iteration; each element costs a step.
struct Cursor {
    /// What is no array of values.
    private enum Source {
        case ascii([UInt8])
        case wide([UInt32])
        case view(View)
        case numbers(start: Int, step: Int, count: Int)
        case bigNumbers(Progression)
        case lazy(LazyIterator)
    }

    /// The elements, where they are all there.
    private let items: [Value]
    private let source: Source?
    private var place = 0

    /// Python's `iter(value)`.
    init(over value: Value, _ state: inout State) throws(Fault) {
        switch value {
        case .list(let items), .tuple(let items):
            self.items = items
            source = nil
            return
        case .mapping(let mapping):
            try mapping.checkComplete(state)
            items = mapping.keys
            source = nil
            return
        case .group(let group):
            items = group.elements
            source = nil
            return
        case .ascii(let bytes): source = .ascii(bytes)
        case .wide(let units): source = .wide(units)
        case .view(let view): source = .view(view)
        case .range(let range):
            if let (start, step, count) = range.machine {
                source = .numbers(start: start, step: step, count: count)
            } else {
                source = .bigNumbers(range)
            }
        case .iterator(let iterator): source = .lazy(iterator)
        default:
            if let mark = value.cutMark { throw state.cut(mark) }
            throw state.typeError("'\(value.typeName)' object is not iterable")
        }
        items = []
    }

    /// The next element, nil at the end.
    @inline(__always)
    mutating func next(_ state: inout State) throws(Fault) -> Value? {
        try state.charge(1)
        let place = self.place
        self.place += 1
        if place < items.count {
            let item = items[place]
            if case .cut(let mark) = item { throw state.cut(mark) }
            return item
        }
        guard let source else { return nil }
        return try Self.element(of: source, place, &state)
    }

    private static func element(
        of source: Source, _ place: Int, _ state: inout State
    ) throws(Fault) -> Value? {
        switch source {
        case .ascii(let bytes): return place < bytes.count ? .ascii([bytes[place]]) : nil
        case .wide(let units): return place < units.count ? Strings.character(units[place]) : nil
        case .view(let view): return place < view.mapping.count ? view.element(at: place) : nil
        case .numbers(let start, let step, let count): return place < count ? .int(start + place * step) : nil
        case .bigNumbers(let range):
            if case .small(let count) = range.length, place >= count { return nil }
            // Each is allocated several times over, which takes as long as several steps.
            try state.charge(8)
            return range.number(at: BigInt(place))
        case .lazy(let iterator): return try iterator.next(&state)
        }
    }

    /// How many elements are left, where that is known without making them.
    var countIfKnown: Int? {
        switch source {
        case nil: items.count - place
        case .ascii(let bytes): bytes.count - place
        case .wide(let units): units.count - place
        case .view(let view): view.mapping.count - place
        case .numbers(_, _, let count): count - place
        case .bigNumbers(let range): if case .small(let count) = range.length { count - place } else { .max }
        case .lazy: nil
        }
    }

    /// All that is left, as an array; refused before it is made when it is known to be too long.
    mutating func rest(_ state: inout State) throws(Fault) -> [Value] {
        if let count = countIfKnown {
            try state.allocate(elements: count)
            try state.charge(count)
            if case nil = source, place == 0, !items.contains(where: { $0.isCut }) { return items }
        }
        var result: [Value] = []
        result.reserveCapacity(countIfKnown ?? 0)
        while let element = try next(&state) {
            result.append(element)
            if countIfKnown == nil {
                try state.allocate(16)
                if result.count > state.limits.elements { try state.allocate(elements: result.count) }
            }
        }
        return result
    }
}

extension Value {
    var isCut: Bool { if case .cut = self { true } else { false } }
}
