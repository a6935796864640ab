internal import BigInt

/// Floats as text: the shortest form that Python shows, and exactly rounded digits for formats.
enum FloatText {
    /// Python's `repr` of a float.
    static func repr(_ number: Double) -> [UInt8] {
        if number.isNaN { return Array("nan".utf8) }
        if number.isInfinite { return Array((number < 0 ? "-inf" : "inf").utf8) }
        if number == 0 { return Array((number.sign == .minus ? "-0.0" : "0.0").utf8) }
        let (digits, exponent) = shortest(number.magnitude)
        var out: [UInt8] = number < 0 ? [0x2D] : []
        if exponent > 16 || exponent < -3 {
            out.append(digits[0])
            if digits.count > 1 {
                out.append(0x2E)
                out += digits[1...]
            }
            out += exponentText(exponent - 1)
        } else {
            out += positional(digits, exponent)
            if exponent >= digits.count { out += [0x2E, 0x30] }
        }
        return out
    }

    /// The shortest decimal digits that read back as the number, and where the point stands: `0.DIGITS * 10^exponent`.
    static func shortest(_ magnitude: Double) -> (digits: [UInt8], exponent: Int) {
        // The standard library's description has the shortest digits; only its layout differs from Python's.
        var digits: [UInt8] = []
        var exponent = 0
        var point: Int?
        var bytes = Array(magnitude.description.utf8)[...]
        if let mark = bytes.firstIndex(of: 0x65) {
            exponent = Int(String(decoding: bytes[(mark + 1)...], as: UTF8.self)) ?? 0
            bytes = bytes[..<mark]
        }
        for byte in bytes {
            if byte == 0x2E { point = digits.count } else { digits.append(byte) }
        }
        exponent += point ?? digits.count
        while digits.count > 1, digits.first == 0x30 {
            digits.removeFirst()
            exponent -= 1
        }
        while digits.count > 1, digits.last == 0x30 { digits.removeLast() }
        return (digits, exponent)
    }

    /// `0.DIGITS * 10^exponent` without an exponent; no point after a whole number.
    static func positional(_ digits: [UInt8], _ exponent: Int) -> [UInt8] {
        if exponent <= 0 { return [0x30, 0x2E] + Array(repeating: 0x30, count: -exponent) + digits }
        if exponent >= digits.count { return digits + Array(repeating: 0x30, count: exponent - digits.count) }
        return digits[..<exponent] + [0x2E] + digits[exponent...]
    }

    /// `e+05`, as C writes it.
    static func exponentText(_ exponent: Int) -> [UInt8] {
        let digits = String(exponent.magnitude)
        return Array("e\(exponent < 0 ? "-" : "+")\(digits.count < 2 ? "0" : "")\(digits)".utf8)
    }

    /// Appends what `f"{number:.Nf}"` shows, exactly rounded, ties to even.
    ///
    /// - Parameters:
    ///   - number: The number.
    ///   - places: N, at most 18.
    ///   - bytes: What it is appended to.
    /// - Returns: False, with nothing appended, for what does not fit 128 bits on the way.
    static func appendFixed(_ number: Double, places: Int, to bytes: inout [UInt8]) -> Bool {
        guard number.isFinite, 0...18 ~= places else { return false }
        let magnitude = number.magnitude
        let significand = UInt128(magnitude.significandBitPattern | (magnitude.isNormal ? 1 << 52 : 0))
        let exponent = (magnitude.isNormal ? Int(magnitude.exponentBitPattern) : 1) - 1075
        var power: UInt64 = 1
        for _ in 0..<places { power *= 10 }
        let scaled = significand * UInt128(power)
        var quotient: UInt128
        if exponent >= 0 {
            if exponent > 10 { return false }
            quotient = scaled << UInt128(exponent)
        } else if exponent <= -128 {
            quotient = 0
        } else {
            let half: UInt128 = 1 << UInt128(-exponent - 1)
            quotient = scaled >> UInt128(-exponent)
            let rest = scaled & (half << 1 &- 1)
            if rest > half || rest == half && quotient & 1 == 1 { quotient += 1 }
        }
        guard let digits = UInt64(exactly: quotient) else { return false }
        if number.sign == .minus { bytes.append(0x2D) }
        appendDigits(digits / power, least: 1, to: &bytes)
        if places > 0 {
            bytes.append(0x2E)
            appendDigits(digits % power, least: places, to: &bytes)
        }
        return true
    }

    /// Appends a number's digits, with zeros before them up to a least count.
    static func appendDigits(_ number: UInt64, least: Int, to bytes: inout [UInt8]) {
        var count = least
        var power: UInt64 = 1
        for _ in 1..<least { power *= 10 }
        while number / power >= 10 {
            power *= 10
            count += 1
        }
        for _ in 0..<count {
            bytes.append(0x30 + UInt8(truncatingIfNeeded: number / power % 10))
            power /= 10
        }
    }

    /// Steps for exact digits: the integers that they are taken from are as long as the exponent and the places say.
    static func steps(_ number: Double, places: Int) -> Int {
        let exponent = number.isFinite && number != 0 ? Int(number.exponent.magnitude) : 0
        return 8 + ((exponent + Int(places.magnitude) * 4) >> 4)
    }

    /// The digits of `magnitude * 10^places` rounded to a whole number, ties to even; exact.
    static func fixed(_ magnitude: Double, places: Int) -> [UInt8] {
        let significand = BigUInt(magnitude.significandBitPattern | (magnitude.isNormal ? 1 << 52 : 0))
        let exponent = (magnitude.isNormal ? Int(magnitude.exponentBitPattern) : 1) - 1075
        var top = significand
        var bottom: BigUInt = 1
        if places >= 0 { top *= BigUInt(10).power(places) } else { bottom *= BigUInt(10).power(-places) }
        if exponent >= 0 { top <<= exponent } else { bottom <<= -exponent }
        var (quotient, remainder) = top.quotientAndRemainder(dividingBy: bottom)
        let doubled = remainder << 1
        if doubled > bottom || (doubled == bottom && quotient.trailingZeroBitCount == 0 && !quotient.isZero) {
            quotient += 1
        }
        return Array(String(quotient).utf8)
    }

    /// So many significant digits, exactly rounded, and the decimal exponent of the first.
    static func significant(_ magnitude: Double, digits count: Int) -> (digits: [UInt8], exponent: Int) {
        if magnitude == 0 { return (Array(repeating: 0x30, count: count), 0) }
        // The shortest digits tell the exponent; rounding may push it up by one.
        var exponent = shortest(magnitude).exponent - 1
        var digits = fixed(magnitude, places: count - 1 - exponent)
        if digits.count < count {
            exponent -= 1
            digits = fixed(magnitude, places: count - 1 - exponent)
        }
        if digits.count > count {
            exponent += 1
            digits = fixed(magnitude, places: count - 1 - exponent)
        }
        return (digits, exponent)
    }
}
