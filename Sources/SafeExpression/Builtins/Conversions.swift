internal import BigInt

/// `int`, `float`, `round` and `dict`.
enum Conversions {
    static func int(_ arguments: Arguments, _ state: inout State) throws(Fault) -> Value {
        guard let value = arguments.values.first else { return .int(0) }
        if arguments.values.count > 1 {
            let base = try Integers.clamped(arguments.values[1], &state)
            guard base == 0 || 2...36 ~= base else {
                throw state.valueError("int() base must be >= 2 and <= 36, or 0")
            }
            guard Strings.isText(value) else {
                if let mark = value.cutMark { throw state.cut(mark) }
                throw state.typeError("int() can't convert non-string with explicit base")
            }
            return try Integers.parse(value, base: base, &state)
        }
        switch value {
        case .int, .big: return value
        case .bool(let flag): return .int(flag ? 1 : 0)
        case .float(let number): return try Integers.truncated(number, state)
        case .ascii, .wide: return try Integers.parse(value, base: 10, &state)
        default:
            if let mark = value.cutMark { throw state.cut(mark) }
            throw state.typeError(
                "int() argument must be a string, a bytes-like object or a real number, not '\(value.typeName)'")
        }
    }

    static func float(_ arguments: Arguments, _ state: inout State) throws(Fault) -> Value {
        guard let value = arguments.values.first else { return .float(0) }
        switch value {
        case .float: return value
        case .ascii, .wide: return try parse(value, &state)
        default:
            if let number = Arithmetic.Number(value) { return .float(try number.double(state)) }
            if let mark = value.cutMark { throw state.cut(mark) }
            throw state.typeError("float() argument must be a string or a real number, not '\(value.typeName)'")
        }
    }

    private static func parse(_ value: Value, _ state: inout State) throws(Fault) -> Value {
        let units = Strings.units(value)
        try state.charge(units.count >> 2)
        var text: [UInt8] = []
        var isValid = true
        var last: UInt8 = 0
        let trimmed = Strings.trimmed(units[...])
        for (place, unit) in trimmed.enumerated() {
            var byte = unit < 0x80 ? UInt8(unit) : 0
            if byte == 0 {
                guard let digit = Strings.digit(unit), unit != 0 else {
                    isValid = false
                    break
                }
                byte = 0x30 + UInt8(digit)
            }
            if byte == 0x5F {
                // An underscore stands between two digits.
                let next = trimmed.dropFirst(place + 1).first.flatMap(Strings.digit) ?? 99
                if !(0x30...0x39 ~= last) || next > 9 { isValid = false }
            } else {
                text.append(byte | (0x41...0x5A ~= byte ? 0x20 : 0))
            }
            last = byte
        }
        if isValid, let number = number(text) { return .float(number) }
        throw state.valueError("could not convert string to float: \(try Representation.repr(value, &state).str)")
    }

    /// A float in lower case: digits with a point and an exponent, `inf`, `infinity` or `nan`.
    private static func number(_ text: [UInt8]) -> Double? {
        var rest = text[...]
        var negative = false
        if let sign = rest.first, sign == 0x2B || sign == 0x2D {
            negative = sign == 0x2D
            rest = rest.dropFirst()
        }
        let word = String(decoding: rest, as: UTF8.self)
        if word == "inf" || word == "infinity" { return negative ? -.infinity : .infinity }
        if word == "nan" { return Arithmetic.freshNaN() }
        var digits: [UInt8] = []
        let whole = rest.prefix { 0x30...0x39 ~= $0 }
        digits += whole
        rest = rest[whole.endIndex...]
        if whole.isEmpty { digits.append(0x30) }
        var fraction = rest[rest.startIndex..<rest.startIndex]
        if rest.first == 0x2E {
            rest = rest.dropFirst()
            fraction = rest.prefix { 0x30...0x39 ~= $0 }
            rest = rest[fraction.endIndex...]
            digits.append(0x2E)
            digits += fraction
            if fraction.isEmpty { digits.append(0x30) }
        }
        if whole.isEmpty, fraction.isEmpty { return nil }
        if rest.first == 0x65 {
            let exponent = Array(rest)
            var body = exponent.dropFirst()
            if let sign = body.first, sign == 0x2B || sign == 0x2D { body = body.dropFirst() }
            guard !body.isEmpty, body.allSatisfy({ 0x30...0x39 ~= $0 }) else { return nil }
            digits += exponent
            rest = rest[rest.endIndex...]
        }
        guard rest.isEmpty, let number = Double(String(decoding: digits, as: UTF8.self)) else { return nil }
        return negative ? -number : number
    }

    static func round(_ arguments: Arguments, _ state: inout State) throws(Fault) -> Value {
        let value = arguments.values[0]
        let places = arguments.values.count > 1 ? arguments.values[1] : .none
        switch Arithmetic.Number(value) {
        case .float(let number):
            if places.isNone {
                if number.isFinite { return try Integers.truncated(number.rounded(.toNearestOrEven), state) }
                return try Integers.truncated(number, state)
            }
            return try round(number, places: Integers.clamped(places, &state), &state)
        case .int(let number):
            if places.isNone { return .int(number) }
            return try round(BigInt(number), places: Integers.clamped(places, &state), &state)
        case .big(let number):
            if places.isNone { return value }
            return try round(number, places: Integers.clamped(places, &state), &state)
        case nil:
            if let mark = value.cutMark { throw state.cut(mark) }
            throw state.typeError("type \(value.typeName) doesn't define __round__ method")
        }
    }

    private static func round(_ number: Double, places: Int, _ state: inout State) throws(Fault) -> Value {
        // Beyond these no digit of a float can change, or none is left.
        if !number.isFinite || number == 0 || places > 323 { return .float(number) }
        if places < -308 { return .float(number.sign == .minus ? -0.0 : 0.0) }
        try state.charge(FloatText.steps(number, places: places))
        let digits = FloatText.fixed(number.magnitude, places: places)
        let text = String(decoding: digits, as: UTF8.self) + "e\(-places)"
        guard let result = Double(text), result.isFinite else {
            throw state.overflow("rounded value too large to represent")
        }
        return .float(number.sign == .minus ? -result : result)
    }

    /// Rounds an integer to a power of ten, ties to even.
    private static func round(_ number: BigInt, places: Int, _ state: inout State) throws(Fault) -> Value {
        if places >= 0 { return Value(BigInteger(number)) }
        let digits = number.magnitude.bitWidth * 31 / 100 + 2
        if places < -digits { return .int(0) }
        let words = (number.magnitude.bitWidth >> 6) + 1
        try state.charge(words * words >> 3)
        try state.charge(Integers.divisionSteps(number.magnitude.bitWidth, -places * 3))
        let unit = BigInt(10).power(-places)
        var (quotient, remainder) = number.flooredQuotientAndRemainder(dividingBy: unit)
        let doubled = remainder * 2
        if doubled > unit || doubled == unit && quotient.magnitude.trailingZeroBitCount == 0 && !quotient.isZero {
            quotient += 1
        }
        remainder = quotient * unit
        return Value(BigInteger(remainder))
    }

    static func dict(_ arguments: Arguments, _ state: inout State) throws(Fault) -> Value {
        var builder = Mapping.Builder()
        if let source = arguments.values.first {
            if case .mapping(let mapping) = source {
                try mapping.checkComplete(state)
                try state.allocate(elements: mapping.count * 2)
                for place in mapping.keys.indices {
                    try builder.set(mapping.keys[place], mapping.values[place], &state)
                }
            } else {
                try addPairs(source, to: &builder, &state)
            }
        }
        for (name, value) in arguments.keywords { try builder.set(.string(name), value, &state) }
        return .mapping(builder.finish())
    }

    private static func addPairs(
        _ source: Value, to builder: inout Mapping.Builder, _ state: inout State
    ) throws(Fault) {
        var cursor = try Cursor(over: source, &state)
        var number = 0
        while let pair = try cursor.next(&state) {
            switch pair {
            case .none, .bool, .int, .float, .big, .object:
                throw state.typeError("cannot convert dictionary update sequence element #\(number) to a sequence")
            default: break
            }
            let parts = try Functions.elements(pair, &state)
            guard parts.count == 2 else {
                throw state.valueError(
                    "dictionary update sequence element #\(number) has length \(parts.count); 2 is required")
            }
            try state.allocate(48)
            try builder.set(parts[0], parts[1], &state)
            number += 1
        }
    }
}
