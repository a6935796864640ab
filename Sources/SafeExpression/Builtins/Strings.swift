/// Text as Python sees it: code points.
enum Strings {
    /// A string of one code point.
    static func character(_ unit: UInt32) -> Value { unit < 0x80 ? .ascii([UInt8(unit)]) : .wide([unit]) }

    /// The order of two strings by code points.
    static func order(_ left: Value, _ right: Value, _ state: inout State) throws(Fault) -> Ordering.Order {
        func order(
            _ a: [some FixedWidthInteger], _ b: [some FixedWidthInteger], _ state: inout State
        ) throws(Fault) -> Ordering.Order {
            let count = min(a.count, b.count)
            try state.charge(count >> 4)
            for place in 0..<count {
                let x = UInt32(truncatingIfNeeded: a[place])
                let y = UInt32(truncatingIfNeeded: b[place])
                if x != y { return x < y ? .less : .greater }
            }
            return a.count < b.count ? .less : a.count == b.count ? .equal : .greater
        }
        switch (left, right) {
        case (.ascii(let a), .ascii(let b)): return try order(a, b, &state)
        case (.ascii(let a), .wide(let b)): return try order(a, b, &state)
        case (.wide(let a), .ascii(let b)): return try order(a, b, &state)
        case (.wide(let a), .wide(let b)): return try order(a, b, &state)
        default: preconditionFailure("only text is ordered as text")
        }
    }
}
