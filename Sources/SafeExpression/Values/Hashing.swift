internal import BigInt

/// Hashes of values: one for dicts, seeded per process, and CPython's own for sets, whose order shows.
enum Hashing {
    /// A hash that agrees with `==` and that an attacker cannot foresee.
    static func hash(_ value: Value, _ state: inout State) throws(Fault) -> Int {
        switch value {
        case .ascii(let bytes):
            try state.charge(bytes.count >> 6)
            var hasher = Hasher()
            bytes.hash(into: &hasher)
            return hasher.finalize()
        case .int(let number): return number.hashValue
        default:
            var hasher = Hasher()
            var pending: [(value: Value, depth: Int)] = [(value, 0)]
            while let (next, depth) = pending.popLast() {
                try state.charge(1)
                if depth > state.limits.depth {
                    throw state.fault(.limit(.depth), "data nested deeper than \(state.limits.depth)")
                }
                if case .tuple(let items) = next {
                    hasher.combine(items.count)
                    for item in items.reversed() { pending.append((item, depth + 1)) }
                } else {
                    try feed(next, to: &hasher, &state)
                }
            }
            return hasher.finalize()
        }
    }

    private static func feed(_ value: Value, to hasher: inout Hasher, _ state: inout State) throws(Fault) {
        switch value {
        case .none: hasher.combine(0x6E)
        case .bool(let flag): hasher.combine(flag ? 1 : 0)
        case .int(let number): hasher.combine(number)
        case .big(let number):
            try state.charge(number.bitLength >> 7)
            hasher.combine(number.number)
        case .float(let number):
            if let small = Int(exactly: number) {
                hasher.combine(small)
            } else if let whole = BigInt(exactly: number) {
                hasher.combine(whole)
            } else {
                hasher.combine(number.bitPattern)
            }
        case .ascii(let bytes):
            try state.charge(bytes.count >> 6)
            hasher.combine(bytes)
        case .wide(let units):
            try state.charge(units.count >> 5)
            hasher.combine(units)
        case .range(let range):
            hasher.combine(range.length == .small(0) ? 0 : range.start.number.hashValue)
        case .object(let box):
            if let bytes = box.record as? CapturedBytes {
                hasher.combine(bytes.bytes)
            } else {
                hasher.combine(ObjectIdentifier(box))
            }
        case .cut(let mark): throw state.cut(mark)
        case .list, .tuple, .mapping, .group: throw state.typeError("unhashable type: '\(value.typeName)'")
        case .view(let view):
            if view.kind == .values { throw onlyIdentity(value, state) }
            throw state.typeError("unhashable type: '\(value.typeName)'")
        case .iterator: throw onlyIdentity(value, state)
        }
    }

    /// Python hashes these by their identity, of which the language knows nothing.
    private static func onlyIdentity(_ value: Value, _ state: State) -> Fault {
        state.fault(.rejected, "'\(value.typeName)' has an identity only, and cannot be hashed here")
    }

    /// CPython's `hash`, for what does not depend on its random seed.
    static func pythonHash(_ value: Value, _ state: inout State) throws(Fault) -> Int {
        switch value {
        case .none: return 0xFCA8_6420
        case .bool(let flag): return flag ? 1 : 0
        case .int(let number): return hash(of: number)
        case .big(let number):
            try state.charge(number.bitLength >> 7)
            return hash(of: number.number)
        case .float(let number): return hash(of: number)
        case .tuple(let items): return try hash(of: items, &state)
        default: return try hash(value, &state)
        }
    }

    private static let modulus = (1 << 61) - 1

    private static func hash(of number: Int) -> Int {
        let rest = Int(number.magnitude % UInt(modulus))
        let hash = number < 0 ? -rest : rest
        return hash == -1 ? -2 : hash
    }

    private static func hash(of number: BigInt) -> Int {
        let rest = Int(number.magnitude % BigUInt(modulus))
        let hash = number.sign == .minus ? -rest : rest
        return hash == -1 ? -2 : hash
    }

    private static func hash(of number: Double) -> Int {
        if number.isNaN { return number.bitPattern.hashValue }
        if number.isInfinite { return number > 0 ? 314_159 : -314_159 }
        if let small = Int(exactly: number) { return hash(of: small) }
        // Twenty-eight bits of the significand at a time, as `_Py_HashDouble` takes them.
        var exponent = Int(number.exponent) + 1
        var fraction = number.magnitude.significand / 2
        var hash: UInt = 0
        while fraction != 0 {
            hash = ((hash << 28) & UInt(modulus)) | hash >> 33
            fraction *= 268_435_456
            exponent -= 28
            let part = UInt(fraction)
            fraction -= Double(part)
            hash += part
            if hash >= UInt(modulus) { hash -= UInt(modulus) }
        }
        let shift = exponent >= 0 ? exponent % 61 : 60 - ((-1 - exponent) % 61)
        hash = ((hash << UInt(shift)) & UInt(modulus)) | hash >> UInt(61 - shift)
        let signed = number < 0 ? -Int(hash) : Int(hash)
        return signed == -1 ? -2 : signed
    }

    /// A tuple whose hashes are being combined.
    private struct Fold {
        let items: [Value]
        var next = 0
        var sum: UInt = 2_870_177_450_012_600_261

        mutating func add(_ hash: Int) {
            sum &+= UInt(bitPattern: hash) &* 14_029_467_366_897_019_727
            sum = sum << 31 | sum >> 33
            sum &*= 11_400_714_785_074_694_791
        }

        var result: Int {
            let hash = sum &+ (UInt(items.count) ^ (2_870_177_450_012_600_261 ^ 3_527_539))
            return hash == .max ? 1_546_275_796 : Int(bitPattern: hash)
        }
    }

    private static func hash(of items: [Value], _ state: inout State) throws(Fault) -> Int {
        var open = [Fold(items: items)]
        while true {
            let last = open.count - 1
            try state.charge(1)
            if open[last].next == open[last].items.count {
                let result = open.removeLast().result
                if open.isEmpty { return result }
                open[last - 1].add(result)
                continue
            }
            let item = open[last].items[open[last].next]
            open[last].next += 1
            if case .tuple(let inner) = item {
                if open.count > state.limits.depth {
                    throw state.fault(.limit(.depth), "data nested deeper than \(state.limits.depth)")
                }
                open.append(Fold(items: inner))
            } else {
                open[last].add(try pythonHash(item, &state))
            }
        }
    }
}

extension Value: Hashable {
    public static func == (left: Value, right: Value) -> Bool {
        var state = State.unlimited
        return (try? Equality.isSame(left, right, &state)) ?? false
    }

    /// Agrees with `==`; values that Python cannot hash all hash by their type and size.
    public func hash(into hasher: inout Hasher) {
        var state = State.unlimited
        if let hash = try? Hashing.hash(self, &state) {
            hasher.combine(hash)
        } else {
            hasher.combine(typeName)
        }
    }
}
