/// A format after a colon: `[[fill]align][sign][z][#][0][width][grouping][.precision][type]`.
struct FormatSpec {
    var fill: UInt32 = 0x20
    var hasFill = false
    /// `<`, `>`, `^`, `=`, or 0.
    var align: UInt32 = 0
    /// `+`, `-`, a blank, or 0.
    var sign: UInt32 = 0
    var coercesZero = false
    var isAlternate = false
    var width = 0
    /// `,`, `_`, or 0.
    var grouping: UInt32 = 0
    var precision: Int?
    /// The type's letter, or 0.
    var type: UInt32 = 0

    init() {}

    /// Reads a format.
    init(_ text: Value, for value: Value, _ state: State) throws(Fault) {
        var rest = Strings.units(text)[...]
        func isAlign(_ unit: UInt32) -> Bool { unit == 0x3C || unit == 0x3E || unit == 0x5E || unit == 0x3D }
        if rest.count >= 2, isAlign(rest[rest.startIndex + 1]) {
            fill = rest.removeFirst()
            hasFill = true
            align = rest.removeFirst()
        } else if let first = rest.first, isAlign(first) {
            align = rest.removeFirst()
        }
        if let first = rest.first, first == 0x2B || first == 0x2D || first == 0x20 { sign = rest.removeFirst() }
        if rest.first == 0x7A {
            coercesZero = true
            rest.removeFirst()
        }
        if rest.first == 0x23 {
            isAlternate = true
            rest.removeFirst()
        }
        if rest.first == 0x30 {
            rest.removeFirst()
            if !hasFill {
                fill = 0x30
                if align == 0, !Strings.isText(value) { align = 0x3D }
            }
        }
        width = try Self.number(&rest, state) ?? 0
        if let first = rest.first, first == 0x2C || first == 0x5F { grouping = rest.removeFirst() }
        if let first = rest.first, first == 0x2C || first == 0x5F {
            throw state.valueError(
                first == grouping
                    ? "Cannot specify '\(Character(Text.scalar(first)))' twice." : "Cannot specify both ',' and '_'.")
        }
        if rest.first == 0x2E {
            rest.removeFirst()
            guard let places = try Self.number(&rest, state) else {
                throw state.valueError("Format specifier missing precision")
            }
            precision = places
        }
        if rest.count > 1 {
            throw state.valueError("Invalid format specifier '\(text.str)' for object of type '\(value.typeName)'")
        }
        type = rest.first ?? 0
    }

    /// Reads digits; too large a number is a limit's matter.
    private static func number(_ rest: inout ArraySlice<UInt32>, _ state: State) throws(Fault) -> Int? {
        var number: Int?
        while let unit = rest.first, let digit = Strings.digit(unit), digit < 10 {
            number = (number ?? 0) * 10 + digit
            if let number, number > state.limits.width {
                throw state.fault(.limit(.width), "a format wider than \(state.limits.width)")
            }
            rest.removeFirst()
        }
        return number
    }

    /// Pads text to the width.
    func padded(_ units: [UInt32], defaultAlign: UInt32, _ state: inout State) throws(Fault) -> Value {
        let gap = width - units.count
        if gap <= 0 { return try Strings.make(units, &state) }
        let align = self.align == 0 ? defaultAlign : self.align
        let left = align == 0x3C ? 0 : align == 0x5E ? gap / 2 : gap
        try state.allocate(characters: width, wide: true)
        return .string(
            codePoints: Array(repeating: fill, count: left) + units + Array(repeating: fill, count: gap - left))
    }

    var letter: String { String(Character(Text.scalar(type))) }
}

/// `format(value, spec)`, as f-strings call it.
enum Formatting {
    static func format(_ value: Value, _ text: Value, _ state: inout State) throws(Fault) -> Value {
        if Strings.count(text) == 0 { return try Representation.str(value, &state) }
        switch value {
        case .ascii, .wide: return try string(value, FormatSpec(text, for: value, state), &state)
        case .bool, .int, .big: return try integer(value, FormatSpec(text, for: value, state), &state)
        case .float(let number): return try float(number, FormatSpec(text, for: value, state), value, &state)
        case .cut(let mark): throw state.cut(mark)
        default: throw state.typeError("unsupported format string passed to \(value.typeName).__format__")
        }
    }

    private static func unknown(_ spec: FormatSpec, _ value: Value, _ state: State) -> Fault {
        state.valueError("Unknown format code '\(spec.letter)' for object of type '\(value.typeName)'")
    }

    private static func string(_ value: Value, _ spec: FormatSpec, _ state: inout State) throws(Fault) -> Value {
        if spec.type != 0, spec.type != 0x73 { throw unknown(spec, value, state) }
        if spec.sign != 0 {
            throw state.valueError(
                spec.sign == 0x20
                    ? "Space not allowed in string format specifier" : "Sign not allowed in string format specifier")
        }
        if spec.coercesZero {
            throw state.valueError("Negative zero coercion (z) not allowed in string format specifier")
        }
        if spec.isAlternate { throw state.valueError("Alternate form (#) not allowed in string format specifier") }
        if spec.align == 0x3D { throw state.valueError("'=' alignment not allowed in string format specifier") }
        if spec.grouping != 0 {
            throw state.valueError("Cannot specify '\(Character(Text.scalar(spec.grouping)))' with 's'.")
        }
        var units = try Strings.units(value, &state)
        if let precision = spec.precision, precision < units.count { units = Array(units[..<precision]) }
        return try spec.padded(units, defaultAlign: 0x3C, &state)
    }

    private static func integer(_ value: Value, _ spec: FormatSpec, _ state: inout State) throws(Fault) -> Value {
        let radix: Int
        switch spec.type {
        case 0, 0x64, 0x6E: radix = 10
        case 0x62: radix = 2
        case 0x6F: radix = 8
        case 0x78, 0x58: radix = 16
        case 0x63: radix = 0
        case 0x65, 0x45, 0x66, 0x46, 0x67, 0x47, 0x25:
            guard let number = Arithmetic.Number(value) else { preconditionFailure("an integer is a number") }
            return try float(number.double(state), spec, value, &state)
        default: throw unknown(spec, value, state)
        }
        if spec.precision != nil { throw state.valueError("Precision not allowed in integer format specifier") }
        if spec.coercesZero {
            throw state.valueError("Negative zero coercion (z) not allowed in integer format specifier")
        }
        if radix == 0 {
            if spec.sign != 0 { throw state.valueError("Sign not allowed with integer format specifier 'c'") }
            if spec.isAlternate {
                throw state.valueError("Alternate form (#) not allowed with integer format specifier 'c'")
            }
            if spec.grouping != 0 {
                throw state.valueError("Cannot specify '\(Character(Text.scalar(spec.grouping)))' with 'c'.")
            }
            guard let code = value.asInt, 0...0x10FFFF ~= code else {
                throw state.overflow("%c arg not in range(0x110000)")
            }
            return try spec.padded([UInt32(code)], defaultAlign: 0x3E, &state)
        }
        if spec.grouping == 0x2C, radix != 10 || spec.type == 0x6E || spec.grouping == 0x5F && spec.type == 0x6E {
            throw state.valueError("Cannot specify ',' with '\(spec.letter)'.")
        }
        if spec.grouping != 0, spec.type == 0x6E {
            throw state.valueError("Cannot specify '\(Character(Text.scalar(spec.grouping)))' with 'n'.")
        }
        let (negative, digits) = try NumberText.digits(of: value, radix: radix, uppercase: spec.type == 0x58, &state)
        let prefixes: [Int: String] = [2: "0b", 8: "0o", 16: spec.type == 0x58 ? "0X" : "0x"]
        let prefix = spec.isAlternate ? prefixes[radix] ?? "" : ""
        return try NumberText.layOut(
            negative: negative, prefix: Array(prefix.utf8), digits: digits, rest: [], spec, group: radix == 10 ? 3 : 4,
            &state)
    }

    private static func float(
        _ number: Double, _ spec: FormatSpec, _ value: Value, _ state: inout State
    ) throws(Fault) -> Value {
        let kind: NumberText.Kind
        var percent = false
        switch spec.type {
        case 0: kind = spec.precision == nil ? .shortest : .general
        case 0x65, 0x45: kind = .exponent
        case 0x66, 0x46: kind = .fixed
        case 0x67, 0x47, 0x6E: kind = .general
        case 0x25:
            kind = .fixed
            percent = true
        default: throw unknown(spec, value, state)
        }
        if spec.grouping != 0, spec.type == 0x6E {
            throw state.valueError("Cannot specify '\(Character(Text.scalar(spec.grouping)))' with 'n'.")
        }
        let number = percent ? number * 100 : number
        let uppercase = spec.type == 0x45 || spec.type == 0x46 || spec.type == 0x47
        try state.charge(FloatText.steps(number, places: spec.precision ?? 6))
        var text = NumberText.float(
            number.magnitude, kind, precision: spec.precision ?? (kind == .shortest ? 0 : 6),
            isAlternate: spec.isAlternate, hasDotZero: spec.type == 0, uppercase: uppercase)
        var negative = number.sign == .minus && !number.isNaN
        if spec.coercesZero, negative, !text.contains(where: { 0x31...0x39 ~= $0 }), number.isFinite {
            negative = false
        }
        if percent { text.append(0x25) }
        let whole = text.prefix { 0x30...0x39 ~= $0 }
        return try NumberText.layOut(
            negative: negative, prefix: [], digits: Array(whole), rest: Array(text[whole.endIndex...]), spec, group: 3,
            &state)
    }
}
