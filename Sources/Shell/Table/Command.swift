/// One command of the language: all that parsing, help, completion, the manual and the tests know of it.
public struct Command: Sendable {
    /// Under which heading the help shows it.
    public enum Group: String, Sendable, CaseIterable {
        /// What looks into a target.
        case diagnosis = "Diagnosis"
        /// What is about the shell itself.
        case shell = "Shell"
    }

    /// What may be done to a target, each level including those before it.
    public enum AllowLevel: String, Sendable, CaseIterable, Comparable {
        /// Reading only.
        case read
        /// Reading that may run the target's own code, such as properties.
        case eval
        /// Anything.
        case exec

        /// Whether one level allows less than another.
        public static func < (left: AllowLevel, right: AllowLevel) -> Bool {
            guard let first = allCases.firstIndex(of: left), let second = allCases.firstIndex(of: right) else {
                return false
            }
            return first < second
        }
    }

    /// What stands after the name, beside options.
    public enum Input: Sendable {
        /// Words, at least as many as are not optional.
        case words([Argument])
        /// The rest is one expression.
        case expression(placeholder: String, isOptional: Bool = false)
        /// The rest is text in another language, taken as it is, or one quoted string.
        case text(placeholder: String, isOptional: Bool)
    }

    /// One word after the name.
    public struct Argument: Sendable {
        /// What stands for it in a usage line.
        public let placeholder: String
        /// Whether it may be left out.
        public let isOptional: Bool
        /// Whether any number of words may stand there.
        public let isRepeated: Bool
        /// What completes it.
        public let completion: CompletionKind

        /// Makes an argument.
        public init(
            _ placeholder: String, isOptional: Bool = false, isRepeated: Bool = false,
            completion: CompletionKind = .nothing
        ) {
            self.placeholder = placeholder
            self.isOptional = isOptional
            self.isRepeated = isRepeated
            self.completion = completion
        }
    }

    /// What completes a word.
    public enum CompletionKind: Sendable {
        /// Nothing can.
        case nothing
        /// The target's modules, classes and functions.
        case pattern
        /// The names of commands.
        case command
        /// The names of settings.
        case setting
        /// One of these words.
        case choice([String])
    }

    /// How a command's stream is bounded, and what comes in it.
    public struct Streaming: Sendable {
        /// The option that counts; 0 means without end.
        public let count: String
        /// The option that gives the time.
        public let duration: String
        /// Whether its rows are observations of calls, whose parameters an expression may name.
        public var emitsObservations = true
    }

    /// One example: a line that parses, and what it does.
    public struct Example: Sendable {
        /// The line.
        public let line: String
        /// What it does.
        public let summary: String

        /// Makes an example.
        public init(_ line: String, _ summary: String) {
            self.line = line
            self.summary = summary
        }
    }

    /// Its name.
    public let name: String
    /// Other names of it.
    public let aliases: [String]
    /// Its heading.
    public let group: Group
    /// One line for the help.
    public let summary: String
    /// What more there is to say, for its own help.
    public let discussion: String
    /// What stands after the name.
    public let input: Input
    /// Its options.
    public let options: [CommandOption]
    /// Two examples or more.
    public let examples: [Example]
    /// The columns of its rows; empty when it gives none, or when they depend on the target.
    public let columns: [Column]
    /// Whether its rows may have columns beyond these.
    public let hasOpenColumns: Bool
    /// How its stream is bounded, if it is one.
    public let streaming: Streaming?
    /// Whether it takes `if GUARD`.
    public let takesGuard: Bool
    /// The level it needs.
    public let allow: AllowLevel
    /// Checks what the table cannot say, such as options that exclude each other.
    let validate: @Sendable (CommandCall) throws(Failure) -> Void
    /// What it does.
    let run: @Sendable (Invocation) async throws(Failure) -> CommandResult

    /// Makes a command.
    init(
        _ name: String, aliases: [String] = [], group: Group, summary: String, discussion: String = "",
        input: Input = .words([]), options: [CommandOption] = [], examples: [Example], columns: [Column] = [],
        hasOpenColumns: Bool = false, streaming: Streaming? = nil, takesGuard: Bool = false,
        allow: AllowLevel = .read,
        validate: @escaping @Sendable (CommandCall) throws(Failure) -> Void = { (_) throws(Failure) in },
        run: @escaping @Sendable (Invocation) async throws(Failure) -> CommandResult
    ) {
        self.name = name
        self.aliases = aliases
        self.group = group
        self.summary = summary
        self.discussion = discussion
        self.input = input
        self.options = options
        self.examples = examples
        self.columns = columns
        self.hasOpenColumns = hasOpenColumns
        self.streaming = streaming
        self.takesGuard = takesGuard
        self.allow = allow
        self.validate = validate
        self.run = run
    }

    /// The line that shows how it is used, such as `watch PATTERN [options] [if GUARD]`.
    public var usage: String {
        var parts = [name]
        switch input {
        case .words(let arguments):
            parts += arguments.map { argument in
                let text = argument.placeholder + (argument.isRepeated ? "..." : "")
                return argument.isOptional ? "[\(text)]" : text
            }
        case .expression(let placeholder, let isOptional), .text(let placeholder, let isOptional):
            parts.append(isOptional ? "[\(placeholder)]" : placeholder)
        }
        if !options.isEmpty { parts.append("[options]") }
        if takesGuard { parts.append("[if GUARD]") }
        return parts.joined(separator: " ")
    }

    /// What its rows look like, as far as that is known before it runs.
    var shape: Shape {
        Shape(
            columns: columns, isOpen: hasOpenColumns, isObservations: streaming?.emitsObservations == true,
            isStream: streaming != nil)
    }
}

/// What a command gives.
enum CommandResult {
    /// It has said all there is to say.
    case nothing
    /// Rows for the stages and the renderer.
    case rows(any RowSource)
}
