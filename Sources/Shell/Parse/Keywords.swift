/// The words that begin a statement and are no commands, with a line each for help and completion.
enum Keywords {
    static let statements: [(name: String, usage: String, summary: String)] = [
        ("param", "param NAME [= EXPR]", "a value that the script needs from outside"),
        ("let", "let NAME = EXPR | (PIPELINE)", "name a value, or the rows of a pipeline"),
        ("if", "if EXPR { ... } [else if EXPR { ... }] [else { ... }]", "choose"),
        ("for", "for NAME in EXPR | (PIPELINE) { ... }", "do it for each"),
        ("while", "while EXPR { ... }", "do it as long as the condition holds"),
        ("repeat", "repeat N [every D] { ... }", "do it N times"),
        ("break", "break", "leave the loop"),
        ("continue", "continue", "go on with the loop's next round"),
        ("timeout", "timeout D { ... }", "end the block when it takes longer"),
        ("wait", "wait D | wait until EXPR [timeout D]", "pause, or ask again until the condition holds"),
        ("source", "source FILE", "read another script here, with the same variables"),
        ("defer", "defer { ... }", "do it when the script ends, however it ends"),
        ("on", "on error stop | continue", "what a failed command does to the script"),
        ("expect", "expect EXPR[, MESSAGE]", "count it when it does not hold, and go on"),
        ("assert", "assert EXPR[, MESSAGE]", "end the script when it does not hold"),
    ]

    static let names: [String] = statements.map(\.name)

    /// The words of an expression after which an operand must follow.
    static let operators: Set<String> = ["and", "or", "not", "in", "is", "if", "else", "for"]
}
