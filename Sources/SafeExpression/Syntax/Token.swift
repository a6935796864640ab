/// A token of the source.
struct Token: Equatable {
    enum Kind: Equatable {
        case name
        case keyword
        case number
        /// A string literal, with its prefix.
        case string
        /// An operator or a delimiter.
        case symbol
        case end
    }

    let kind: Kind
    /// The token's bytes in the source.
    let range: Range<Int>
    /// The name, the keyword or the symbol; empty for literals.
    let text: String

    func isSymbol(_ symbol: String) -> Bool { kind == .symbol && text == symbol }
    func isKeyword(_ keyword: String) -> Bool { kind == .keyword && text == keyword }

    /// How a message names the token.
    var described: String {
        switch kind {
        case .end: "the end"
        case .number: "a number"
        case .string: "a string"
        default: "'\(text)'"
        }
    }

    static let keywords: Set<String> = [
        "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue", "def", "del",
        "elif", "else", "except", "finally", "for", "from", "global", "if", "import", "in", "is", "lambda", "nonlocal",
        "not", "or", "pass", "raise", "return", "try", "while", "with", "yield",
    ]
}
