internal import SafeExpression

/// The parser of the command language.
///
/// ```
/// script    := { statement (newline | ";") }
/// statement := param | let | if | for | while | repeat | timeout | defer | on | expect | assert | pipeline
/// pipeline  := ( command | variable ) { "|" stage }
/// command   := NAME { WORD | OPTION } [ "if" EXPR ]
/// block     := "{" script "}"
/// ```
///
/// It knows the command table, so options and stages are checked and every expression is compiled while it reads:
/// nothing of a script runs if any of it is wrong. Depth is bounded.
struct Parser {
    /// What the surroundings allow.
    struct Options: Sendable {
        /// Whether a stream that nothing bounds is refused, as in a script that nobody interrupts.
        var refusesUnboundedStreams = false
        /// Whether the pipeline's rows come from the front, so that a line begins with a stage.
        var readsInput = false
    }

    /// How deep blocks and captured pipelines may be nested.
    static let maximumDepth = 50
    /// How deep files may include each other.
    static let maximumInclusions = 20

    let source: SourceText
    let table: CommandTable
    let options: Options
    var position = 0
    /// The script variables known so far.
    var variables: Set<String>
    /// How many round brackets of captured pipelines are open: in one, a line end is a blank.
    var parentheses = 0
    /// How many blocks are open.
    var depth = 0
    /// How many files include each other up to here.
    var inclusions = 0
    /// How many loops are open.
    var loops = 0
    /// How many `timeout` blocks are open: in one, every stream is bounded.
    var timeouts = 0

    init(
        _ source: SourceText, table: CommandTable = .standard, variables: Set<String> = [],
        options: Options = Options()
    ) {
        self.source = source
        self.table = table
        self.variables = variables
        self.options = options
    }

    /// Parses the whole text.
    ///
    /// - Throws: `Failure` of kind `.usage` with the place of the first thing that is wrong.
    mutating func parseScript() throws(Failure) -> [Statement] {
        let statements = try parseStatements()
        if let scalar = peek {
            throw error("'\(scalar)' closes nothing", at: position..<position + 1)
        }
        return statements
    }

    // MARK: Scalars

    var peek: Unicode.Scalar? { position < source.scalars.count ? source.scalars[position] : nil }

    func peek(at offset: Int) -> Unicode.Scalar? {
        position + offset < source.scalars.count ? source.scalars[position + offset] : nil
    }

    /// Takes a scalar if it is the next.
    mutating func eat(_ scalar: Unicode.Scalar) -> Bool {
        guard peek == scalar else { return false }
        position += 1
        return true
    }

    /// Takes a word if it stands next and ends there.
    mutating func eatKeyword(_ word: String) -> Bool {
        guard nextWord() == word else { return false }
        position += word.unicodeScalars.count
        return true
    }

    /// The identifier that stands next, without taking it.
    func nextWord() -> String? {
        var end = position
        while end < source.scalars.count, isIdentifier(source.scalars[end], first: end == position) { end += 1 }
        return end > position ? String(position..<end, in: source) : nil
    }

    /// Skips blanks, comments and continued line ends; line ends too where they mean nothing.
    mutating func skipBlanks(newlines: Bool = false) {
        while let scalar = peek {
            if scalar == "#" {
                while let next = peek, next != "\n" { position += 1 }
            } else if scalar == "\\", let length = lineEndLength(at: 1) {
                position += 1 + length
            } else if scalar == "\n" ? newlines || parentheses > 0 : isBlank(scalar) {
                position += 1
            } else {
                return
            }
        }
    }

    /// The length of the line end that stands at an offset from here, or nil.
    func lineEndLength(at offset: Int) -> Int? {
        if peek(at: offset) == "\n" { return 1 }
        return peek(at: offset) == "\r" && peek(at: offset + 1) == "\n" ? 2 : nil
    }

    /// Whether a command ends here: at the end of a line or of the text, or at one of `; | & }` and `)`.
    var isAtEnd: Bool {
        switch peek {
        case nil, ";", "|", "&", "}", ")": true
        case "\n": parentheses == 0
        default: false
        }
    }

    // MARK: Errors

    func error(_ message: String, hint: String? = nil, at range: Range<Int>) -> Failure {
        // A place behind the last character is the end of the text.
        let end = source.scalars.count
        let range = min(range.lowerBound, end)..<min(range.upperBound, end)
        return Failure(.usage, message, hint: hint, at: range, in: source)
    }

    /// An error at the place that has been reached.
    func error(_ message: String, hint: String? = nil) -> Failure {
        error(message, hint: hint, at: position..<position)
    }
}

/// Whether a scalar may stand in a name.
func isIdentifier(_ scalar: Unicode.Scalar, first: Bool = false) -> Bool {
    switch scalar {
    case "a"..."z", "A"..."Z", "_": true
    case "0"..."9": !first
    default: scalar.value > 0x7F && (first ? scalar.properties.isXIDStart : scalar.properties.isXIDContinue)
    }
}
