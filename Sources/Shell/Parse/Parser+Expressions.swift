internal import SafeExpression

extension Parser {
    /// Where an expression ends, beside the ends that every command has.
    struct ExpressionEnd {
        /// At a `{` that stands where an operator would: the beginning of a block.
        var block = false
        /// At a comma outside brackets.
        var comma = false
        /// At a `:` or `!` outside brackets, as in `{cost:.1f}`.
        var format = false
        /// At one of these words, where an operator would stand.
        var words: Set<String> = []
    }

    /// What was scanned of an expression, made ready for the expression language.
    struct ScannedExpression {
        /// Where it stands, without blanks around it.
        var range: Range<Int>
        /// Its code points, one for one: comments and line ends are blanks, `$` is the mark.
        var scalars: [Unicode.Scalar] = []
        /// The script variables that it names with `$`.
        var references: [(name: String, range: Range<Int>)] = []
    }

    /// Parses an expression over names of the host.
    ///
    /// - Parameters:
    ///   - what: what it is called when it is missing, such as `where`.
    ///   - end: where it ends.
    ///   - names: the names it may use.
    mutating func parseExpression(
        for what: String, end: ExpressionEnd = ExpressionEnd(), names: [String]?
    ) throws(Failure) -> BoundExpression {
        skipBlanks()
        let scanned = try scanExpression(end)
        guard !scanned.range.isEmpty else {
            throw error("\(what) needs an expression", at: scanned.range)
        }
        return try compile(scanned, names: names)
    }

    /// Parses an expression over script variables.
    mutating func parseScriptExpression(
        for what: String, end: ExpressionEnd = ExpressionEnd()
    ) throws(Failure) -> BoundExpression {
        try parseExpression(for: what, end: end, names: Array(variables).sorted())
    }

    /// Compiles what was scanned.
    ///
    /// - Parameters:
    ///   - scanned: what was scanned.
    ///   - names: the names it may use, or nil when that is known only later.
    ///   - offset: where the first of its code points stands, when that is not where the range begins.
    func compile(
        _ scanned: ScannedExpression, names: [String]?, offset: Int? = nil
    ) throws(Failure) -> BoundExpression {
        for (name, range) in scanned.references { try checkVariable(name, at: range) }
        let marked = scanned.references.map { String(BoundExpression.mark) + $0.name }
        let offset = offset ?? scanned.range.lowerBound
        do {
            let expression = try Expression.compile(
                String(scalars: scanned.scalars), names: names.map { .declared($0 + marked) } ?? .open)
            return BoundExpression(
                expression: expression, source: source, offset: offset, range: scanned.range)
        } catch {
            let source = self.source
            throw Failure(error) { range in
                let start = min(max(offset + range.lowerBound, scanned.range.lowerBound), scanned.range.upperBound)
                let end = min(offset + range.upperBound, scanned.range.upperBound)
                return Failure.Place(source: source, range: start..<max(start, end))
            }
        }
    }

    /// Says so when a script variable is not known.
    func checkVariable(_ name: String, at range: Range<Int>) throws(Failure) {
        guard !variables.contains(name) else { return }
        throw error(
            "unknown variable '$\(name)'",
            hint: didYouMean(name, among: Array(variables)) ?? "set it with let, or ask for it with param", at: range)
    }

    /// Reads an expression up to where it ends, minding quotes and brackets only.
    mutating func scanExpression(_ end: ExpressionEnd = ExpressionEnd()) throws(Failure) -> ScannedExpression {
        let start = position
        var scanned = ScannedExpression(range: start..<start)
        var open: [(scalar: Unicode.Scalar, at: Int)] = []
        var followsOperand = false

        scan: while let scalar = peek {
            switch scalar {
            case "\"", "'":
                let from = position
                try skipString()
                scanned.scalars += source.scalars[from..<position]
                followsOperand = true
                continue
            case "#":
                while let next = peek, next != "\n" {
                    scanned.scalars.append(" ")
                    position += 1
                }
                continue
            case "\\":
                guard let length = lineEndLength(at: 1) else { break }
                scanned.scalars += repeatElement(" ", count: 1 + length)
                position += 1 + length
                continue
            case "\n":
                if open.isEmpty, parentheses == 0 { break scan }
                scanned.scalars.append(" ")
                position += 1
                continue
            case "{" where open.isEmpty && end.block && followsOperand: break scan
            case "(", "[", "{": open.append((scalar, position))
            case ")", "]", "}":
                guard let opening = open.popLast() else { break scan }
                guard closing(of: opening.scalar) == scalar else {
                    throw error(
                        "'\(scalar)' does not close '\(opening.scalar)'",
                        hint: "expected '\(closing(of: opening.scalar))'", at: position..<position + 1)
                }
            case ";", "|", "&": if open.isEmpty { break scan }
            case ",": if open.isEmpty, end.comma { break scan }
            case ":": if open.isEmpty, end.format { break scan }
            case "!": if open.isEmpty, end.format, peek(at: 1) != "=" { break scan }
            case "$":
                guard let next = peek(at: 1), isIdentifier(next, first: true) else { break }
                position += 1
                let name = nextWord() ?? ""
                scanned.references.append((name, position - 1..<position + name.unicodeScalars.count))
                scanned.scalars.append(BoundExpression.mark)
                scanned.scalars += name.unicodeScalars
                position += name.unicodeScalars.count
                followsOperand = true
                continue
            case _ where isIdentifier(scalar):
                let from = position
                while let next = peek, isIdentifier(next) { position += 1 }
                let word = String(from..<position, in: source)
                if open.isEmpty, followsOperand, end.words.contains(word) {
                    position = from
                    break scan
                }
                scanned.scalars += source.scalars[from..<position]
                followsOperand = !Keywords.operators.contains(word)
                continue
            default: break
            }
            if !isBlank(scalar) { followsOperand = closers.contains(scalar) }
            scanned.scalars.append(scalar)
            position += 1
        }
        if let opening = open.last {
            throw error("'\(opening.scalar)' is never closed", at: opening.at..<opening.at + 1)
        }
        while let last = scanned.scalars.last, isBlank(last) { scanned.scalars.removeLast() }
        scanned.range = start..<start + scanned.scalars.count
        return scanned
    }

    /// What is said of a quote without its other half.
    static let unclosedString = "the string is never closed"

    /// Skips a quoted string; three quotes may hold line ends.
    mutating func skipString() throws(Failure) {
        let start = position
        guard let quote = peek else { return }
        let isTriple = peek(at: 1) == quote && peek(at: 2) == quote
        position += isTriple ? 3 : 1
        while let scalar = peek {
            if scalar == "\\" {
                position += min(2, source.scalars.count - position)
            } else if scalar == "\n", !isTriple {
                break
            } else if scalar == quote, !isTriple || (peek(at: 1) == quote && peek(at: 2) == quote) {
                position += isTriple ? 3 : 1
                return
            } else {
                position += 1
            }
        }
        throw error(Self.unclosedString, at: start..<start + 1)
    }
}

private let closers: Set<Unicode.Scalar> = [")", "]", "}"]

/// The bracket that closes another.
func closing(of scalar: Unicode.Scalar) -> Unicode.Scalar {
    switch scalar {
    case "(": ")"
    case "[": "]"
    default: "}"
    }
}
