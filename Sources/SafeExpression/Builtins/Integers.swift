internal import BigInt

/// Integers of any size: arithmetic that the operators do not have, and their text.
enum Integers {
    /// Decimal digits, refused beyond Python's limit.
    static func decimal(_ number: BigInt, _ state: inout State) throws(Fault) -> [UInt8] {
        let bits = number.magnitude.bitWidth
        // log10(2) rounded down, so that nothing shorter is refused before it is counted.
        if Double(bits) * 0.30102 > Double(state.limits.digits) + 1 { throw tooLong(state) }
        let words = bits >> 6
        try state.charge((bits >> 4) + (words * words >> 3))
        let text = Array(String(number).utf8)
        if text.count - (number.sign == .minus ? 1 : 0) > state.limits.digits { throw tooLong(state) }
        return text
    }

    private static func tooLong(_ state: State) -> Fault {
        state.fault(.limit(.digits), "an integer of more than \(state.limits.digits) digits has no text")
    }

    /// `x / y`, correctly rounded; infinite when it is too large for a float.
    static func divide(_ x: BigInt, _ y: BigInt) -> Double {
        if x.isZero { return y.sign == .minus ? -0.0 : 0.0 }
        let negative = x.sign != y.sign
        let distance = x.magnitude.bitWidth - y.magnitude.bitWidth
        // Enough bits for a float and one more, and no more than a subnormal float can hold.
        let shift = distance < -1010 ? 1076 : 66 - distance
        let top = shift > 0 ? x.magnitude << shift : x.magnitude
        let bottom = shift < 0 ? y.magnitude << -shift : y.magnitude
        var (quotient, remainder) = top.quotientAndRemainder(dividingBy: bottom)
        if !remainder.isZero { quotient |= 1 }
        let result: Double
        if shift == 1076 && distance < -1010 {
            let low = UInt64(quotient & 3)
            var units = UInt64(quotient >> 2)
            if low == 3 || low == 2 && units & 1 == 1 { units += 1 }
            result = Double(sign: .plus, exponent: -1074, significand: Double(units))
        } else {
            result = Double(sign: .plus, exponent: -shift, significand: BigInt(quotient).nearestDouble)
        }
        return negative ? -result : result
    }

    // MARK: - Bits

    // Python's integers have endless sign bits: -1 is all ones. The library's operators say something else of negative
    // numbers that differ in size, so only magnitudes meet here: `~x` of a negative x is a magnitude.

    /// `x >> count`, rounded down.
    static func shiftRight(_ x: BigInt, by count: Int) -> BigInt {
        x.sign == .minus ? inverted((x.magnitude - 1) >> count) : BigInt(x.magnitude >> count)
    }

    static func and(_ x: BigInt, _ y: BigInt) -> BigInt {
        let (a, b) = (bits(x), bits(y))
        switch (x.sign, y.sign) {
        case (.plus, .plus): return BigInt(a & b)
        case (.plus, .minus): return BigInt(a ^ (a & b))
        case (.minus, .plus): return BigInt(b ^ (a & b))
        case (.minus, .minus): return inverted(a | b)
        }
    }

    static func or(_ x: BigInt, _ y: BigInt) -> BigInt {
        let (a, b) = (bits(x), bits(y))
        switch (x.sign, y.sign) {
        case (.plus, .plus): return BigInt(a | b)
        case (.plus, .minus): return inverted(b ^ (a & b))
        case (.minus, .plus): return inverted(a ^ (a & b))
        case (.minus, .minus): return inverted(a & b)
        }
    }

    static func exclusiveOr(_ x: BigInt, _ y: BigInt) -> BigInt {
        let different = bits(x) ^ bits(y)
        return x.sign == y.sign ? BigInt(different) : inverted(different)
    }

    /// The bits that differ from the sign.
    private static func bits(_ x: BigInt) -> BigUInt { x.sign == .minus ? x.magnitude - 1 : x.magnitude }

    /// `~x`.
    private static func inverted(_ x: BigUInt) -> BigInt { -BigInt(x) - 1 }

    /// `pow(base, exponent, modulus)`.
    static func power(
        _ base: BigInt, _ exponent: BigInt, modulus: BigInt, _ state: inout State
    ) throws(Fault) -> Value {
        if modulus.isZero { throw state.valueError("pow() 3rd argument cannot be 0") }
        if modulus.magnitude == 1 { return .int(0) }
        let words = modulus.magnitude.bitWidth / 64 + 1
        // The library divides slowly: about 50 ns for a pair of words, and not less than a microsecond.
        let (steps, overflow) = exponent.magnitude.bitWidth.multipliedReportingOverflow(by: words * words / 2 + 6)
        try state.charge(overflow ? .max / 2 : steps)
        try state.charge((base.magnitude.bitWidth >> 6) * words >> 4)
        var base = base.flooredQuotientAndRemainder(dividingBy: BigInt(modulus.magnitude)).remainder
        if exponent.sign == .minus {
            // Euclid's algorithm takes a division of long numbers for every few bits.
            try state.charge(words * words * 6)
            guard let inverse = base.inverse(BigInt(modulus.magnitude)) else {
                throw state.valueError("base is not invertible for the given modulus")
            }
            base = inverse
        }
        // The library's own power goes through all 64 bits of a word, however few count.
        var power: BigUInt = 1
        for bit in (0..<exponent.magnitude.bitWidth).reversed() {
            power = power * power % modulus.magnitude
            if exponent.magnitude[bitAt: bit] { power = power * base.magnitude % modulus.magnitude }
        }
        var result = BigInt(power)
        if modulus.sign == .minus, !result.isZero { result += modulus }
        return Value(BigInteger(result))
    }

    /// `bin`, `oct` and `hex`.
    static func text(_ value: Value, radix: Int, prefix: String, _ state: inout State) throws(Fault) -> Value {
        let number = try integer(value, &state)
        let words = number.magnitude.bitWidth >> 6
        // Only digits of four bits are cut out of a word.
        try state.charge(radix == 8 ? words * words >> 3 : words << 2)
        try state.allocate(characters: number.magnitude.bitWidth / radix.trailingZeroBitCount + 4, wide: false)
        let sign = number.sign == .minus ? "-" : ""
        return .string("\(sign)\(prefix)\(String(number.magnitude, radix: radix))")
    }

    /// The integer that a value is, as `operator.index` gives it.
    static func integer(_ value: Value, _ state: inout State) throws(Fault) -> BigInt {
        if let number = value.asInt { return BigInt(number) }
        if case .big(let number) = value { return number.number }
        if let mark = value.cutMark { throw state.cut(mark) }
        throw state.typeError("'\(value.typeName)' object cannot be interpreted as an integer")
    }

    /// An integer cut to 64 bits, for counts and places.
    static func clamped(_ value: Value, _ state: inout State) throws(Fault) -> Int {
        if let small = value.asInt { return small }
        return Int(clamping: try integer(value, &state))
    }

    /// `int(number)`, towards zero.
    static func truncated(_ number: Double, _ state: State) throws(Fault) -> Value {
        if number.isNaN { throw state.valueError("cannot convert float NaN to integer") }
        if number.isInfinite { throw state.overflow("cannot convert float infinity to integer") }
        let whole = number.rounded(.towardZero)
        if let small = Int(exactly: whole) { return .int(small) }
        return Value(BigInteger(BigInt(whole)))
    }

    /// `int(text, base)`.
    static func parse(_ text: Value, base: Int, _ state: inout State) throws(Fault) -> Value {
        let units = Strings.units(text)
        try state.charge(units.count >> 3)
        let trimmed = Strings.trimmed(units[...])
        var rest = trimmed
        var negative = false
        if let sign = rest.first, sign == 0x2B || sign == 0x2D {
            negative = sign == 0x2D
            rest = rest.dropFirst()
        }
        var radix = base
        var isPrefixed = false
        if rest.count >= 2, rest.first == 0x30 {
            let letter = rest[rest.startIndex + 1] | 0x20
            let prefixed = letter == 0x78 ? 16 : letter == 0x6F ? 8 : letter == 0x62 ? 2 : 0
            if prefixed != 0, base == 0 || base == prefixed {
                radix = prefixed
                isPrefixed = true
                rest = rest.dropFirst(2)
                if rest.first == 0x5F { rest = rest.dropFirst() }
            }
        }
        if radix == 0 { radix = 10 }
        var digits: [UInt8] = []
        digits.reserveCapacity(rest.count)
        var isDigitLast = false
        var isValid = true
        for unit in rest {
            if unit == 0x5F {
                isValid = isValid && isDigitLast
                isDigitLast = false
                continue
            }
            guard let digit = Strings.digit(unit), digit < radix else {
                isValid = false
                break
            }
            digits.append(digit < 10 ? 0x30 + UInt8(digit) : 0x57 + UInt8(digit))
            isDigitLast = true
        }
        if !isDigitLast { isValid = false }
        // `int("012", 0)` is refused, as the literal is.
        if base == 0, !isPrefixed, digits.count > 1, digits[0] == 0x30, digits.contains(where: { $0 != 0x30 }) {
            isValid = false
        }
        guard isValid else {
            throw state.valueError(
                "invalid literal for int() with base \(base): \(try Representation.repr(text, &state).str)")
        }
        let isPowerOfTwo = radix & (radix - 1) == 0
        if !isPowerOfTwo, digits.count > state.limits.digits { throw tooLong(state) }
        if isPowerOfTwo { try state.allocate(bits: digits.count * radix.trailingZeroBitCount) }
        try state.charge(digits.count)
        let string = String(decoding: digits, as: UTF8.self)
        if let small = Int(string, radix: radix) { return .int(negative ? -small : small) }
        let number = self.number(digits, radix: radix)
        return Value(BigInteger(negative ? -number : number))
    }

    /// The number that checked digits make.
    private static func number(_ digits: [UInt8], radix: Int) -> BigInt {
        if radix < 36 { return BigInt(String(decoding: digits, as: UTF8.self), radix: radix) ?? 0 }
        // The library reads digits of bases below 36 only. Twelve of base 36 fit 63 bits.
        var number: BigInt = 0
        var rest = digits[...]
        while !rest.isEmpty {
            let piece = rest.prefix(12)
            rest = rest.dropFirst(12)
            number *= BigInt(radix).power(piece.count)
            number += BigInt(Int(String(decoding: piece, as: UTF8.self), radix: radix) ?? 0)
        }
        return number
    }

    /// Steps for dividing integers of so many bits.
    static func divisionSteps(_ xBits: Int, _ yBits: Int) -> Int {
        let divisor = (yBits >> 6) + 1
        let quotient = max(0, (xBits >> 6) + 1 - divisor) + 1
        return divisor == 1 ? quotient >> 1 : quotient * (4 + divisor / 6)
    }
}
