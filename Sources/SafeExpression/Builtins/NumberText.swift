internal import BigInt

/// Numbers laid out for formats.
enum NumberText {
    enum Kind {
        /// `repr`.
        case shortest
        case exponent
        case fixed
        case general
    }

    /// A float's magnitude as text, as CPython's `format_float_short` lays it out.
    static func float(
        _ magnitude: Double, _ kind: Kind, precision: Int, isAlternate: Bool, hasDotZero: Bool, uppercase: Bool
    ) -> [UInt8] {
        var text: [UInt8]
        if magnitude.isNaN {
            text = Array("nan".utf8)
        } else if magnitude.isInfinite {
            text = Array("inf".utf8)
        } else {
            switch kind {
            case .shortest: text = general(FloatText.shortest(magnitude), 17, magnitude == 0, isAlternate, hasDotZero)
            case .fixed: text = fixed(magnitude, precision, isAlternate)
            case .exponent: text = exponent(magnitude, precision, isAlternate)
            case .general:
                let count = max(1, precision)
                let (digits, exponent) = significant(magnitude, count)
                text = general((digits, exponent + 1), count, false, isAlternate, hasDotZero, stripped: !isAlternate)
            }
        }
        if uppercase { text = text.map { 0x61...0x7A ~= $0 ? $0 - 32 : $0 } }
        return text
    }

    /// Exactly rounded digits; beyond what a float can hold there are only zeros.
    private static func significant(_ magnitude: Double, _ count: Int) -> (digits: [UInt8], exponent: Int) {
        let held = min(count, 800)
        let (digits, exponent) = FloatText.significant(magnitude, digits: held)
        return (digits + Array(repeating: 0x30, count: count - held), exponent)
    }

    private static func fixed(_ magnitude: Double, _ precision: Int, _ isAlternate: Bool) -> [UInt8] {
        let held = min(precision, 1100)
        var digits = FloatText.fixed(magnitude, places: held)
        if digits.count <= held { digits = Array(repeating: 0x30, count: held + 1 - digits.count) + digits }
        let whole = digits.count - held
        var text = Array(digits[..<whole])
        if precision > 0 || isAlternate { text.append(0x2E) }
        return text + digits[whole...] + Array(repeating: 0x30, count: precision - held)
    }

    private static func exponent(_ magnitude: Double, _ precision: Int, _ isAlternate: Bool) -> [UInt8] {
        let (digits, exponent) = significant(magnitude, precision + 1)
        var text = [digits[0]]
        if precision > 0 || isAlternate { text.append(0x2E) }
        return text + digits[1...] + FloatText.exponentText(exponent)
    }

    /// Digits with a point or an exponent; `point` is where the point stands among the digits.
    private static func general(
        _ number: (digits: [UInt8], exponent: Int), _ precision: Int, _ isZero: Bool, _ isAlternate: Bool,
        _ hasDotZero: Bool, stripped: Bool = false
    ) -> [UInt8] {
        var digits = number.digits
        let point = isZero || digits.allSatisfy { $0 == 0x30 } ? 1 : number.exponent
        if stripped { while digits.count > 1, digits.last == 0x30 { digits.removeLast() } }
        if point <= -4 || point > precision - (hasDotZero ? 1 : 0) {
            var text = [digits[0]]
            if digits.count > 1 || isAlternate { text.append(0x2E) }
            return text + digits[1...] + FloatText.exponentText(point - 1)
        }
        var text = FloatText.positional(digits, point)
        if !text.contains(0x2E) {
            if hasDotZero { text += [0x2E, 0x30] } else if isAlternate { text.append(0x2E) }
        }
        return text
    }

    /// An integer's digits without sign or prefix.
    static func digits(
        of value: Value, radix: Int, uppercase: Bool, _ state: inout State
    ) throws(Fault) -> (negative: Bool, digits: [UInt8]) {
        let number = try Integers.integer(value, &state)
        let negative = number.sign == .minus
        if radix == 10 {
            let text = try Integers.decimal(number, &state)
            return (negative, negative ? Array(text.dropFirst()) : text)
        }
        try state.charge(number.magnitude.bitWidth >> 4)
        return (negative, Array(String(number.magnitude, radix: radix, uppercase: uppercase).utf8))
    }

    /// Puts sign, prefix, grouped digits and the rest together and pads them.
    static func layOut(
        negative: Bool, prefix: [UInt8], digits: [UInt8], rest: [UInt8], _ spec: FormatSpec, group: Int,
        _ state: inout State
    ) throws(Fault) -> Value {
        var head: [UInt32] = []
        if negative { head.append(0x2D) } else if spec.sign == 0x2B || spec.sign == 0x20 { head.append(spec.sign) }
        head += prefix.map { UInt32($0) }
        let isInner = spec.align == 0x3D
        let isZeroFilled = isInner && spec.fill == 0x30
        let least = isZeroFilled ? spec.width - head.count - rest.count : 0
        let body: [UInt32]
        // `nan` and `inf` have no digits to group zeros with.
        if spec.grouping != 0, !digits.isEmpty {
            let size = spec.grouping == 0x5F ? group : 3
            body = grouped(digits, by: size, mark: spec.grouping, least: least)
        } else {
            body = Array(repeating: 0x30, count: max(0, least - digits.count)) + digits.map { UInt32($0) }
        }
        let tail = body + rest.map { UInt32($0) }
        let gap = spec.width - head.count - tail.count
        if isInner, gap > 0 {
            try state.allocate(characters: spec.width, wide: true)
            return .string(codePoints: head + Array(repeating: spec.fill, count: gap) + tail)
        }
        return try spec.padded(head + tail, defaultAlign: 0x3E, &state)
    }

    /// CPython's grouping, which also groups the zeros that fill up to a width.
    private static func grouped(_ digits: [UInt8], by size: Int, mark: UInt32, least: Int) -> [UInt32] {
        var reversed: [UInt32] = []
        var remaining = digits.count
        var least = least
        while true {
            let length = min(size, max(max(remaining, least), 1))
            let zeros = max(0, length - remaining)
            let count = max(0, min(remaining, length))
            for place in 0..<count { reversed.append(UInt32(digits[remaining - 1 - place])) }
            reversed += Array(repeating: 0x30, count: zeros)
            remaining -= count
            least -= length
            if remaining <= 0, least <= 0 { return reversed.reversed() }
            reversed.append(mark)
            least -= 1
        }
    }
}
