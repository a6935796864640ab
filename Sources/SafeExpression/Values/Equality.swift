internal import BigInt

/// Python's `==` on values, without recursion.
enum Equality {
    /// Identity or equality, as containers compare their elements: a NaN is the same as itself.
    static func isSame(_ left: Value, _ right: Value, _ state: inout State) throws(Fault) -> Bool {
        if case .float(let a) = left, case .float(let b) = right, a.isNaN { return a.bitPattern == b.bitPattern }
        return try isEqual(left, right, &state)
    }

    /// Python's `==`.
    static func isEqual(_ left: Value, _ right: Value, _ state: inout State) throws(Fault) -> Bool {
        if let answer = try leaves(left, right, &state) { return answer }
        if let answer = try flat(left, right, &state) { return answer }
        var pending: [(left: Value, right: Value, depth: Int)] = [(left, right, 1)]
        while let (left, right, depth) = pending.popLast() {
            if depth > state.limits.depth {
                throw state.fault(.limit(.depth), "data nested deeper than \(state.limits.depth)")
            }
            switch (left, right) {
            case (.list(let a), .list(let b)), (.tuple(let a), .tuple(let b)):
                guard a.count == b.count else { return false }
                let start = pending.count
                for place in a.indices {
                    try state.charge(1)
                    guard try element(a[place], b[place], depth, &pending, &state) else { return false }
                }
                pending[start...].reverse()
            case (.mapping(let a), .mapping(let b)):
                try a.checkComplete(state)
                try b.checkComplete(state)
                guard a.count == b.count else { return false }
                for place in a.keys.indices {
                    try state.charge(1)
                    guard let other = try b.position(of: a.keys[place], &state) else { return false }
                    guard try element(a.values[place], b.values[other], depth, &pending, &state) else { return false }
                }
            case (.group, .group), (.group, .view), (.view, .group), (.view, .view):
                guard try Sets.isEqual(left, right, &state) else { return false }
            default: return false
            }
        }
        return true
    }

    /// Two lists or tuples of leaves, for which nothing needs to be noted down; nil where there is more to it.
    private static func flat(_ left: Value, _ right: Value, _ state: inout State) throws(Fault) -> Bool? {
        switch (left, right) {
        case (.list(let a), .list(let b)), (.tuple(let a), .tuple(let b)):
            guard a.count == b.count else { return false }
            for place in a.indices {
                try state.charge(1)
                if case .float(let x) = a[place], case .float(let y) = b[place], x.isNaN, x.bitPattern == y.bitPattern {
                    continue
                }
                guard let answer = try leaves(a[place], b[place], &state) else { return nil }
                if !answer { return false }
            }
            return true
        default: return nil
        }
    }

    /// Compares two elements, or notes them down when they are containers.
    private static func element(
        _ left: Value, _ right: Value, _ depth: Int, _ pending: inout [(left: Value, right: Value, depth: Int)],
        _ state: inout State
    ) throws(Fault) -> Bool {
        if case .float(let a) = left, case .float(let b) = right, a.isNaN, a.bitPattern == b.bitPattern { return true }
        if let answer = try leaves(left, right, &state) { return answer }
        pending.append((left, right, depth + 1))
        return true
    }

    /// The answer when it needs no look inside, nil for two containers of comparable kinds.
    private static func leaves(_ left: Value, _ right: Value, _ state: inout State) throws(Fault) -> Bool? {
        switch (left, right) {
        case (.int(let a), .int(let b)): return a == b
        case (.ascii(let a), .ascii(let b)):
            try state.charge(min(a.count, b.count) >> 6)
            return a == b
        case (.wide(let a), .wide(let b)):
            try state.charge(min(a.count, b.count) >> 6)
            return a == b
        case (.float(let a), .float(let b)): return a == b
        case (.big(let a), .big(let b)):
            try state.charge(min(a.bitLength, b.bitLength) >> 8)
            return a.number == b.number
        case (.none, .none): return true
        case (.cut(let mark), _), (_, .cut(let mark)): throw state.cut(mark)
        case (.object(let a), .object(let b)):
            if a === b { return true }
            if let mark = left.cutMark ?? right.cutMark { throw state.cut(mark) }
            if let bytes = a.record as? CapturedBytes, let others = b.record as? CapturedBytes {
                return bytes.bytes == others.bytes
            }
            return false
        case (.range(let a), .range(let b)):
            try state.charge(min(a.bits, b.bits) >> 6)
            guard a.length == b.length else { return false }
            if a.length == .zero { return true }
            guard a.start.number == b.start.number else { return false }
            if a.length == .small(1) { return true }
            return a.step.number == b.step.number
        case (.list, .list), (.tuple, .tuple), (.mapping, .mapping), (.group, .group): return nil
        case (.view(let a), .view(let b)):
            if a.kind == .values || b.kind == .values { return a === b }
            return nil
        case (.view(let a), .group), (.group, .view(let a)):
            return a.kind == .values ? false : nil
        case (.iterator(let a), .iterator(let b)): return a === b
        default:
            guard let order = Ordering.numbers(left, right) else {
                if let mark = left.cutMark ?? right.cutMark { throw state.cut(mark) }
                return false
            }
            return order == .equal
        }
    }
}
