/// Splits UTF-8 source into tokens, on demand and without copying.
///
/// Offsets are bytes. The source has been checked to be UTF-8 and to hold none of the refused characters.
struct Scanner {
    let bytes: [UInt8]
    /// Where the next token is looked for.
    var position: Int
    /// Open brackets; line breaks count only outside of them.
    var brackets = 0
    /// `\N{…}` escapes so far.
    var namedEscapes = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        position = 0
        // As `eval` does, leading blanks are no indentation.
        while position < bytes.count, bytes[position] == 0x20 || bytes[position] == 0x09 { position += 1 }
    }

    func peek(_ ahead: Int = 0) -> UInt8 { position + ahead < bytes.count ? bytes[position + ahead] : 0 }

    func failure(_ message: String, _ range: Range<Int>, hint: String? = nil) -> Diagnostic {
        Diagnostic(kind: .syntax, message: message, range: range, hint: hint)
    }

    func rejection(_ message: String, _ range: Range<Int>, hint: String? = nil) -> Diagnostic {
        Diagnostic(kind: .rejected, message: message, range: range, hint: hint)
    }

    /// Scans the next token.
    mutating func next() throws(Diagnostic) -> Token {
        try skipBlanks()
        let start = position
        guard start < bytes.count else { return Token(kind: .end, range: start..<start, text: "") }
        let byte = bytes[start]
        switch byte {
        case 0x30...0x39: return try scanNumber()
        case 0x2E where 0x30...0x39 ~= peek(1): return try scanNumber()
        case 0x22, 0x27: return Token(kind: .string, range: start..<start, text: "")
        case 0x41...0x5A, 0x61...0x7A, 0x5F, 0x80...: return try scanName()
        default: return try scanSymbol()
        }
    }

    /// Skips blanks, comments, joined lines, and line breaks where they do not count.
    private mutating func skipBlanks() throws(Diagnostic) {
        while position < bytes.count {
            switch bytes[position] {
            case 0x20, 0x09: position += 1
            case 0x23:
                while position < bytes.count, bytes[position] != 0x0A, bytes[position] != 0x0D { position += 1 }
            case 0x5C where peek(1) == 0x0A || peek(1) == 0x0D:
                position += peek(1) == 0x0D && peek(2) == 0x0A ? 3 : 2
                if position >= bytes.count {
                    throw failure("unexpected end after a line continuation", position - 2..<position)
                }
            case 0x0A, 0x0D:
                if brackets == 0 { try endLine() } else { position += 1 }
            default: return
            }
        }
    }

    /// A line break outside of brackets: before the expression it is skipped, after it nothing may follow.
    private mutating func endLine() throws(Diagnostic) {
        let start = position
        let isBlank = !bytes[..<start].contains { $0 != 0x0A && $0 != 0x0D && $0 != 0x20 && $0 != 0x09 }
        position += 1
        if isBlank {
            if peek() == 0x20 || peek() == 0x09 {
                var ahead = position
                while ahead < bytes.count, bytes[ahead] == 0x20 || bytes[ahead] == 0x09 { ahead += 1 }
                if ahead < bytes.count, ![0x0A, 0x0D, 0x23].contains(bytes[ahead]) {
                    throw failure("unexpected indent", position..<ahead)
                }
            }
            return
        }
        var ahead = position
        while ahead < bytes.count {
            switch bytes[ahead] {
            case 0x20, 0x09, 0x0A, 0x0D: ahead += 1
            case 0x23: while ahead < bytes.count, bytes[ahead] != 0x0A, bytes[ahead] != 0x0D { ahead += 1 }
            default:
                throw failure(
                    "an expression is one line", ahead..<ahead + 1, hint: "brackets or a trailing \\ join lines")
            }
        }
        position = bytes.count
    }

    private mutating func scanName() throws(Diagnostic) -> Token {
        let start = position
        var isASCII = true
        scan: while position < bytes.count {
            switch bytes[position] {
            case 0x41...0x5A, 0x61...0x7A, 0x5F, 0x30...0x39: position += 1
            case 0x80...:
                isASCII = false
                position += 1
            default: break scan
            }
        }
        let range = start..<position
        let text = String(decoding: bytes[range], as: UTF8.self)
        if !isASCII {
            try Identifiers.check(text, at: start, self)
        } else if peek() == 0x22 || peek() == 0x27, range.count <= 2 {
            let prefix = text.lowercased()
            if ["r", "u", "f", "rf", "fr"].contains(prefix) { return Token(kind: .string, range: range, text: prefix) }
            if ["b", "rb", "br"].contains(prefix) { throw rejection("bytes are not part of the language", range) }
        }
        return Token(kind: Token.keywords.contains(text) ? .keyword : .name, range: range, text: text)
    }

    /// Symbols of more than one character, the longest first.
    private static let symbols: [[UInt8]] = [
        "**=", "//=", ">>=", "<<=", "...", "**", "//", "<<", ">>", "<=", ">=", "==", "!=", ":=", "->", "+=", "-=", "*=",
        "/=", "%=", "&=", "|=", "^=", "@=", "<>", "&&", "||",
    ].map { Array($0.utf8) }

    private mutating func scanSymbol() throws(Diagnostic) -> Token {
        let start = position
        let byte = bytes[start]
        let pair = peek(1)
        if pair == 0x3D || pair == byte || pair == 0x3E || pair == 0x2E {
            for symbol in Self.symbols where bytes[start...].starts(with: symbol) {
                position += symbol.count
                return Token(
                    kind: .symbol, range: start..<position, text: String(decoding: symbol, as: UTF8.self))
            }
        }
        position += 1
        switch byte {
        case 0x28, 0x5B, 0x7B: brackets += 1
        case 0x29, 0x5D, 0x7D: brackets -= 1
        case 0x2B, 0x2D, 0x2A, 0x2F, 0x25, 0x26, 0x7C, 0x5E, 0x7E, 0x3C, 0x3E, 0x3D, 0x2C, 0x3A, 0x2E, 0x21, 0x3B,
            0x40:
            break
        case 0x5C: throw failure("unexpected character after a line continuation", start..<position)
        default:
            throw failure("'\(String(decoding: [byte], as: UTF8.self))' has no meaning here", start..<position)
        }
        return Token(kind: .symbol, range: start..<position, text: String(decoding: [byte], as: UTF8.self))
    }
}
