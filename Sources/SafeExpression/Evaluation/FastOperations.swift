/// A comparison's fast lanes; a type, so that each makes closures of its own.
protocol FastComparison: SendableMetatype {
    static var operation: Node.Comparison { get }
    static func ints(_ a: Int, _ b: Int) -> Bool
    static func floats(_ a: Double, _ b: Double) -> Bool
}

enum FastLess: FastComparison {
    static var operation: Node.Comparison { .less }
    @inline(__always) static func ints(_ a: Int, _ b: Int) -> Bool { a < b }
    @inline(__always) static func floats(_ a: Double, _ b: Double) -> Bool { a < b }
}

enum FastLessOrEqual: FastComparison {
    static var operation: Node.Comparison { .lessOrEqual }
    @inline(__always) static func ints(_ a: Int, _ b: Int) -> Bool { a <= b }
    @inline(__always) static func floats(_ a: Double, _ b: Double) -> Bool { a <= b }
}

enum FastGreater: FastComparison {
    static var operation: Node.Comparison { .greater }
    @inline(__always) static func ints(_ a: Int, _ b: Int) -> Bool { a > b }
    @inline(__always) static func floats(_ a: Double, _ b: Double) -> Bool { a > b }
}

enum FastGreaterOrEqual: FastComparison {
    static var operation: Node.Comparison { .greaterOrEqual }
    @inline(__always) static func ints(_ a: Int, _ b: Int) -> Bool { a >= b }
    @inline(__always) static func floats(_ a: Double, _ b: Double) -> Bool { a >= b }
}

enum FastEqual: FastComparison {
    static var operation: Node.Comparison { .equal }
    @inline(__always) static func ints(_ a: Int, _ b: Int) -> Bool { a == b }
    @inline(__always) static func floats(_ a: Double, _ b: Double) -> Bool { a == b }
}

enum FastNotEqual: FastComparison {
    static var operation: Node.Comparison { .notEqual }
    @inline(__always) static func ints(_ a: Int, _ b: Int) -> Bool { a != b }
    @inline(__always) static func floats(_ a: Double, _ b: Double) -> Bool { a != b }
}

/// An arithmetic operator's fast lanes; nil sends the operands the long way.
protocol FastArithmetic: SendableMetatype {
    static var operation: Node.Binary { get }
    static func ints(_ a: Int, _ b: Int) -> Value?
    static func floats(_ a: Double, _ b: Double) -> Double?
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
