/// Turns tokens into nodes, by operator precedence and with stacks of its own: no input, however nested, recurses.
///
///     source      := items END
///     items       := item { "," item } [ "," ]              a comma makes a tuple
///     item        := [ "*" ] expression
///     expression  := disjunction [ "if" disjunction "else" expression ]
///     disjunction := conjunction { "or" conjunction }
///     conjunction := inversion { "and" inversion }
///     inversion   := "not" inversion | comparison
///     comparison  := bits { ("<"|"<="|">"|">="|"=="|"!="|"in"|"not" "in"|"is"|"is" "not") bits }
///     bits        := "|" over "^" over "&" over "<<" ">>" over "+" "-" over "*" "/" "//" "%" of factor
///     factor      := ("+"|"-"|"~") factor | power
///     power       := primary [ "**" factor ]
///     primary     := atom { "." NAME [ "(" arguments ")" ] | "[" subscripts "]" } | NAME "(" arguments ")"
///     atom        := NAME | NUMBER | STRING… | "(" items ")" | "[" items "]" | "{" items "}" | "{" entries "}"
///                  | "(" item clauses ")" | "[" item clauses "]" | "{" item clauses "}" | "{" entry clauses "}"
///     entries     := entry { "," entry } [ "," ];  entry := expression ":" expression | "**" bits
///     clauses     := { "for" target "in" disjunction { "if" disjunction } }
///     subscripts  := slice { "," slice };  slice := [ expression ] ":" [ expression ] [ ":" [ expression ] ] | expression
///     arguments   := [ argument { "," argument } [ "," ] ];  argument := [ NAME "=" ] expression | item clauses
///     field       := "{" items [ "=" ] [ "!" NAME ] [ ":" { text | field } ] "}"       inside an f-string
struct Parser {
    /// A finished operand and the place it takes up, its brackets included.
    struct Operand {
        let node: Node.ID
        let range: Range<Int>
    }

    var scanner: Scanner
    let limits: Limits
    var token: Token
    var nodes: [Node] = []
    var operands: [Operand] = []
    var operators: [Operator] = []
    var frames: [Frame] = []
    /// How many variables comprehensions have bound so far.
    var localCount = 0
    /// Frames that are brackets of the source.
    var nesting = 0

    init(_ bytes: [UInt8], limits: Limits) throws(Diagnostic) {
        scanner = Scanner(bytes)
        self.limits = limits
        token = try scanner.next()
    }

    /// Parses the whole source.
    ///
    /// - Returns: The nodes, children before parents, the root last; ranges are bytes.
    mutating func parse() throws(Diagnostic) -> [Node] {
        frames.append(Frame(.top, start: 0, operatorBase: 0, firstNode: 0))
        var wantsOperand = true
        while true {
            wantsOperand = wantsOperand ? try parseOperand() : try parseOperator()
            if frames.isEmpty { return nodes }
        }
    }

    // MARK: - Tokens

    mutating func advance() throws(Diagnostic) { token = try scanner.next() }

    func failure(_ message: String, _ range: Range<Int>? = nil, hint: String? = nil) -> Diagnostic {
        Diagnostic(kind: .syntax, message: message, range: range ?? token.range, hint: hint)
    }

    func rejection(_ message: String, _ range: Range<Int>? = nil, hint: String? = nil) -> Diagnostic {
        Diagnostic(kind: .rejected, message: message, range: range ?? token.range, hint: hint)
    }

    // MARK: - Nodes

    /// Adds a node and gives its number.
    mutating func add(_ content: Node.Content, _ range: Range<Int>, depth: Int) throws(Diagnostic) -> Node.ID {
        if nodes.count >= limits.nodes {
            throw Diagnostic(
                kind: .limit(.nodes), message: "the expression has more than \(limits.nodes) parts", range: range)
        }
        // Operators nest below brackets, so they are allowed more of it.
        if depth > limits.nesting * 3 {
            throw Diagnostic(
                kind: .limit(.nesting), message: "operators nested deeper than \(limits.nesting * 3)", range: range)
        }
        nodes.append(Node(content: content, range: range, depth: depth))
        return nodes.count - 1
    }

    /// The depth of a node above others.
    func above(_ children: [Node.ID]) -> Int { 1 + (children.lazy.map { nodes[$0].depth }.max() ?? 0) }

    mutating func push(_ content: Node.Content, _ range: Range<Int>, depth: Int = 1) throws(Diagnostic) {
        operands.append(Operand(node: try add(content, range, depth: depth), range: range))
    }

    // MARK: - Operands

    /// Reads an atom, a prefix operator or an opening bracket; true when an operand is still wanted.
    private mutating func parseOperand() throws(Diagnostic) -> Bool {
        let token = self.token
        switch token.kind {
        case .number:
            try push(.literal(scanner.number(token, digits: limits.digits)), token.range)
            try advance()
            return false
        case .string: return try openStringLiteral()
        case .name:
            if frames[frames.count - 1].kind == .call, try beginKeywordArgument() { return true }
            try push(.name(token.text), token.range)
            try advance()
            return false
        case .keyword: return try parseKeywordOperand()
        case .symbol: return try parseSymbolOperand()
        case .end: throw unexpectedEnd()
        }
    }

    private mutating func parseKeywordOperand() throws(Diagnostic) -> Bool {
        let token = self.token
        switch token.text {
        case "None": try push(.literal(.none), token.range)
        case "True": try push(.literal(.bool(true)), token.range)
        case "False": try push(.literal(.bool(false)), token.range)
        case "not":
            if let last = operators[frames[frames.count - 1].operatorBase...].last, last.precedence > Operator.not {
                throw failure("'not' may not stand here", hint: "brackets around it serve")
            }
            operators.append(Operator(.unary(.not), precedence: Operator.not, start: token.range.lowerBound))
            try advance()
            return true
        case "lambda", "await", "yield", "async":
            throw rejection("'\(token.text)' is not part of the language")
        case "if", "else", "for", "in", "is", "and", "or":
            throw failure("expected a value before '\(token.text)'")
        default:
            throw rejection("'\(token.text)' begins a statement; the language has expressions only")
        }
        try advance()
        return false
    }

    private mutating func parseSymbolOperand() throws(Diagnostic) -> Bool {
        let token = self.token
        let start = token.range.lowerBound
        switch token.text {
        case "-", "+", "~":
            let operation: Node.Unary = token.text == "-" ? .negative : token.text == "+" ? .positive : .invert
            operators.append(Operator(.unary(operation), precedence: Operator.unary, start: start))
            if operators.count > limits.nodes { throw tooMany(token.range) }
        case "(": try open(.paren)
        case "[": try open(.list)
        case "{": try open(.brace)
        case "*": try beginStar()
        case "**": try beginSpread()
        case ")", "]", "}", ":": return try closeWithoutOperand()
        case "...": throw rejection("'...' is not part of the language")
        default:
            throw failure("expected a value, not \(token.described)")
        }
        try advance()
        return true
    }

    func tooMany(_ range: Range<Int>) -> Diagnostic {
        Diagnostic(kind: .limit(.nodes), message: "the expression has more than \(limits.nodes) parts", range: range)
    }

    /// What to say when the source ends where a value should stand.
    func unexpectedEnd() -> Diagnostic {
        if let frame = frames.last, frame.kind != .top { return unclosed(frame) }
        let end = scanner.bytes.count
        if nodes.isEmpty && operators.isEmpty { return failure("there is no expression", 0..<end) }
        return failure("a value is missing at the end", max(0, end - 1)..<end)
    }

    func unclosed(_ frame: Frame) -> Diagnostic {
        if frame.kind == .fstring {
            return failure("the f-string's field is not closed", frame.fieldStart..<frame.fieldStart + 1)
        }
        let bracket = String(decoding: [scanner.bytes[frame.start]], as: UTF8.self)
        return failure("'\(bracket)' is never closed", frame.start..<frame.start + 1)
    }

    // MARK: - What follows an operand

    /// Reads an operator, a postfix or a closing bracket; true when an operand is wanted next.
    private mutating func parseOperator() throws(Diagnostic) -> Bool {
        switch token.kind {
        case .symbol: return try parseSymbolOperator()
        case .keyword: return try parseKeywordOperator()
        case .end:
            guard frames[frames.count - 1].kind == .top else { throw unclosed(frames[frames.count - 1]) }
            try finishTop()
            return false
        case .string where frames[frames.count - 1].kind == .fstring: throw unclosed(frames[frames.count - 1])
        case .name, .number, .string:
            throw failure("\(token.described) after a complete expression", hint: "an operator is missing")
        }
    }

    private mutating func parseSymbolOperator() throws(Diagnostic) -> Bool {
        if let binary = Operator.binaries[token.text] {
            // A power binds the operand before it more tightly than a sign does, and leans to the right.
            try reduce(to: binary.precedence + (binary.operation == .power ? 1 : 0))
            operators.append(
                Operator(.binary(binary.operation), precedence: binary.precedence, start: token.range.lowerBound))
            try advance()
            return true
        }
        if let comparison = Node.Comparison(rawValue: token.text) {
            try pushComparison(comparison)
            return true
        }
        switch token.text {
        case ".": return try parseAttribute()
        case "(": return try openCall()
        case "[":
            try openSubscript()
            return true
        case ",", ")", "]", "}", ":", "=", "!": return try parseDelimiter()
        case ":=":
            if frames[frames.count - 1].kind == .fstring { return try endField() }
            throw failure("':=' is not part of the language", hint: "'==' compares")
        case "+=", "-=", "*=", "/=", "//=", "%=", "**=", "&=", "|=", "^=", "<<=", ">>=", "@=":
            throw rejection("'\(token.text)' assigns; the language changes nothing", hint: "'==' compares")
        case ";": throw rejection("';' separates statements; the language has expressions only")
        case "&&": throw failure("'&&' has no meaning here", hint: "'and' serves")
        case "||": throw failure("'||' has no meaning here", hint: "'or' serves")
        case "<>": throw failure("'<>' has no meaning here", hint: "'!=' serves")
        case "{": throw failure("'{' after a complete expression", hint: "an operator is missing")
        default: throw failure("\(token.described) has no meaning here")
        }
    }

    private mutating func parseKeywordOperator() throws(Diagnostic) -> Bool {
        let start = token.range.lowerBound
        switch token.text {
        case "and", "or":
            let isAnd = token.text == "and"
            try pushLogic(isAnd: isAnd, start: start)
        case "in":
            try pushComparison(.isIn)
            return true
        case "is":
            try advance()
            if token.isKeyword("not") {
                try pushComparison(.isNotSame)
            } else {
                try pushComparison(.isSame, isConsumed: true)
            }
            return true
        case "not":
            try advance()
            guard token.isKeyword("in") else { throw failure("expected 'in' after 'not'") }
            try pushComparison(.notIn)
            return true
        case "if": return try parseIf()
        case "else": try parseElse()
        case "for":
            try beginClause()
            return true
        case "async": throw rejection("'async' is not part of the language")
        default: throw failure("'\(token.text)' after a complete expression")
        }
        try advance()
        return true
    }
}
