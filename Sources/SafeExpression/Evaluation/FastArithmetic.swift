/// An arithmetic operator's fast lanes; nil sends the operands the long way.
protocol FastArithmetic: SendableMetatype {
    static var operation: Node.Binary { get }
    static func ints(_ a: Int, _ b: Int) -> Value?
    static func floats(_ a: Double, _ b: Double) -> Double?
}

extension FastArithmetic {
    /// The result for two numbers; nil sends everything else the long way.
    @inline(__always)
    static func result(_ left: borrowing Value, _ right: borrowing Value) -> Value? {
        switch left {
        case .int(let a):
            switch right {
            case .int(let b): return ints(a, b)
            case .float(let b): return a.isExactFloat ? float(Double(a), b) : nil
            default: return nil
            }
        case .float(let a):
            switch right {
            case .float(let b): return float(a, b)
            case .int(let b): return b.isExactFloat ? float(a, Double(b)) : nil
            default: return nil
            }
        default: return nil
        }
    }

    /// The result for a number and one that is known beforehand; nil sends everything else the long way.
    @inline(__always)
    static func result(_ left: borrowing Value, _ right: NumberConstant) -> Value? {
        switch left {
        case .int(let a):
            if let b = right.int { return ints(a, b) }
            return a.isExactFloat ? float(Double(a), right.double) : nil
        case .float(let a): return float(a, right.double)
        default: return nil
        }
    }

    /// A NaN goes the long way, which makes it an object of its own.
    @inline(__always)
    private static func float(_ a: Double, _ b: Double) -> Value? {
        guard let result = floats(a, b), !result.isNaN else { return nil }
        return .float(result)
    }
}

enum FastAdd: FastArithmetic {
    static var operation: Node.Binary { .add }
    @inline(__always) static func ints(_ a: Int, _ b: Int) -> Value? {
        let (result, overflow) = a.addingReportingOverflow(b)
        return overflow ? nil : .int(result)
    }
    @inline(__always) static func floats(_ a: Double, _ b: Double) -> Double? { a + b }
}

enum FastSubtract: FastArithmetic {
    static var operation: Node.Binary { .subtract }
    @inline(__always) static func ints(_ a: Int, _ b: Int) -> Value? {
        let (result, overflow) = a.subtractingReportingOverflow(b)
        return overflow ? nil : .int(result)
    }
    @inline(__always) static func floats(_ a: Double, _ b: Double) -> Double? { a - b }
}

enum FastMultiply: FastArithmetic {
    static var operation: Node.Binary { .multiply }
    @inline(__always) static func ints(_ a: Int, _ b: Int) -> Value? {
        let (result, overflow) = a.multipliedReportingOverflow(by: b)
        return overflow ? nil : .int(result)
    }
    @inline(__always) static func floats(_ a: Double, _ b: Double) -> Double? { a * b }
}

enum FastDivide: FastArithmetic {
    static var operation: Node.Binary { .divide }
    @inline(__always) static func ints(_ a: Int, _ b: Int) -> Value? {
        if b == 0 || a.magnitude > 1 << 53 || b.magnitude > 1 << 53 { return nil }
        return .float(Double(a) / Double(b))
    }
    @inline(__always) static func floats(_ a: Double, _ b: Double) -> Double? { b == 0 ? nil : a / b }
}

enum FastFloorDivide: FastArithmetic {
    static var operation: Node.Binary { .floorDivide }
    @inline(__always) static func ints(_ a: Int, _ b: Int) -> Value? {
        b == 0 || b == -1 ? nil : .int(Arithmetic.floorDivide(a, b))
    }
    @inline(__always) static func floats(_ a: Double, _ b: Double) -> Double? { nil }
}

enum FastModulo: FastArithmetic {
    static var operation: Node.Binary { .modulo }
    @inline(__always) static func ints(_ a: Int, _ b: Int) -> Value? {
        b == 0 || b == -1 ? nil : .int(Arithmetic.floorModulo(a, b))
    }
    @inline(__always) static func floats(_ a: Double, _ b: Double) -> Double? { nil }
}

enum FastAnd: FastArithmetic {
    static var operation: Node.Binary { .and }
    @inline(__always) static func ints(_ a: Int, _ b: Int) -> Value? { .int(a & b) }
    @inline(__always) static func floats(_ a: Double, _ b: Double) -> Double? { nil }
}

enum FastOr: FastArithmetic {
    static var operation: Node.Binary { .or }
    @inline(__always) static func ints(_ a: Int, _ b: Int) -> Value? { .int(a | b) }
    @inline(__always) static func floats(_ a: Double, _ b: Double) -> Double? { nil }
}

enum FastExclusiveOr: FastArithmetic {
    static var operation: Node.Binary { .exclusiveOr }
    @inline(__always) static func ints(_ a: Int, _ b: Int) -> Value? { .int(a ^ b) }
    @inline(__always) static func floats(_ a: Double, _ b: Double) -> Double? { nil }
}

enum FastPower: FastArithmetic {
    static var operation: Node.Binary { .power }

    /// By squaring, as long as it fits.
    @inline(__always) static func ints(_ a: Int, _ b: Int) -> Value? {
        guard 0...63 ~= b else { return nil }
        var (result, base, left) = (1, a, b)
        while true {
            if left & 1 == 1 {
                let (product, overflow) = result.multipliedReportingOverflow(by: base)
                if overflow { return nil }
                result = product
            }
            left >>= 1
            if left == 0 { return .int(result) }
            let (square, overflow) = base.multipliedReportingOverflow(by: base)
            if overflow { return nil }
            base = square
        }
    }
    @inline(__always) static func floats(_ a: Double, _ b: Double) -> Double? { nil }
}
