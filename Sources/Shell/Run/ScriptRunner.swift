internal import SafeExpression

/// Parses and runs one text, with its parameters and its deferred blocks.
struct ScriptRunner {
    /// How many scripts may run each other.
    private static let maximumDepth = 20
    /// How long a deferred block may take.
    private static let deferredLimit = Duration.seconds(30)

    let state: ShellState
    /// Tells which waits Ctrl-C ends from now on.
    var setRunning: (Cancellation) -> Void = { _ in }

    /// Parses a script as it would be before it runs.
    func parseScript(_ source: SourceText) throws(Failure) -> [Statement] {
        var parser = Parser(source, options: Parser.Options(refusesUnboundedStreams: true))
        return try parser.parseScript()
    }

    /// Runs a script with variables of its own.
    func runScript(_ source: SourceText, _ arguments: [String]) async throws(Failure) {
        let statements = try parseScript(source)
        let outer = state.variables
        defer { state.variables = outer }
        state.variables = [:]
        try bind(statements, arguments, source)
        try await run(statements, source)
    }

    /// Runs a script for the `run` command.
    func runNested(_ source: SourceText, _ arguments: [String]) async throws(Failure) {
        state.scriptDepth += 1
        defer { state.scriptDepth -= 1 }
        guard state.scriptDepth <= Self.maximumDepth else {
            throw Failure(.failed, "scripts run each other deeper than \(Self.maximumDepth)")
        }
        try await runScript(source, arguments)
    }

    /// Checks a script, and its arguments if there are any to check.
    func check(_ source: SourceText, _ arguments: [String]?) throws(Failure) {
        let statements = try parseScript(source)
        guard let arguments else { return }
        let outer = state.variables
        defer { state.variables = outer }
        try bind(statements, arguments, source)
    }

    /// Parses a line, which may name the variables there are.
    func parse(_ source: SourceText, options: Parser.Options) throws(Failure) -> [Statement] {
        var parser = Parser(source, variables: Set(state.variables.keys), options: options)
        return try parser.parseScript()
    }

    /// Runs a line with the variables there are, which it may add to.
    func run(_ source: SourceText, options: Parser.Options) async throws(Failure) {
        let statements = try parse(source, options: options)
        try bind(statements, [], source)
        try await run(statements, source)
    }

    private func run(_ statements: [Statement], _ source: SourceText) async throws(Failure) {
        let executor = Executor(state: state, source: source)
        var ended: Failure?
        do throws(Executor.Control) {
            try await executor.run(statements)
        } catch {
            ended = failure(error)
        }
        // Deferred blocks run however the script ended, the last first, each with its own time.
        for (source, body) in executor.frame.deferred.reversed() {
            let outer = state.cancellation
            let own = Cancellation()
            let limit = Self.deferredLimit
            let timer = Task {
                try? await Task.sleep(for: limit)
                if !Task.isCancelled {
                    own.cancel(Failure(.timedOut, "a deferred block took longer than \(limit.written)"))
                }
            }
            state.cancellation = own
            setRunning(own)
            do throws(Executor.Control) {
                try await Executor(state: state, source: source, frame: .init()).run(body)
            } catch {
                if let failure = failure(error), failure.exitStatus == nil {
                    state.report(failure)
                    state.fail(failure.status)
                }
            }
            timer.cancel()
            state.cancellation = outer
            setRunning(outer)
        }
        if let ended { throw ended }
    }

    private func failure(_ control: Executor.Control) -> Failure? {
        switch control {
        case .failure(let failure): return failure
        case .exit(let status):
            var failure = Failure(.failed, "exit")
            failure.exitStatus = status
            return failure
        case .breakLoop, .continueLoop: return nil
        }
    }

    // MARK: Parameters

    /// Gives a script's parameters their values: arguments in order or by name, then defaults.
    private func bind(_ statements: [Statement], _ arguments: [String], _ source: SourceText) throws(Failure) {
        var parameters: [(name: String, value: BoundExpression?, range: Range<Int>)] = []
        for statement in statements {
            if case .parameter(let name, let value) = statement.kind {
                parameters.append((name, value, statement.range))
            }
        }
        var named: [String: String] = [:]
        var positional: [String] = []
        for argument in arguments {
            if let equals = argument.firstIndex(of: "="),
                parameters.contains(where: { $0.name == argument[..<equals] })
            {
                named[String(argument[..<equals])] = String(argument[argument.index(after: equals)...])
            } else {
                positional.append(argument)
            }
        }
        var rest = positional[...]
        for parameter in parameters {
            var fallback: Value?
            if let value = parameter.value {
                fallback = try Executor.value(of: value, variables: state.variables)
            }
            if let text = named[parameter.name] ?? rest.popFirst() {
                state.variables[parameter.name] = try Self.value(of: text, like: fallback, for: parameter.name)
            } else if let fallback {
                state.variables[parameter.name] = fallback
            } else {
                throw Failure(
                    .usage, "the script needs a value for '\(parameter.name)'",
                    hint:
                        "give it as an argument: \(parameters.map { $0.value == nil ? $0.name : "[\($0.name)]" }.joined(separator: " "))"
                ).placed(at: parameter.range, in: source)
            }
        }
        if let extra = rest.first {
            let takes =
                parameters.isEmpty
                ? "the script takes no arguments" : "it takes \(parameters.map(\.name).joined(separator: " "))"
            throw Failure(.usage, "unexpected argument '\(extra)'", hint: takes)
        }
    }

    /// An argument's value: of the default's type if there is one, else a number if it reads as one.
    static func value(of text: String, like fallback: Value?, for name: String) throws(Failure) -> Value {
        let number = number(text)
        switch fallback {
        case nil, Value.none?: return number ?? .string(text)
        case .int?, .float?:
            guard let number else {
                throw Failure(.usage, "'\(name)' needs a number, not '\(text)'")
            }
            return number
        case .ascii?, .wide?: return .string(text)
        case .bool?:
            switch text.lowercased() {
            case "true", "yes", "on", "1": return .bool(true)
            case "false", "no", "off", "0": return .bool(false)
            default: throw Failure(.usage, "'\(name)' needs true or false, not '\(text)'")
            }
        default:
            do {
                return try Expression.compile(text, names: .declared([])).evaluate([])
            } catch {
                throw Failure(.usage, "'\(name)': \(error.message)", hint: error.hint)
            }
        }
    }

    /// The number that a text reads as, if it would be written so: `007` is no number, and neither is `nan`.
    private static func number(_ text: String) -> Value? {
        if let whole = Int(text) { return String(whole) == text ? .int(whole) : nil }
        let digits = text.drop { $0 == "-" }
        guard text.contains(where: { $0 == "." || $0 == "e" }), digits.first?.isNumber == true,
            !digits.hasPrefix("0") || digits.hasPrefix("0."), let number = Double(text), number.isFinite
        else { return nil }
        return .float(number)
    }
}
