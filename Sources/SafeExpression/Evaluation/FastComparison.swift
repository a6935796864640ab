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

extension FastComparison {
    /// Compares two numbers; nil sends everything else the long way.
    @inline(__always)
    static func numbers(_ left: borrowing Value, _ right: borrowing Value) -> Bool? {
        switch left {
        case .int(let a):
            switch right {
            case .int(let b): return ints(a, b)
            case .float(let b): return a.isExactFloat ? floats(Double(a), b) : nil
            default: return nil
            }
        case .float(let a):
            switch right {
            case .float(let b): return floats(a, b)
            case .int(let b): return b.isExactFloat ? floats(a, Double(b)) : nil
            default: return nil
            }
        default: return nil
        }
    }
}

extension Int {
    /// Whether a float holds the number, and so compares and computes as it does.
    @inline(__always)
    var isExactFloat: Bool { magnitude <= 1 << 53 }
}

/// A number that is known beforehand, in each of its forms.
struct NumberConstant: Sendable {
    let value: Value
    /// The number, nil for a float.
    let int: Int?
    let double: Double

    /// Nil for what is no number, and for integers that a float does not hold.
    init?(_ value: Value) {
        switch value {
        case .int(let number) where number.isExactFloat:
            int = number
            double = Double(number)
        case .float(let number):
            int = nil
            double = number
        default: return nil
        }
        self.value = value
    }

    /// `other OPERATION self`; nil sends it the long way.
    @inline(__always)
    func isRight<Fast: FastComparison>(of other: borrowing Value, _: Fast.Type) -> Bool? {
        switch other {
        case .float(let number): return Fast.floats(number, double)
        case .int(let number):
            if let int { return Fast.ints(number, int) }
            return number.isExactFloat ? Fast.floats(Double(number), double) : nil
        default: return nil
        }
    }

    /// `self OPERATION other`; nil sends it the long way.
    @inline(__always)
    func isLeft<Fast: FastComparison>(of other: borrowing Value, _: Fast.Type) -> Bool? {
        switch other {
        case .float(let number): return Fast.floats(double, number)
        case .int(let number):
            if let int { return Fast.ints(int, number) }
            return number.isExactFloat ? Fast.floats(double, Double(number)) : nil
        default: return nil
        }
    }
}
