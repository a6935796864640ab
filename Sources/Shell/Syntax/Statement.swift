/// One statement of a script, checked: its commands are known and its expressions compiled.
struct Statement: Sendable {
    /// What it does.
    indirect enum Kind: Sendable {
        /// A command and its stages.
        case pipeline(Pipeline)
        /// `param NAME [= EXPR]`.
        case parameter(String, default: BoundExpression?)
        /// `let NAME = EXPR` or `let NAME = (PIPELINE)`.
        case assignment(String, Operand)
        /// `if EXPR {…} else if EXPR {…} else {…}`.
        case conditional([Branch], otherwise: [Statement])
        /// `for NAME in EXPR {…}` or `for NAME in (PIPELINE) {…}`.
        case forLoop(String, Operand, [Statement])
        /// `while EXPR {…}`.
        case whileLoop(BoundExpression, [Statement])
        /// `repeat N [every D] {…}`.
        case repeatLoop(BoundExpression, every: Word?, [Statement])
        /// `timeout D {…}`.
        case timeout(Word, [Statement])
        /// `wait D`.
        case pause(Word)
        /// `wait until EXPR [timeout D]`; a command's name in it stands for the command's rows.
        case waitUntil(BoundExpression, timeout: Word?)
        /// `source FILE`.
        case included(SourceText, [Statement])
        /// `defer {…}`.
        case deferred([Statement])
        /// `break`.
        case breakLoop
        /// `continue`.
        case continueLoop
        /// `on error stop` (true) or `on error continue` (false).
        case onError(stops: Bool)
        /// `expect EXPR[, MESSAGE]`.
        case expect(BoundExpression, message: Word?)
        /// `assert EXPR[, MESSAGE]`.
        case assert(BoundExpression, message: Word?)
    }

    /// A condition and what it guards.
    struct Branch: Sendable {
        /// The condition.
        let condition: BoundExpression
        /// What is done when it holds.
        let body: [Statement]
    }

    /// Where a value comes from.
    enum Operand: Sendable {
        /// An expression over the script's variables.
        case expression(BoundExpression)
        /// The rows of a pipeline.
        case pipeline(Pipeline)
    }

    /// What it does.
    let kind: Kind
    /// Where it was written.
    let range: Range<Int>
}

/// A source of rows, the stages after it, and where the rows go.
struct Pipeline: Sendable {
    /// Where the rows come from.
    enum Origin: Sendable {
        /// A command.
        case command(CommandCall)
        /// Rows captured in a variable.
        case variable(String, Range<Int>)
        /// The rows that the front hands in.
        case input
    }

    /// Where the rows come from.
    var origin: Origin
    /// The stages, in order.
    var stages: [any Stage] = []
    /// What `to` said.
    var format: OutputFormat?
    /// What `save` said.
    var save: SaveTarget?
    /// Where it was written.
    var range: Range<Int>

    /// Where `save` writes.
    struct SaveTarget: Sendable {
        /// The file.
        let file: Word
        /// Whether what the file holds is kept.
        let appends: Bool
    }
}

/// One use of a command, with its words checked against the command table.
struct CommandCall: Sendable {
    /// One use of an option.
    struct OptionUse: Sendable {
        /// The option.
        let option: CommandOption
        /// Its value, or nil for a flag and an expression.
        let value: Word?
        /// Its value when that is an expression.
        var expression: BoundExpression?
        /// Where it was written.
        let range: Range<Int>
    }

    /// The command.
    let command: Command
    /// The text it was written in.
    let source: SourceText
    /// Where its name was written.
    let nameRange: Range<Int>
    /// Where the whole was written.
    var range: Range<Int>
    /// The words that are no options.
    var words: [Word] = []
    /// The options, in the order they were written.
    var options: [OptionUse] = []
    /// The expression, for a command that takes one.
    var expression: BoundExpression?
    /// The guard.
    var condition: BoundExpression?

    /// The last use of an option, which is the one that counts.
    func use(of name: String) -> OptionUse? {
        options.last { $0.option.name == name }
    }
}
