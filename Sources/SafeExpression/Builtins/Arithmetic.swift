internal import BigInt
internal import Glibc

/// Python's operators on values. The closures have fast paths of their own; everything comes here that these leave.
enum Arithmetic {
    /// A number of any sort; booleans are integers.
    enum Number {
        case int(Int)
        case big(BigInt)
        case float(Double)

        init?(_ value: Value) {
            switch value {
            case .int(let number): self = .int(number)
            case .bool(let flag): self = .int(flag ? 1 : 0)
            case .float(let number): self = .float(number)
            case .big(let number): self = .big(number.number)
            default: return nil
            }
        }

        /// The integer, nil for a float.
        var integer: BigInt? {
            switch self {
            case .int(let number): BigInt(number)
            case .big(let number): number
            case .float: nil
            }
        }

        /// The number as a float, as Python converts it for mixed arithmetic.
        func double(_ state: State) throws(Fault) -> Double {
            switch self {
            case .int(let number): return Double(number)
            case .float(let number): return number
            case .big(let number):
                let result = number.nearestDouble
                if result.isInfinite { throw state.overflow("int too large to convert to float") }
                return result
            }
        }
    }

    /// A float that arithmetic has made; a NaN becomes an object of its own, as Python's identity would have it.
    @inline(__always)
    static func made(_ number: Double) -> Value {
        number.isNaN ? .float(freshNaN()) : .float(number)
    }

    private static let payloads = Payloads()

    /// Numbers for NaNs, so that two of them are the same only where Python would see one object.
    private final class Payloads: @unchecked Sendable {
        private var generator = SystemRandomNumberGenerator()
        func next() -> UInt64 { generator.next() & ((1 << 50) - 1) }
    }

    /// A NaN unlike any other.
    @inline(never)
    static func freshNaN() -> Double { Double(nan: Double.RawSignificand(payloads.next()), signaling: false) }

    // MARK: - Binary operators

    @inline(never)
    static func apply(
        _ operation: Node.Binary, _ left: Value, _ right: Value, _ state: inout State
    ) throws(Fault) -> Value {
        if let a = Number(left), let b = Number(right) { return try numbers(operation, a, b, left, right, &state) }
        if let mark = left.cutMark { throw state.cut(mark) }
        if let mark = right.cutMark { throw state.cut(mark) }
        switch operation {
        case .add: return try Sequences.concatenate(left, right, &state)
        case .multiply:
            if let product = try Sequences.repeat(left, right, &state) { return product }
        case .modulo:
            switch left {
            case .ascii, .wide: return try PercentFormat.apply(left, right, &state)
            default: break
            }
        case .or:
            if case .mapping(let a) = left, case .mapping(let b) = right { return try merge(a, b, &state) }
            if let set = try Sets.combine(.union, left, right, &state) { return set }
        case .and: if let set = try Sets.combine(.intersection, left, right, &state) { return set }
        case .exclusiveOr: if let set = try Sets.combine(.symmetric, left, right, &state) { return set }
        case .subtract: if let set = try Sets.combine(.difference, left, right, &state) { return set }
        default: break
        }
        throw unsupported(operation, left, right, state)
    }

    static func unsupported(_ operation: Node.Binary, _ left: Value, _ right: Value, _ state: State) -> Fault {
        let symbol = operation == .power ? "** or pow()" : operation.rawValue
        return state.typeError(
            "unsupported operand type(s) for \(symbol): '\(left.typeName)' and '\(right.typeName)'")
    }

    private static func merge(_ a: Mapping, _ b: Mapping, _ state: inout State) throws(Fault) -> Value {
        try state.allocate(elements: a.count + b.count)
        var builder = Mapping.Builder(capacity: a.count + b.count)
        for mapping in [a, b] {
            try mapping.checkComplete(state)
            for place in mapping.keys.indices { try builder.set(mapping.keys[place], mapping.values[place], &state) }
        }
        return .mapping(builder.finish())
    }

    private static func numbers(
        _ operation: Node.Binary, _ a: Number, _ b: Number, _ left: Value, _ right: Value, _ state: inout State
    ) throws(Fault) -> Value {
        if case .int(let x) = a, case .int(let y) = b {
            if let result = try machine(operation, x, y, left, right, state) { return result }
        }
        if let x = a.integer, let y = b.integer { return try integers(operation, x, y, &state) }
        switch operation {
        case .shiftLeft, .shiftRight, .and, .or, .exclusiveOr: throw unsupported(operation, left, right, state)
        default: return try floats(operation, a.double(state), b.double(state), state)
        }
    }

    /// Integers that fit, and whose result does; nil when the long way is needed.
    @inline(__always)
    private static func machine(
        _ operation: Node.Binary, _ x: Int, _ y: Int, _ left: Value, _ right: Value, _ state: State
    ) throws(Fault) -> Value? {
        let result: (partialValue: Int, overflow: Bool)
        switch operation {
        case .add: result = x.addingReportingOverflow(y)
        case .subtract: result = x.subtractingReportingOverflow(y)
        case .multiply: result = x.multipliedReportingOverflow(by: y)
        case .floorDivide:
            guard y != 0, x != .min || y != -1 else { return nil }
            return .int(floorDivide(x, y))
        case .modulo:
            guard y != 0 else { return nil }
            return .int(y == -1 ? 0 : floorModulo(x, y))
        case .divide:
            guard y != 0, x.magnitude <= 1 << 53, y.magnitude <= 1 << 53 else { return nil }
            return .float(Double(x) / Double(y))
        case .and, .or, .exclusiveOr:
            let bits = operation == .and ? x & y : operation == .or ? x | y : x ^ y
            if case .bool = left, case .bool = right { return .bool(bits != 0) }
            return .int(bits)
        case .shiftRight:
            guard y >= 0 else { return nil }
            return .int(x >> min(y, 63))
        case .shiftLeft:
            guard y >= 0, y < 62, x.magnitude < 1 << (62 - UInt(y)) else { return nil }
            return .int(x << y)
        case .power: return nil
        }
        return result.overflow ? nil : .int(result.partialValue)
    }

    @inline(__always)
    static func floorDivide(_ x: Int, _ y: Int) -> Int {
        let quotient = x / y
        return x % y != 0 && (x < 0) != (y < 0) ? quotient - 1 : quotient
    }

    @inline(__always)
    static func floorModulo(_ x: Int, _ y: Int) -> Int {
        let remainder = x % y
        return remainder != 0 && (x < 0) != (y < 0) ? remainder + y : remainder
    }

    private static func integers(
        _ operation: Node.Binary, _ x: BigInt, _ y: BigInt, _ state: inout State
    ) throws(Fault) -> Value {
        // Each of these allocates, which takes as long as several steps.
        try state.charge(8)
        let xBits = x.magnitude.bitWidth
        let yBits = y.magnitude.bitWidth
        switch operation {
        case .add, .subtract:
            try state.allocate(bits: max(xBits, yBits))
            return Value(BigInteger(operation == .add ? x + y : x - y))
        case .multiply:
            try state.allocate(bits: xBits + yBits - 1)
            try state.charge((xBits >> 6) * (yBits >> 6) >> 4)
            return Value(BigInteger(x * y))
        case .divide:
            if y.isZero { throw state.fault(.runtime("ZeroDivisionError"), "division by zero") }
            try state.charge(Integers.divisionSteps(xBits, yBits))
            let result = Integers.divide(x, y)
            if result.isInfinite { throw state.overflow("integer division result too large for a float") }
            return .float(result)
        case .floorDivide, .modulo:
            if y.isZero { throw state.fault(.runtime("ZeroDivisionError"), "integer division or modulo by zero") }
            try state.charge(Integers.divisionSteps(xBits, yBits))
            let (quotient, remainder) = x.flooredQuotientAndRemainder(dividingBy: y)
            return Value(BigInteger(operation == .floorDivide ? quotient : remainder))
        case .power: return try power(x, y, &state)
        case .shiftLeft, .shiftRight:
            if y.sign == .minus { throw state.valueError("negative shift count") }
            if x.isZero { return .int(0) }
            let count = Int(exactly: y)
            if operation == .shiftRight {
                guard let count, count < xBits else { return .int(x.sign == .minus ? -1 : 0) }
                try state.allocate(bits: xBits - count)
                return Value(BigInteger(Integers.shiftRight(x, by: count)))
            }
            try state.allocate(
                bits: xBits.addingReportingOverflow(count ?? .max).overflow ? .max : xBits + (count ?? 0))
            return Value(BigInteger(x << (count ?? 0)))
        case .and, .or, .exclusiveOr:
            try state.allocate(bits: max(xBits, yBits))
            switch operation {
            case .and: return Value(BigInteger(Integers.and(x, y)))
            case .or: return Value(BigInteger(Integers.or(x, y)))
            default: return Value(BigInteger(Integers.exclusiveOr(x, y)))
            }
        }
    }

    private static func power(_ base: BigInt, _ exponent: BigInt, _ state: inout State) throws(Fault) -> Value {
        if exponent.sign == .minus {
            let a = Number.big(base)
            let b = Number.big(exponent)
            return try floats(.power, a.double(state), b.double(state), state)
        }
        if exponent.isZero { return .int(1) }
        if base.isZero || base == 1 { return Value(BigInteger(base)) }
        if base == -1 { return .int(exponent.magnitude.trailingZeroBitCount == 0 ? -1 : 1) }
        let bits = base.magnitude.bitWidth
        // Half of what an integer can hold leaves room for counting; no limit is so far away.
        guard let count = Int(exactly: exponent), count < Int.max / 2 / bits else {
            try state.allocate(bits: .max)
            return .none
        }
        try state.allocate(bits: (bits - 1) * count + 1)
        // Each squaring allocates, and the last ones take most of the time.
        let words = bits * count >> 6
        try state.charge((words * words >> 3) + 2 * (Int.bitWidth - count.leadingZeroBitCount))
        return Value(BigInteger(base.power(count)))
    }

    private static func floats(
        _ operation: Node.Binary, _ x: Double, _ y: Double, _ state: State
    ) throws(Fault) -> Value {
        switch operation {
        case .add: return made(x + y)
        case .subtract: return made(x - y)
        case .multiply: return made(x * y)
        case .divide:
            if y == 0 { throw state.fault(.runtime("ZeroDivisionError"), "division by zero") }
            return made(x / y)
        case .floorDivide, .modulo:
            if y == 0 {
                throw state.fault(
                    .runtime("ZeroDivisionError"),
                    operation == .modulo ? "modulo by zero" : "division by zero")
            }
            let (quotient, remainder) = divideFloats(x, y)
            return made(operation == .floorDivide ? quotient : remainder)
        case .power: return try power(x, y, state)
        default: preconditionFailure("no operator of floats")
        }
    }

    /// CPython's `float_divmod`.
    static func divideFloats(_ x: Double, _ y: Double) -> (quotient: Double, remainder: Double) {
        var remainder = x.truncatingRemainder(dividingBy: y)
        var quotient = (x - remainder) / y
        if remainder != 0 {
            if (y < 0) != (remainder < 0) {
                remainder += y
                quotient -= 1
            }
        } else {
            remainder = y.sign == .minus ? -0.0 : 0.0
        }
        if quotient != 0 {
            let floor = quotient.rounded(.down)
            quotient = quotient - floor > 0.5 ? floor + 1 : floor
        } else {
            quotient = (x / y).sign == .minus ? -0.0 : 0.0
        }
        return (quotient, remainder)
    }

    private static func power(_ x: Double, _ y: Double, _ state: State) throws(Fault) -> Value {
        if x == 0, y < 0, y.isFinite {
            throw state.fault(.runtime("ZeroDivisionError"), "0.0 cannot be raised to a negative power")
        }
        if x < 0, x.isFinite, y.isFinite, y != y.rounded() {
            throw state.fault(.rejected, "a root of a negative number is complex, which is not part of the language")
        }
        let result = pow(x, y)
        if result.isInfinite, x.isFinite, y.isFinite { throw state.overflow("the result is too large for a float") }
        return made(result)
    }

    // MARK: - Unary operators

    @inline(never)
    static func apply(_ operation: Node.Unary, _ value: Value, _ state: inout State) throws(Fault) -> Value {
        switch (operation, Number(value)) {
        case (.not, _):
            if let mark = value.cutMark { throw state.cut(mark) }
            return .bool(!value.isTruthy)
        case (.negative, .int(let number)):
            return number == .min ? Value(BigInteger(-BigInt(number))) : .int(-number)
        case (.negative, .big(let number)): return Value(BigInteger(-number))
        case (.negative, .float(let number)): return made(-number)
        case (.positive, .int(let number)): return .int(number)
        case (.positive, .big), (.positive, .float): return value
        case (.invert, .int(let number)): return .int(~number)
        case (.invert, .big(let number)): return Value(BigInteger(-number - 1))
        default:
            if let mark = value.cutMark { throw state.cut(mark) }
            throw state.typeError("bad operand type for unary \(operation.symbol): '\(value.typeName)'")
        }
    }
}
