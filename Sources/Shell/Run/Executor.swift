internal import SafeExpression

/// Runs checked statements.
struct Executor {
    /// Why statements end early.
    enum Control: Error {
        case failure(Failure)
        case breakLoop
        case continueLoop
        case exit(ExitStatus)
    }

    /// What one script keeps while it runs.
    final class Frame {
        var stopsOnError = true
        var deferred: [(source: SourceText, body: [Statement])] = []
    }

    let state: ShellState
    let source: SourceText
    let frame: Frame

    init(state: ShellState, source: SourceText, frame: Frame = Frame()) {
        self.state = state
        self.source = source
        self.frame = frame
    }

    /// Runs statements in order.
    func run(_ statements: [Statement]) async throws(Control) {
        for statement in statements {
            do {
                try state.cancellation.check()
            } catch {
                throw .failure(error)
            }
            do throws(Control) {
                try await run(statement)
            } catch {
                guard case .failure(let failure) = error, !frame.stopsOnError, !isFatal(failure) else { throw error }
                state.report(failure)
                state.fail(failure.status)
            }
        }
    }

    /// Whether a failure ends a script whatever `on error` says.
    private func isFatal(_ failure: Failure) -> Bool {
        switch failure.kind {
        case .interrupted, .outputClosed, .expectation: true
        case .timedOut: state.cancellation.reason != nil
        default: false
        }
    }

    private func run(_ statement: Statement) async throws(Control) {
        switch statement.kind {
        case .pipeline(let pipeline):
            try await runPipeline(pipeline)
        case .parameter: break
        case .assignment(let name, let operand):
            let value = try await value(of: operand)
            state.variables[name] = value
        case .conditional(let branches, let otherwise):
            for branch in branches where try isTrue(branch.condition) {
                return try await run(branch.body)
            }
            try await run(otherwise)
        case .forLoop(let name, let operand, let body):
            let items = try await items(of: operand)
            for item in items {
                state.variables[name] = item
                if try await runsOn(body) == false { break }
            }
        case .whileLoop(let condition, let body):
            while try isTrue(condition) {
                if try await runsOn(body) == false { break }
                // A body that waits for nothing must still let Ctrl-C through.
                try checkCancellation()
            }
        case .repeatLoop(let count, let interval, let body):
            try await runRepeat(count, interval, body)
        case .timeout(let limit, let body):
            try await runTimeout(limit, body, at: statement.range)
        case .pause(let word):
            try await sleep(try duration(word))
        case .waitUntil(let condition, let limit):
            try await runWait(condition, limit, at: statement.range)
        case .included(let text, let statements):
            try await Executor(state: state, source: text, frame: frame).run(statements)
        case .deferred(let body): frame.deferred.append((source, body))
        case .breakLoop: throw .breakLoop
        case .continueLoop: throw .continueLoop
        case .onError(let stops): frame.stopsOnError = stops
        case .expect(let condition, let message):
            if let failure = try expectation(condition, message, "expectation") {
                state.report(failure)
                state.fail(.expectation)
            }
        case .assert(let condition, let message):
            if let failure = try expectation(condition, message, "assertion") { throw .failure(failure) }
        }
    }

    // MARK: Values

    /// An expression's value over the script's variables.
    func value(of bound: BoundExpression) throws(Control) -> Value {
        do {
            return try Self.value(of: bound, variables: state.variables)
        } catch {
            throw .failure(error)
        }
    }

    /// An expression's value over variables.
    static func value(of bound: BoundExpression, variables: [String: Value]) throws(Failure) -> Value {
        do {
            return try bound.expression.evaluate { name in
                if name.unicodeScalars.first == BoundExpression.mark { return variables[String(name.dropFirst())] }
                return variables[name]
            }
        } catch {
            throw bound.failure(error)
        }
    }

    func isTrue(_ bound: BoundExpression) throws(Control) -> Bool { try value(of: bound).isTruthy }

    private func value(of operand: Statement.Operand) async throws(Control) -> Value {
        switch operand {
        case .expression(let bound): return try value(of: bound)
        case .pipeline(let pipeline): return .list(try await capture(pipeline).map(Value.record))
        }
    }

    func items(of operand: Statement.Operand) async throws(Control) -> [Value] {
        switch operand {
        case .pipeline(let pipeline): return try await capture(pipeline).map(Value.record)
        case .expression(let bound):
            let value = try value(of: bound)
            if let items = value.asList { return items }
            if let members = value.asDict { return members.map(\.key) }
            // Sets and ranges become a list as the language itself makes one.
            if let list = try? Expression.compile("list(it)", names: .declared(["it"])).evaluate([value]).asList {
                return list
            }
            throw .failure(
                Failure(.failed, "for needs something with elements, not \(value.typeName)")
                    .placed(at: bound.range, in: source))
        }
    }

    /// The text that a word gives.
    func text(_ word: Word) throws(Failure) -> String {
        var text = ""
        for piece in word.pieces {
            switch piece {
            case .text(let part): text += part
            case .variable(let name, let range):
                guard let value = state.variables[name] else {
                    throw Failure(.failed, "variable '$\(name)' has no value yet").placed(at: range, in: source)
                }
                text += value.str
            case .value(let bound): text += try Self.value(of: bound, variables: state.variables).str
            }
        }
        return text
    }

    func duration(_ word: Word) throws(Control) -> Duration {
        do throws(Failure) {
            let text = try text(word)
            if let duration = Duration(written: text) { return duration }
            throw Failure(.failed, "'\(text)' is no time", hint: "such as 250ms, 10s or 2m")
                .placed(at: word.range, in: source)
        } catch {
            throw .failure(error)
        }
    }

    private func expectation(
        _ condition: BoundExpression, _ message: Word?, _ what: String
    ) throws(Control) -> Failure? {
        guard try !isTrue(condition) else { return nil }
        var text = "\(what) failed"
        do {
            if let message { text += ": \(try self.text(message))" }
        } catch {
            throw .failure(error)
        }
        // What the names in it stood for tells why; rows and long values do not.
        let values = condition.expression.names.compactMap { name -> String? in
            let isMarked = name.unicodeScalars.first == BoundExpression.mark
            guard let value = state.variables[isMarked ? String(name.dropFirst()) : name] else { return nil }
            if let items = value.asList, items.count > 5 { return "\(name) has \(items.count) items" }
            let repr = value.repr
            return repr.count <= 60 ? "\(isMarked ? String(name.dropFirst()) : name) = \(repr)" : nil
        }
        var failure = Failure(.expectation, text, details: values)
            .placed(at: condition.range, in: source)
        failure.isRuntime = true
        return failure
    }
}
