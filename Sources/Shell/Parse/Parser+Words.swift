internal import SafeExpression

extension Parser {
    /// Parses one word: up to a blank or the command's end, with quotes, `$name` and `{expression}` in it.
    ///
    /// - Returns: nil when no word stands here.
    mutating func parseWord(endsAtComma: Bool = false) throws(Failure) -> Word? {
        skipBlanks()
        let start = position
        var word = Word(pieces: [], range: start..<start)
        var text = ""
        var open: [(scalar: Unicode.Scalar, at: Int)] = []

        func flush(_ word: inout Word) {
            if !text.isEmpty { word.pieces.append(.text(text)) }
            text = ""
        }
        scan: while let scalar = peek {
            if open.isEmpty {
                if isAtEnd || isBlank(scalar) { break }
                if scalar == "\\", lineEndLength(at: 1) != nil { break }
                if scalar == ",", endsAtComma { break }
            } else if scalar == "\n", parentheses == 0 {
                break
            }
            switch scalar {
            case "'":
                let from = position
                try skipSingleQuoted()
                text += String(from + 1..<position - 1, in: source)
                word.isQuoted = true
                continue scan
            case "\"":
                flush(&word)
                word.pieces += try parseQuoted()
                word.isQuoted = true
                continue scan
            case "$":
                guard let next = peek(at: 1), isIdentifier(next, first: true) else { break }
                flush(&word)
                word.pieces.append(try parseVariable())
                continue scan
            case "{":
                flush(&word)
                word.pieces.append(try parseInterpolation())
                continue scan
            case "\\":
                position += 1
                guard let next = peek else { break scan }
                text.unicodeScalars.append(next)
                position += 1
                continue scan
            case "(", "[": open.append((scalar, position))
            case ")", "]":
                if let opening = open.last, closing(of: opening.scalar) == scalar { open.removeLast() }
            default: break
            }
            text.unicodeScalars.append(scalar)
            position += 1
        }
        if let opening = open.first {
            throw error(
                "'\(opening.scalar)' is never closed", hint: "quote the word if it is meant so",
                at: opening.at..<opening.at + 1)
        }
        flush(&word)
        guard position > start else { return nil }
        word.range = start..<position
        return word
    }

    /// Skips a single-quoted string, in which nothing has a meaning.
    private mutating func skipSingleQuoted() throws(Failure) {
        let start = position
        position += 1
        while let scalar = peek, scalar != "'" {
            if scalar == "\n" { break }
            position += 1
        }
        guard eat("'") else { throw error(Self.unclosedString, at: start..<start + 1) }
    }

    /// Parses a double-quoted string: escapes, `$name`, `{expression}`, and `{{` and `}}` for the braces themselves.
    mutating func parseQuoted() throws(Failure) -> [Word.Piece] {
        let start = position
        var pieces: [Word.Piece] = []
        var text = ""
        position += 1
        while let scalar = peek, scalar != "\"", scalar != "\n" {
            switch scalar {
            case "\\":
                position += 1
                text.unicodeScalars.append(contentsOf: try parseEscape())
            case "$" where peek(at: 1).map { isIdentifier($0, first: true) } ?? false:
                pieces.append(.text(text))
                text = ""
                pieces.append(try parseVariable())
            case "{" where peek(at: 1) == "{", "}" where peek(at: 1) == "}":
                text.unicodeScalars.append(scalar)
                position += 2
            case "{":
                pieces.append(.text(text))
                text = ""
                pieces.append(try parseInterpolation())
            default:
                text.unicodeScalars.append(scalar)
                position += 1
            }
        }
        guard eat("\"") else { throw error(Self.unclosedString, at: start..<start + 1) }
        pieces.append(.text(text))
        return pieces
    }

    /// Parses what follows a backslash in a double-quoted string; an escape that is none stays as it is.
    private mutating func parseEscape() throws(Failure) -> [Unicode.Scalar] {
        guard let scalar = peek else { return [] }
        position += 1
        switch scalar {
        case "n": return ["\n"]
        case "t": return ["\t"]
        case "r": return ["\r"]
        case "0": return ["\0"]
        case "e": return ["\u{1B}"]
        case "\"", "\\", "$", "{", "}": return [scalar]
        case "x", "u":
            let count = scalar == "x" ? 2 : 4
            var value: UInt32 = 0
            for index in 0..<count {
                guard let next = peek(at: index), next.isASCII, let digit = Character(next).hexDigitValue else {
                    throw error("\\\(scalar) needs \(count) hexadecimal digits", at: position - 2..<position + index)
                }
                value = value * 16 + UInt32(digit)
            }
            guard let result = Unicode.Scalar(value) else {
                throw error("\\\(scalar) is no character", at: position - 2..<position + count)
            }
            position += count
            return [result]
        default: return ["\\", scalar]
        }
    }

    /// Parses `$name`.
    private mutating func parseVariable() throws(Failure) -> Word.Piece {
        let start = position
        position += 1
        let name = nextWord() ?? ""
        position += name.unicodeScalars.count
        try checkVariable(name, at: start..<position)
        return .variable(name, start..<position)
    }

    /// Parses `{expression}`, `{expression!r}` or `{expression:format}`.
    private mutating func parseInterpolation() throws(Failure) -> Word.Piece {
        let start = position
        position += 1
        skipBlanks()
        let outer = parentheses
        parentheses = 0
        defer { parentheses = outer }
        let unclosed = error("'{' is never closed", hint: "write {{ for a brace", at: start..<start + 1)
        var scanned: ScannedExpression
        do {
            scanned = try scanExpression(ExpressionEnd(format: true))
        } catch {
            // The quote that ends the text around it looks like the beginning of a string in it.
            throw error.message == Self.unclosedString ? unclosed : error
        }
        guard !scanned.range.isEmpty else {
            throw error("'{' needs an expression", hint: "write {{ for a brace", at: start..<start + 1)
        }
        var offset = scanned.range.lowerBound
        if peek == ":" || peek == "!" {
            // The expression language's own f-string knows the formats.
            let opening = Array("f\"\"\"{".unicodeScalars)
            let from = position
            var nested = 0
            while let scalar = peek, scalar != "\n", scalar != "\"", nested > 0 || scalar != "}" {
                if scalar == "{" { nested += 1 }
                if scalar == "}" { nested -= 1 }
                position += 1
            }
            scanned.scalars = opening + scanned.scalars
            scanned.scalars +=
                Array(source.scalars[scanned.range.upperBound..<position]) + Array("}\"\"\"".unicodeScalars)
            scanned.range = scanned.range.lowerBound..<max(from, position)
            offset -= opening.count
        }
        guard eat("}") else { throw unclosed }
        return .value(try compile(scanned, names: Array(variables).sorted(), offset: offset))
    }
}
