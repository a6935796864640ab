internal import SafeExpression
internal import Sessions

/// One run of a command: its words and options with their values, and what it acts on.
struct Invocation {
    /// The checked call.
    let call: CommandCall
    /// What it acts on.
    let state: ShellState
    /// The words, with values put in.
    let words: [String]
    /// Whether the rows go straight to the front, through no stage and in no chosen format.
    let isPlain: Bool
    private let values: [String: OptionValue]

    /// Evaluates a call's words and options.
    ///
    /// - Parameter text: turns a word into text.
    init(
        _ call: CommandCall, state: ShellState, isPlain: Bool, text: (Word) throws(Failure) -> String
    ) throws(Failure) {
        self.call = call
        self.state = state
        self.isPlain = isPlain
        var words: [String] = []
        for word in call.words { words.append(try text(word)) }
        self.words = words
        var values: [String: OptionValue] = [:]
        for option in call.command.options {
            if let text = option.defaultText { values[option.name] = try option.value(of: text) }
        }
        for use in call.options {
            if use.expression != nil { continue }
            guard let word = use.value else {
                values[use.option.name] = .flag
                continue
            }
            let text = try text(word)
            do {
                values[use.option.name] = try use.option.value(of: text)
            } catch {
                throw error.placed(at: word.range, in: call.source)
            }
        }
        self.values = values
    }

    /// Whether a flag was given.
    func flag(_ name: String) -> Bool { values[name] == .flag }

    /// A whole number, given or by default.
    func count(_ name: String) -> Int? {
        if case .count(let count)? = values[name] { count } else { nil }
    }

    /// A number, given or by default.
    func number(_ name: String) -> Double? {
        if case .number(let number)? = values[name] { number } else { nil }
    }

    /// A time, given or by default.
    func duration(_ name: String) -> Duration? {
        if case .duration(let duration)? = values[name] { duration } else { nil }
    }

    /// A text, given or by default.
    func text(_ name: String) -> String? {
        if case .text(let text)? = values[name] { text } else { nil }
    }

    /// An expression that was given as an option.
    func expression(_ name: String) -> BoundExpression? { call.use(of: name)?.expression }

    /// Whether an option was written, and not only has its default.
    func isGiven(_ name: String) -> Bool { call.use(of: name) != nil }

    /// An expression as the agent gets it: its tree, with script variables as literals.
    func tree(_ bound: BoundExpression?) throws(Failure) -> Value {
        guard let bound else { return .none }
        var variables: [String: Value] = [:]
        for name in bound.variables {
            guard let value = state.variables[name] else {
                let marked = String(BoundExpression.mark) + name
                throw Failure(.failed, "variable '$\(name)' has no value yet").at(bound, name: marked)
            }
            variables[String(BoundExpression.mark) + name] = value
        }
        if variables.isEmpty { return bound.expression.tree }
        do {
            return try TreeSubstitution.apply(variables, to: bound.expression.tree)
        } catch {
            throw error.placed(at: bound.range, in: bound.source)
        }
    }
}
