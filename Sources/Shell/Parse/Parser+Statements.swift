extension Parser {
    /// Parses statements up to the end of the text, or to what closes the surrounding block or bracket.
    mutating func parseStatements() throws(Failure) -> [Statement] {
        var statements: [Statement] = []
        while true {
            skipBlanks(newlines: true)
            if eat(";") { continue }
            guard let scalar = peek, scalar != "}", scalar != ")" else { return statements }
            statements.append(try parseStatement(isFirst: statements.isEmpty))
            try parseStatementEnd(after: statements[statements.count - 1])
        }
    }

    /// After a statement comes a line end, a `;`, the end, or a `}`; a block ends itself.
    private mutating func parseStatementEnd(after statement: Statement) throws(Failure) {
        skipBlanks()
        switch peek {
        case nil, ";", "\n", "}", ")": return
        case "|":
            throw error(
                "'|' takes the rows of a command", hint: "a bit-or stands in parentheses", at: position..<position + 1)
        case "&":
            throw error(
                "'&' has no meaning here", hint: "jobs in the background are not supported",
                at: position..<position + 1)
        default:
            if position > 0, source.scalars[position - 1] == "}" || isBlank(source.scalars[position - 1]),
                statement.endsWithBlock
            {
                return
            }
            throw error("unexpected '\(unexpectedText())'", hint: "end the statement with ';'", at: unexpectedRange())
        }
    }

    private func unexpectedRange() -> Range<Int> {
        var end = position
        while end < source.scalars.count, !isBlank(source.scalars[end]) { end += 1 }
        return position..<max(end, position + 1)
    }

    private func unexpectedText() -> String { String(unexpectedRange(), in: source) }

    /// Parses one statement.
    private mutating func parseStatement(isFirst: Bool) throws(Failure) -> Statement {
        let start = position
        let kind = try parseStatementKind()
        var end = position
        while end > start, isBlank(source.scalars[end - 1]) { end -= 1 }
        return Statement(kind: kind, range: start..<end)
    }

    private mutating func parseStatementKind() throws(Failure) -> Statement.Kind {
        let start = position
        guard let word = nextWord(), Keywords.names.contains(word), !isVariable(word) else {
            return .pipeline(try parsePipeline())
        }
        position += word.unicodeScalars.count
        if let next = peek, !isBlank(next) && next != "(" && next != "{" && !isAtEnd || word == "source" && !namesFile()
        {
            position = start
            return .pipeline(try parsePipeline())
        }
        let range = start..<position
        skipBlanks()
        switch word {
        case "param": return try parseParameter(range)
        case "let": return try parseAssignment()
        case "if": return try parseConditional()
        case "for": return try parseFor()
        case "while":
            let condition = try parseScriptExpression(for: "while", end: ExpressionEnd(block: true))
            return .whileLoop(condition, try parseLoopBody())
        case "repeat":
            let count = try parseScriptExpression(for: "repeat", end: ExpressionEnd(block: true, words: ["every"]))
            skipBlanks()
            let interval = eatKeyword("every") ? try parseDuration(for: "every") : nil
            return .repeatLoop(count, every: interval, try parseLoopBody())
        case "break", "continue":
            guard loops > 0 else { throw error("'\(word)' stands in no loop", at: range) }
            return word == "break" ? .breakLoop : .continueLoop
        case "timeout":
            let limit = try parseDuration(for: "timeout")
            timeouts += 1
            defer { timeouts -= 1 }
            return .timeout(limit, try parseBlock())
        case "wait": return try parseWait(range)
        case "source": return try parseInclusion()
        case "defer":
            let outer = loops
            loops = 0
            defer { loops = outer }
            return .deferred(try parseBlock())
        case "on":
            guard eatKeyword("error") else { throw error("'on' is followed by 'error'", at: range) }
            skipBlanks()
            if eatKeyword("stop") { return .onError(stops: true) }
            if eatKeyword("continue") { return .onError(stops: false) }
            throw error("'on error' is followed by 'stop' or 'continue'", at: start..<position)
        default: return try parseExpectation(isAssertion: word == "assert")
        }
    }

    /// Whether a word names a variable and is used as one: piped, or alone.
    func isVariable(_ word: String) -> Bool {
        guard variables.contains(word) else { return false }
        var copy = self
        copy.position += word.unicodeScalars.count
        copy.skipBlanks()
        return copy.isAtEnd
    }

    // MARK: The statements

    private mutating func parseName(for what: String) throws(Failure) -> String {
        guard let name = nextWord() else { throw error("\(what) needs a name") }
        let range = position..<position + name.unicodeScalars.count
        guard !name.hasPrefix("_"), !Keywords.operators.contains(name), !["True", "False", "None"].contains(name)
        else { throw error("'\(name)' cannot be a variable's name", at: range) }
        position = range.upperBound
        return name
    }

    private mutating func parseParameter(_ range: Range<Int>) throws(Failure) -> Statement.Kind {
        guard depth == 0, parentheses == 0 else {
            throw error("param stands at the top of a script, in no block", at: range)
        }
        let name = try parseName(for: "param")
        skipBlanks()
        let value = eat("=") ? try parseScriptExpression(for: "param \(name) =") : nil
        variables.insert(name)
        return .parameter(name, default: value)
    }

    private mutating func parseAssignment() throws(Failure) -> Statement.Kind {
        let name = try parseName(for: "let")
        skipBlanks()
        guard eat("=") else { throw error("let \(name) needs '='") }
        let operand = try parseOperand(for: "let \(name) =")
        variables.insert(name)
        return .assignment(name, operand)
    }

    private mutating func parseConditional() throws(Failure) -> Statement.Kind {
        var branches: [Statement.Branch] = []
        while true {
            let condition = try parseScriptExpression(for: "if", end: ExpressionEnd(block: true))
            branches.append(.init(condition: condition, body: try parseBlock()))
            // `else` may stand on the line after the brace.
            let afterBlock = position
            skipBlanks(newlines: true)
            guard eatKeyword("else") else {
                position = afterBlock
                return .conditional(branches, otherwise: [])
            }
            skipBlanks()
            if eatKeyword("if") {
                skipBlanks()
                continue
            }
            return .conditional(branches, otherwise: try parseBlock())
        }
    }

    private mutating func parseFor() throws(Failure) -> Statement.Kind {
        let name = try parseName(for: "for")
        skipBlanks()
        guard eatKeyword("in") else { throw error("for \(name) needs 'in'") }
        let operand = try parseOperand(for: "for \(name) in", end: ExpressionEnd(block: true))
        variables.insert(name)
        return .forLoop(name, operand, try parseLoopBody())
    }

    private mutating func parseExpectation(isAssertion: Bool) throws(Failure) -> Statement.Kind {
        let what = isAssertion ? "assert" : "expect"
        let condition = try parseScriptExpression(for: what, end: ExpressionEnd(comma: true))
        skipBlanks()
        var message: Word?
        if eat(",") {
            message = try parseWord()
            if message == nil { throw error("\(what) needs a message after ','") }
        }
        return isAssertion ? .assert(condition, message: message) : .expect(condition, message: message)
    }

    /// Parses a time: a word such as `10s`, or one with a variable in it.
    private mutating func parseDuration(for what: String) throws(Failure) -> Word {
        guard let word = try parseWord() else { throw error("\(what) needs a time", hint: "write 250ms, 10s or 2m") }
        if let text = word.literal, Duration(written: text) == nil {
            throw error("\(what) needs a time, not '\(text)'", hint: "write 250ms, 10s or 2m", at: word.range)
        }
        return word
    }

    private mutating func parseWait(_ range: Range<Int>) throws(Failure) -> Statement.Kind {
        guard eatKeyword("until") else { return .pause(try parseDuration(for: "wait")) }
        let commands = table.commands.filter(\.standsAlone).flatMap { [$0.name] + $0.aliases }
        let names = Array(variables.union(commands)).sorted()
        let condition = try parseExpression(
            for: "wait until", end: ExpressionEnd(words: ["timeout"]), names: names)
        skipBlanks()
        let limit = eatKeyword("timeout") ? try parseDuration(for: "timeout") : nil
        if limit == nil, timeouts == 0, options.refusesUnboundedStreams {
            throw error("nothing bounds this wait", hint: "end it with timeout D", at: range)
        }
        return .waitUntil(condition, timeout: limit)
    }

    /// Whether a file's name comes next, for `source FILE`, and not a pattern, for the command of that name: a file is
    /// quoted, or has a `/` in it, or ends in `.sonde`.
    private func namesFile() -> Bool {
        var copy = self
        copy.skipBlanks()
        guard !copy.isAtEnd, let word = try? copy.parseWord() else { return true }
        guard !word.isQuoted, let text = word.literal else { return true }
        return text.contains("/") || text.hasSuffix(".sonde")
    }

    private mutating func parseInclusion() throws(Failure) -> Statement.Kind {
        let start = position
        guard let word = try parseWord() else { throw error("source needs a FILE") }
        guard let path = word.literal else {
            throw error("source needs a file's name as it is", hint: "run takes values", at: word.range)
        }
        guard inclusions < Self.maximumInclusions else {
            throw error("files include each other deeper than \(Self.maximumInclusions)", at: start..<position)
        }
        let text: SourceText
        do {
            text = SourceText(try FileWriter.read(path), name: path)
        } catch {
            throw error.placed(at: word.range, in: source)
        }
        var parser = Parser(text, table: table, variables: variables, options: options)
        parser.inclusions = inclusions + 1
        // What it declares at its top is declared here; loops and limits around it hold in it.
        parser.timeouts = timeouts
        parser.depth = depth
        let statements = try parser.parseScript()
        variables = parser.variables
        return .included(text, statements)
    }

    // MARK: Blocks and operands

    private mutating func parseLoopBody() throws(Failure) -> [Statement] {
        loops += 1
        defer { loops -= 1 }
        return try parseBlock()
    }

    /// Parses `{ statements }`.
    private mutating func parseBlock() throws(Failure) -> [Statement] {
        skipBlanks(newlines: true)
        let start = position
        guard eat("{") else {
            if peek == "|" {
                throw error("expected '{'", hint: "a bit-or stands in parentheses", at: start..<start + 1)
            }
            throw error("expected '{'", at: start..<start + 1)
        }
        try enter(at: start)
        defer { depth -= 1 }
        // Line ends separate statements again, also in a block inside brackets.
        let outer = parentheses
        parentheses = 0
        defer { parentheses = outer }
        let statements = try parseStatements()
        guard eat("}") else { throw error("'{' is never closed", at: start..<start + 1) }
        return statements
    }

    private mutating func enter(at start: Int) throws(Failure) {
        depth += 1
        guard depth <= Self.maximumDepth else {
            throw error("nested deeper than \(Self.maximumDepth)", at: start..<start + 1)
        }
    }

    /// Parses an expression, or a pipeline in round brackets.
    private mutating func parseOperand(
        for what: String, end: ExpressionEnd = ExpressionEnd()
    ) throws(Failure) -> Statement.Operand {
        skipBlanks()
        guard let close = captureEnd() else {
            return .expression(try parseScriptExpression(for: what, end: end))
        }
        let start = position
        position += 1
        try enter(at: start)
        parentheses += 1
        defer { depth -= 1 }
        defer { parentheses -= 1 }
        skipBlanks()
        let pipeline = try parsePipeline(isCaptured: true)
        skipBlanks()
        guard position == close, eat(")") else {
            throw error("unexpected '\(unexpectedText())'", hint: "a captured pipeline ends with ')'")
        }
        return .pipeline(pipeline)
    }

    /// The place of the bracket that closes a captured pipeline beginning here, or nil if an expression begins here.
    ///
    /// It is a pipeline when the bracket holds all of the operand and begins with a command's name, or with a
    /// variable and a bar.
    private func captureEnd() -> Int? {
        guard peek == "(" else { return nil }
        var scan = self
        // Of a text whose quotes or brackets are wrong nothing is known; as an expression it gets its own error.
        scan.position += 1
        scan.parentheses += 1
        scan.skipBlanks()
        guard let word = scan.nextWord() else { return nil }
        let isKnownVariable = variables.contains(word)
        scan.position += word.unicodeScalars.count
        let after = scan.peek
        scan.skipBlanks()
        let isPiped = scan.peek == "|"
        guard isPiped || (table[word] != nil && !isKnownVariable) else { return nil }
        guard isPiped || after == ")" || after.map(isBlank) ?? false else { return nil }

        scan = self
        guard (try? scan.skipBracket()) != nil else { return nil }
        let close = scan.position - 1
        scan.skipBlanks()
        return scan.isAtEnd || scan.peek == "{" ? close : nil
    }

    /// Skips what stands in brackets, with quotes minded.
    private mutating func skipBracket() throws(Failure) {
        position += 1
        var open = 1
        while open > 0, let scalar = peek {
            switch scalar {
            case "\"", "'":
                try skipString()
                continue
            case "#" where isBlank(source.scalars[position - 1]):
                while let next = peek, next != "\n" { position += 1 }
                continue
            case "(", "[", "{": open += 1
            case ")", "]", "}": open -= 1
            default: break
            }
            position += 1
        }
        if open > 0 { throw error("never closed") }
    }
}

extension Statement {
    /// Whether its last character closes a block.
    var endsWithBlock: Bool {
        switch kind {
        case .conditional, .forLoop, .whileLoop, .repeatLoop, .timeout, .deferred: true
        default: false
        }
    }
}
