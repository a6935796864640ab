internal import BigInt

/// `format % values`.
struct PercentFormat {
    private let format: [UInt32]
    private var place = 0
    private let values: [Value]
    private var taken = 0
    /// The right side when it can be asked for keys.
    private let mapping: Value?
    private var usesKeys = false
    private var result: [UInt32] = []

    static func apply(_ format: Value, _ right: Value, _ state: inout State) throws(Fault) -> Value {
        var formatter = PercentFormat(Strings.units(format), right)
        return try formatter.run(&state)
    }

    private init(_ format: [UInt32], _ right: Value) {
        self.format = format
        if case .tuple(let items) = right { values = items } else { values = [right] }
        switch right {
        case .mapping, .list, .range: mapping = right
        default: mapping = nil
        }
    }

    /// One conversion: what stands between the percent sign and its letter.
    private struct Conversion {
        var isLeft = false
        var sign: UInt32 = 0
        var isAlternate = false
        var isZeroFilled = false
        var width = 0
        var precision: Int?
    }

    private mutating func run(_ state: inout State) throws(Fault) -> Value {
        try state.charge(format.count >> 2)
        var isKeyed = false
        while place < format.count {
            if format[place] != 0x25 {
                result.append(format[place])
                place += 1
                continue
            }
            place += 1
            var value: Value?
            if peek() == 0x28 {
                value = try readKey(&state)
                isKeyed = true
            }
            let conversion = try readConversion(&state)
            guard let letter = peek() else { throw state.valueError("incomplete format") }
            place += 1
            if letter == 0x25 {
                result.append(0x25)
                continue
            }
            try state.charge(1)
            let before = result.count
            if value == nil { value = try next(state) }
            try convert(letter, conversion, value ?? .none, &state)
            try state.allocate(characters: result.count, wide: true)
            state.room += before * 4
        }
        if !isKeyed, taken < values.count, mapping == nil {
            throw state.typeError("not all arguments converted during string formatting")
        }
        return try Strings.make(result, &state)
    }

    private func peek() -> UInt32? { place < format.count ? format[place] : nil }

    private mutating func next(_ state: State) throws(Fault) -> Value {
        guard taken < values.count, !usesKeys else { throw state.typeError("not enough arguments for format string") }
        taken += 1
        return values[taken - 1]
    }

    private mutating func readKey(_ state: inout State) throws(Fault) -> Value {
        guard let mapping else { throw state.typeError("format requires a mapping") }
        place += 1
        let start = place
        var depth = 1
        while place < format.count {
            if format[place] == 0x28 { depth += 1 } else if format[place] == 0x29 { depth -= 1 }
            if depth == 0 { break }
            place += 1
        }
        guard place < format.count else { throw state.valueError("incomplete format key") }
        let key = Value.string(codePoints: Array(format[start..<place]))
        place += 1
        usesKeys = true
        return try Sequences.item(mapping, key, label: "it", &state)
    }

    private mutating func readConversion(_ state: inout State) throws(Fault) -> Conversion {
        var conversion = Conversion()
        flags: while let flag = peek() {
            switch flag {
            case 0x2D: conversion.isLeft = true
            case 0x2B: conversion.sign = 0x2B
            case 0x20: if conversion.sign == 0 { conversion.sign = 0x20 }
            case 0x23: conversion.isAlternate = true
            case 0x30: conversion.isZeroFilled = true
            default: break flags
            }
            place += 1
        }
        let width = try readNumber(&state)
        conversion.width = abs(width ?? 0)
        if (width ?? 0) < 0 { conversion.isLeft = true }
        if peek() == 0x2E {
            place += 1
            conversion.precision = max(0, try readNumber(&state) ?? 0)
        }
        if let letter = peek(), letter == 0x68 || letter == 0x6C || letter == 0x4C { place += 1 }
        return conversion
    }

    private mutating func readNumber(_ state: inout State) throws(Fault) -> Int? {
        var number: Int?
        if peek() == 0x2A {
            place += 1
            guard let given = try next(state).asInt else { throw state.typeError("* wants int") }
            number = given
        } else {
            while let unit = peek(), 0x30...0x39 ~= unit {
                number = (number ?? 0) * 10 + Int(unit - 0x30)
                place += 1
                if let number, number > state.limits.width { break }
            }
        }
        if let number, number.magnitude > UInt(state.limits.width) {
            throw state.fault(.limit(.width), "a format wider than \(state.limits.width)")
        }
        return number
    }

    private mutating func convert(
        _ letter: UInt32, _ conversion: Conversion, _ value: Value, _ state: inout State
    ) throws(Fault) {
        switch letter {
        case 0x73, 0x72, 0x61:
            let text =
                letter == 0x73
                ? try Representation.str(value, &state)
                : letter == 0x72 ? try Representation.repr(value, &state) : try Representation.ascii(value, &state)
            var units = try Strings.units(text, &state)
            if let precision = conversion.precision, precision < units.count { units = Array(units[..<precision]) }
            pad(units, conversion)
        case 0x63: pad([try character(value, state)], conversion)
        case 0x64, 0x69, 0x75, 0x78, 0x58, 0x6F: try integer(letter, conversion, value, &state)
        case 0x65, 0x45, 0x66, 0x46, 0x67, 0x47: try float(letter, conversion, value, &state)
        default:
            let shown = Text.isPrintable(letter) ? String(Character(Text.scalar(letter))) : "?"
            throw state.valueError(
                "unsupported format character '\(shown)' (0x\(String(letter, radix: 16))) at index \(place - 1)")
        }
    }

    private func character(_ value: Value, _ state: State) throws(Fault) -> UInt32 {
        if Strings.isText(value), Strings.count(value) == 1 { return Strings.units(value)[0] }
        if value.isBig { throw state.overflow("%c arg not in range(0x110000)") }
        guard let code = value.asInt else { throw state.typeError("%c requires int or char") }
        guard 0...0x10FFFF ~= code else { throw state.overflow("%c arg not in range(0x110000)") }
        return UInt32(code)
    }

    private mutating func integer(
        _ letter: UInt32, _ conversion: Conversion, _ value: Value, _ state: inout State
    ) throws(Fault) {
        var value = value
        let isDecimal = letter == 0x64 || letter == 0x69 || letter == 0x75
        if case .float(let number) = value, isDecimal { value = try Integers.truncated(number, state) }
        guard value.asInt != nil || value.isBig else {
            if let mark = value.cutMark { throw state.cut(mark) }
            let name = String(Character(Text.scalar(letter)))
            throw state.typeError(
                "%\(name) format: \(isDecimal ? "a real number" : "an integer") is required, not \(value.typeName)")
        }
        let radix = isDecimal ? 10 : letter == 0x6F ? 8 : 16
        var (negative, digits) = try NumberText.digits(of: value, radix: radix, uppercase: letter == 0x58, &state)
        if let precision = conversion.precision, precision > digits.count {
            digits = Array(repeating: 0x30, count: precision - digits.count) + digits
        }
        let prefix = isDecimal || !conversion.isAlternate ? "" : letter == 0x6F ? "0o" : letter == 0x78 ? "0x" : "0X"
        putNumber(negative, Array(prefix.utf8), digits, conversion)
    }

    private mutating func float(
        _ letter: UInt32, _ conversion: Conversion, _ value: Value, _ state: inout State
    ) throws(Fault) {
        guard let number = try Arithmetic.Number(value)?.double(state) else {
            if let mark = value.cutMark { throw state.cut(mark) }
            throw state.typeError("must be real number, not \(value.typeName)")
        }
        let kind: NumberText.Kind =
            letter | 0x20 == 0x65 ? .exponent : letter | 0x20 == 0x66 ? .fixed : .general
        let precision = conversion.precision ?? 6
        try state.charge(FloatText.steps(number, places: precision))
        let text = NumberText.float(
            number.magnitude, kind, precision: precision, isAlternate: conversion.isAlternate, hasDotZero: false,
            uppercase: letter & 0x20 == 0)
        putNumber(number.sign == .minus && !number.isNaN, [], text, conversion)
    }

    private mutating func putNumber(_ negative: Bool, _ prefix: [UInt8], _ digits: [UInt8], _ conversion: Conversion) {
        var head: [UInt32] = negative ? [0x2D] : conversion.sign == 0 ? [] : [conversion.sign]
        head += prefix.map { UInt32($0) }
        let gap = conversion.width - head.count - digits.count
        let zeros = conversion.isZeroFilled && !conversion.isLeft && gap > 0 ? gap : 0
        pad(head + Array(repeating: 0x30, count: zeros) + digits.map { UInt32($0) }, conversion)
    }

    private mutating func pad(_ units: [UInt32], _ conversion: Conversion) {
        let blanks = [UInt32](repeating: 0x20, count: max(0, conversion.width - units.count))
        result += conversion.isLeft ? units + blanks : blanks + units
    }
}
