/// Bounds of a slice that are known beforehand, without a step: `name[4:8]`, `nums[-3:]`.
struct ConstantSlice: Sendable {
    private let lower: Int?
    private let upper: Int?

    /// - Parameters:
    ///   - lower: The first bound's value; nil when it is not known, None when it was left out.
    ///   - upper: The second bound's value, likewise.
    init?(lower: Value?, upper: Value?) {
        func bound(_ value: Value?) -> Int?? {
            switch value {
            case .int(let place): place
            case Value.none?: .some(nil)
            default: nil
            }
        }
        guard let first = bound(lower), let second = bound(upper) else { return nil }
        self.lower = first
        self.upper = second
    }

    /// The part of ASCII text or of a list; nil for everything else, and where capture left something out.
    @inline(__always)
    func part(of value: borrowing Value, _ state: inout State) throws(Fault) -> Value? {
        switch value {
        case .ascii(let bytes):
            let range = range(in: bytes.count)
            try state.allocate(characters: range.count, wide: false)
            return .ascii(Array(bytes[range]))
        case .list(let items):
            if let last = items.last, last.isCut { return nil }
            let range = range(in: items.count)
            try state.allocate(elements: range.count)
            return .list(Array(items[range]))
        default: return nil
        }
    }

    /// Whether the part of ASCII text is the same as another text, without making it; nil for everything else.
    @inline(__always)
    func isSame(of value: borrowing Value, as other: borrowing [UInt8]) -> Bool? {
        switch value {
        case .ascii(let bytes):
            let range = range(in: bytes.count)
            if range.count != other.count { return false }
            for place in 0..<other.count where bytes[range.lowerBound + place] != other[place] { return false }
            return true
        default: return nil
        }
    }

    /// CPython's `PySlice_AdjustIndices`, for a step of one.
    @inline(__always)
    private func range(in count: Int) -> Range<Int> {
        func clamp(_ place: Int) -> Int { place < 0 ? max(0, place &+ count) : min(place, count) }
        let first = lower.map(clamp) ?? 0
        return first..<max(first, upper.map(clamp) ?? count)
    }
}
