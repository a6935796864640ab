internal import BigInt

/// Python's `<` and its kin, and the exact order of numbers.
enum Ordering {
    /// How two numbers stand to each other.
    enum Order { case less, equal, greater, unordered }

    /// The order of two numbers, exact also between integers and floats; nil if one of them is no number.
    static func numbers(_ left: Value, _ right: Value) -> Order? {
        switch (left, right) {
        case (.float(let a), .float(let b)): return order(a, b)
        case (.big(let a), .big(let b)): return order(a.number, b.number)
        case (.big(let a), .float(let b)): return order(a.number, b)
        case (.float(let a), .big(let b)): return order(b.number, a).flipped
        case (.big(let a), _):
            guard right.asInt != nil else { return nil }
            return a.number.sign == .minus ? .less : .greater
        case (_, .big(let b)):
            guard left.asInt != nil else { return nil }
            return b.number.sign == .minus ? .greater : .less
        case (.float(let a), _):
            guard let b = right.asInt else { return nil }
            return order(b, a).flipped
        case (_, .float(let b)):
            guard let a = left.asInt else { return nil }
            return order(a, b)
        default:
            guard let a = left.asInt, let b = right.asInt else { return nil }
            return order(a, b)
        }
    }

    @inline(__always)
    private static func order<Number: Comparable>(_ a: Number, _ b: Number) -> Order {
        a < b ? .less : a == b ? .equal : a > b ? .greater : .unordered
    }

    /// The exact order of an integer and a float.
    static func order(_ a: Int, _ b: Double) -> Order {
        if a.magnitude <= 1 << 53 { return order(Double(a), b) }
        if b.isNaN { return .unordered }
        if b >= 0x1p63 { return .less }
        if b < -0x1p63 { return .greater }
        let whole = b.rounded(.towardZero)
        let number = Int(whole)
        return a == number ? order(whole, b) : order(a, number)
    }

    private static func order(_ a: BigInt, _ b: Double) -> Order {
        if b.isNaN { return .unordered }
        if b.isInfinite { return b > 0 ? .less : .greater }
        // A big integer is at least 2^63 away from zero, where every float is whole.
        return order(a, BigInt(b))
    }

    /// The operators that order.
    enum Operator: String {
        case less = "<"
        case lessOrEqual = "<="
        case greater = ">"
        case greaterOrEqual = ">="
    }

    @inline(__always)
    static func holds(_ operation: Operator, _ order: Order) -> Bool {
        switch operation {
        case .less: order == .less
        case .lessOrEqual: order == .less || order == .equal
        case .greater: order == .greater
        case .greaterOrEqual: order == .greater || order == .equal
        }
    }

    /// Python's `left < right` and its kin.
    static func compare(
        _ operation: Operator, _ left: Value, _ right: Value, _ state: inout State
    ) throws(Fault) -> Bool {
        var left = left
        var right = right
        var depth = 0
        // Sequences are ordered by their first difference, which the loop goes down to.
        descent: while true {
            if case .big(let a) = left, case .big(let b) = right {
                try state.charge(min(a.bitLength, b.bitLength) >> 7)
            }
            if let order = numbers(left, right) { return holds(operation, order) }
            switch (left, right) {
            case (.ascii, .ascii), (.ascii, .wide), (.wide, .ascii), (.wide, .wide):
                return holds(operation, try Strings.order(left, right, &state))
            case (.list(let a), .list(let b)), (.tuple(let a), .tuple(let b)):
                depth += 1
                if depth > state.limits.depth {
                    throw state.fault(.limit(.depth), "data nested deeper than \(state.limits.depth)")
                }
                for place in 0..<min(a.count, b.count) {
                    try state.charge(1)
                    if try Equality.isSame(a[place], b[place], &state) { continue }
                    left = a[place]
                    right = b[place]
                    continue descent
                }
                return holds(operation, order(a.count, b.count))
            case (.group, .group), (.group, .view), (.view, .group), (.view, .view):
                if let answer = try Sets.compare(operation, left, right, &state) { return answer }
            default: if let mark = left.cutMark ?? right.cutMark { throw state.cut(mark) }
            }
            throw state.typeError(
                "'\(operation.rawValue)' not supported between instances of '\(left.typeName)' and '\(right.typeName)'")
        }
    }
}

extension Ordering.Order {
    /// The order seen from the other side.
    var flipped: Ordering.Order {
        switch self {
        case .less: .greater
        case .greater: .less
        case .equal, .unordered: self
        }
    }
}
