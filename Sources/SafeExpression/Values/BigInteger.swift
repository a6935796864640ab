internal import BigInt

/// An integer of any size, boxed so that a value stays small.
///
/// `Value` holds one only when the number does not fit 64 bits; arithmetic makes them freely and
/// `Value.init(_: BigInteger)` picks the form.
public struct BigInteger: Sendable {
    private final class Storage: Sendable {
        let number: BigInt
        init(_ number: BigInt) { self.number = number }
    }
    private let storage: Storage

    init(_ number: BigInt) { storage = Storage(number) }
    init(_ number: Int) { storage = Storage(BigInt(number)) }

    var number: BigInt { storage.number }

    /// The number, if it fits 64 bits.
    var small: Int? { Int(exactly: storage.number) }

    /// The number of bits of the magnitude, Python's `int.bit_length()`.
    var bitLength: Int { storage.number.magnitude.bitWidth }

    /// The nearest float, ties to even; infinite when it is too large.
    var double: Double { storage.number.nearestDouble }
}

extension BigInt {
    /// The nearest float, ties to even; infinite when the number is too large.
    var nearestDouble: Double {
        let magnitude = self.magnitude
        let bits = magnitude.bitWidth
        if bits <= 64 {
            let value = Double(UInt64(magnitude))
            return sign == .minus ? -value : value
        }
        if bits > 1024 { return sign == .minus ? -.infinity : .infinity }
        // 64 leading bits with the rest folded into the lowest one round the same as the whole number would.
        let shift = bits - 64
        var top = UInt64(magnitude >> shift)
        if magnitude.trailingZeroBitCount < shift { top |= 1 }
        let value = Double(sign: .plus, exponent: shift, significand: Double(top))
        return sign == .minus ? -value : value
    }

    /// The quotient rounded down and the remainder with the divisor's sign.
    func flooredQuotientAndRemainder(dividingBy divisor: BigInt) -> (quotient: BigInt, remainder: BigInt) {
        var (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        if !remainder.isZero && (remainder.sign == .minus) != (divisor.sign == .minus) {
            quotient -= 1
            remainder += divisor
        }
        return (quotient, remainder)
    }
}
