internal import BigInt

extension Scanner {
    /// number := decimal integer | 0x… | 0o… | 0b… | float, with single underscores between digits
    mutating func scanNumber() throws(Diagnostic) -> Token {
        let start = position
        if peek() == 0x30, let radix = Self.radix(of: peek(1)) {
            position += 2
            if peek() == 0x5F { position += 1 }
            try scanDigits(radix: radix, start: start)
        } else {
            if peek() != 0x2E { try scanDigits(radix: 10, start: start) }
            let isZero = !bytes[start..<position].contains { $0 != 0x30 && $0 != 0x5F }
            let leading = bytes[start] == 0x30 && !isZero
            var isFloat = false
            if peek() == 0x2E {
                isFloat = true
                position += 1
                if 0x30...0x39 ~= peek() { try scanDigits(radix: 10, start: start) }
            }
            if peek() | 0x20 == 0x65 {
                let sign = peek(1) == 0x2B || peek(1) == 0x2D ? 1 : 0
                if 0x30...0x39 ~= peek(1 + sign) {
                    isFloat = true
                    position += 1 + sign
                    try scanDigits(radix: 10, start: start)
                }
            }
            if leading && !isFloat {
                throw failure("leading zeros in an integer", start..<position, hint: "0o is the prefix of octal")
            }
        }
        try checkEndOfNumber(start)
        return Token(kind: .number, range: start..<position, text: "")
    }

    private static func radix(of letter: UInt8) -> UInt32? {
        switch letter | 0x20 {
        case 0x78: 16
        case 0x6F: 8
        case 0x62: 2
        default: nil
        }
    }

    private mutating func scanDigits(radix: UInt32, start: Int) throws(Diagnostic) {
        var isDigitLast = false
        while true {
            let byte = peek()
            if byte == 0x5F {
                guard isDigitLast else { break }
                isDigitLast = false
            } else if let digit = Hex.value(byte), digit < radix {
                isDigitLast = true
            } else {
                break
            }
            position += 1
        }
        if !isDigitLast { throw failure("malformed number", start..<max(position, start + 1)) }
    }

    /// A number may run into a keyword (`1if x else 2`), as in Python, and into nothing else.
    private func checkEndOfNumber(_ start: Int) throws(Diagnostic) {
        var end = position
        while end < bytes.count {
            switch bytes[end] {
            case 0x41...0x5A, 0x61...0x7A, 0x5F, 0x30...0x39, 0x80...: end += 1
            default:
                if end == position { return }
                let tail = String(decoding: bytes[position..<end], as: UTF8.self)
                if ["and", "else", "for", "if", "in", "is", "not", "or"].contains(tail) { return }
                if tail.lowercased() == "j" {
                    throw rejection("complex numbers are not part of the language", start..<end)
                }
                throw failure("malformed number", start..<end)
            }
        }
        if end == position { return }
        let tail = String(decoding: bytes[position..<end], as: UTF8.self)
        if ["and", "else", "for", "if", "in", "is", "not", "or"].contains(tail) { return }
        if tail.lowercased() == "j" { throw rejection("complex numbers are not part of the language", start..<end) }
        throw failure("malformed number", start..<end)
    }

    /// The value of a number token.
    func number(_ token: Token, digits limit: Int) throws(Diagnostic) -> Value {
        let text = bytes[token.range].filter { $0 != 0x5F }
        if text.count > 1, text[0] == 0x30, let radix = Self.radix(of: text[1]) {
            let digits = String(decoding: text[2...], as: UTF8.self)
            if let small = Int(digits, radix: Int(radix)) { return .int(small) }
            return Value(BigInteger(BigInt(digits, radix: Int(radix)) ?? 0))
        }
        let digits = String(decoding: text, as: UTF8.self)
        if text.contains(where: { $0 == 0x2E || $0 | 0x20 == 0x65 }) {
            // The standard library wants a digit on both sides of the point.
            let padded = (text[0] == 0x2E ? "0" : "") + digits.replacingPoint()
            guard let number = Double(padded) else { throw failure("malformed number", token.range) }
            return .float(number)
        }
        if let small = Int(digits) { return .int(small) }
        if text.count > limit {
            throw Diagnostic(
                kind: .limit(.digits), message: "an integer of more than \(limit) digits", range: token.range)
        }
        return Value(BigInteger(BigInt(digits) ?? 0))
    }
}

extension String {
    /// `1.` and `1.e5` with the zero that the standard library wants after the point.
    fileprivate func replacingPoint() -> String {
        var bytes = Array(utf8)
        if let point = bytes.firstIndex(of: 0x2E), point + 1 == bytes.count || !(0x30...0x39 ~= bytes[point + 1]) {
            bytes.insert(0x30, at: point + 1)
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
