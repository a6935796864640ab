/// How a string literal is quoted.
struct Quoting {
    let mark: UInt8
    let isTriple: Bool
    let isRaw: Bool
    /// Where the literal begins, prefix included.
    let start: Int
}

extension Scanner {
    /// Reads the opening quotes of a string token.
    mutating func openString(_ token: Token) -> Quoting {
        position = token.range.upperBound
        let mark = peek()
        let isTriple = peek(1) == mark && peek(2) == mark
        position += isTriple ? 3 : 1
        return Quoting(
            mark: mark, isTriple: isTriple, isRaw: token.text.contains("r"), start: token.range.lowerBound)
    }

    /// How a piece of an f-string ends.
    enum PieceEnd {
        case quote
        case openBrace
        case closeBrace
    }

    /// Reads a plain string literal up to its closing quotes.
    mutating func readString(_ quoting: Quoting, into units: inout [UInt32]) throws(Diagnostic) {
        while true {
            if try readUnit(quoting, into: &units) { return }
        }
    }

    /// Reads literal text of an f-string up to its end or to a brace.
    ///
    /// - Parameter isFormat: Whether the text is a format, which one closing brace ends.
    mutating func readPiece(
        _ quoting: Quoting, isFormat: Bool, into units: inout [UInt32]
    ) throws(Diagnostic) -> PieceEnd {
        while true {
            switch peek() {
            case 0x7B:
                if peek(1) == 0x7B {
                    if isFormat { throw failure("a brace in a format", position..<position + 2) }
                    units.append(0x7B)
                    position += 2
                    continue
                }
                position += 1
                return .openBrace
            case 0x7D:
                if isFormat {
                    position += 1
                    return .closeBrace
                }
                guard peek(1) == 0x7D else {
                    throw failure("a single '}' in an f-string", position..<position + 1, hint: "'}}' stands for one")
                }
                units.append(0x7D)
                position += 2
            default: if try readUnit(quoting, into: &units) { return .quote }
            }
        }
    }

    /// Reads one character or escape; true when the closing quotes were there instead.
    private mutating func readUnit(_ quoting: Quoting, into units: inout [UInt32]) throws(Diagnostic) -> Bool {
        guard position < bytes.count else {
            throw failure("the string is not closed", quoting.start..<bytes.count)
        }
        let byte = bytes[position]
        if byte == quoting.mark {
            if !quoting.isTriple {
                position += 1
                return true
            }
            if peek(1) == byte, peek(2) == byte {
                position += 3
                return true
            }
        }
        switch byte {
        case 0x5C:
            if quoting.isRaw {
                units.append(0x5C)
                position += 1
                guard position < bytes.count else {
                    throw failure("the string is not closed", quoting.start..<bytes.count)
                }
                if peek() == 0x0A || peek() == 0x0D || peek() == 0x7B || peek() == 0x7D { return false }
                takeCharacter(into: &units)
            } else {
                try readEscape(into: &units)
            }
        case 0x0A, 0x0D:
            guard quoting.isTriple else { throw failure("the string is not closed", quoting.start..<position) }
            units.append(0x0A)
            position += byte == 0x0D && peek(1) == 0x0A ? 2 : 1
        default: takeCharacter(into: &units)
        }
        return false
    }

    private mutating func takeCharacter(into units: inout [UInt32]) {
        let byte = bytes[position]
        let length = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : byte >= 0xC0 ? 2 : 1
        if length == 1 {
            units.append(UInt32(byte))
        } else {
            units += Text.decode(bytes[position..<position + length])
        }
        position += length
    }

    private mutating func readEscape(into units: inout [UInt32]) throws(Diagnostic) {
        let start = position
        position += 1
        let letter = peek()
        guard position < bytes.count else { throw failure("the string is not closed", start..<bytes.count) }
        position += 1
        switch letter {
        case 0x0A: break
        case 0x0D: if peek() == 0x0A { position += 1 }
        case 0x5C, 0x27, 0x22: units.append(UInt32(letter))
        case 0x61: units.append(7)
        case 0x62: units.append(8)
        case 0x66: units.append(12)
        case 0x6E: units.append(10)
        case 0x72: units.append(13)
        case 0x74: units.append(9)
        case 0x76: units.append(11)
        case 0x30...0x37:
            var unit = UInt32(letter - 0x30)
            for _ in 0..<2 {
                guard case 0x30...0x37 = peek() else { break }
                unit = unit * 8 + UInt32(peek() - 0x30)
                position += 1
            }
            units.append(unit)
        case 0x78: units.append(try readHex(2, from: start))
        case 0x75: units.append(try checked(readHex(4, from: start), from: start))
        case 0x55: units.append(try checked(readHex(8, from: start), from: start))
        case 0x4E: units.append(try readNamed(from: start))
        default:
            // Python keeps a backslash that escapes nothing.
            units.append(0x5C)
            position -= 1
            if letter != 0x7B && letter != 0x7D { takeCharacter(into: &units) }
        }
    }

    private mutating func readHex(_ count: Int, from start: Int) throws(Diagnostic) -> UInt32 {
        var unit: UInt32 = 0
        for _ in 0..<count {
            guard let digit = Hex.value(peek()) else { throw failure("a truncated escape", start..<position) }
            unit = unit << 4 | digit
            position += 1
        }
        return unit
    }

    private func checked(_ unit: UInt32, from start: Int) throws(Diagnostic) -> UInt32 {
        if unit > 0x10FFFF { throw failure("an escape beyond Unicode", start..<position) }
        if 0xD800...0xDFFF ~= unit { throw rejection("a lone surrogate is no character", start..<position) }
        return unit
    }

    /// Reads `\N{NAME}`.
    private mutating func readNamed(from start: Int) throws(Diagnostic) -> UInt32 {
        guard peek() == 0x7B, let end = bytes[position...].prefix(120).firstIndex(of: 0x7D) else {
            throw failure("a malformed \\N escape", start..<position)
        }
        let name = String(decoding: bytes[(position + 1)..<end], as: UTF8.self)
        position = end + 1
        // Each is looked for among all characters.
        namedEscapes += 1
        if namedEscapes > 4 { throw rejection("more than four \\N escapes", start..<position) }
        guard let scalar = CharacterNames.find(name) else {
            throw failure("no character has this name", start..<position)
        }
        return scalar.value
    }
}

/// Characters by their Unicode names.
enum CharacterNames {
    /// Where characters with names stand; looked through in this order.
    private static let planes: [ClosedRange<UInt32>] = [
        0x20...0x33FF, 0xA000...0xABFF, 0xF900...0x1FFFF, 0xE0000...0xE01FF,
    ]

    /// Looks a name up, whatever its case; ideographs are not found by name.
    static func find(_ name: String) -> Unicode.Scalar? {
        let wanted = name.uppercased()
        for plane in planes {
            for unit in plane {
                guard let scalar = Unicode.Scalar(unit) else { continue }
                if scalar.properties.name == wanted || scalar.properties.nameAlias == wanted { return scalar }
            }
        }
        return nil
    }
}
