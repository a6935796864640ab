internal import SafeExpression

extension Executor {
    /// How often `wait until` asks.
    private static let pollInterval = Duration.milliseconds(500)

    /// Runs a loop's body once.
    ///
    /// - Returns: false when it said `break`.
    func runsOn(_ body: [Statement]) async throws(Control) -> Bool {
        do throws(Control) {
            try await run(body)
        } catch {
            switch error {
            case .breakLoop: return false
            case .continueLoop: return true
            default: throw error
            }
        }
        return true
    }

    func runRepeat(_ count: BoundExpression, _ interval: Word?, _ body: [Statement]) async throws(Control) {
        guard let times = try value(of: count).asInt, times >= 0 else {
            throw .failure(
                Failure(.failed, "repeat needs a whole number from 0").placed(at: count.range, in: source))
        }
        let pause = try interval.map { (word) throws(Control) in try duration(word) }
        let clock = ContinuousClock()
        var due = clock.now
        for round in 0..<times {
            if let pause, round > 0 {
                due += pause
                let rest = clock.now.duration(to: due)
                if rest > .zero { try await sleep(rest) }
            }
            if try await runsOn(body) == false { return }
            try checkCancellation()
        }
    }

    func runTimeout(_ limit: Word, _ body: [Statement], at range: Range<Int>) async throws(Control) {
        let duration = try duration(limit)
        let failure = Failure(.timedOut, "the block took longer than \(duration.written)")
            .placed(at: range.lowerBound..<limit.range.upperBound, in: source)
        try await limited(to: duration, failure) { () async throws(Control) in try await run(body) }
    }

    /// Asks again every half second until a condition holds.
    func runWait(_ condition: BoundExpression, _ limit: Word?, at range: Range<Int>) async throws(Control) {
        let wait = { () async throws(Control) in
            while true {
                try checkCancellation()
                var variables = state.variables
                for name in condition.hostNames where variables[name] == nil {
                    variables[name] = .list(try await capture(try command(name, for: condition)).map(Value.record))
                }
                do throws(Failure) {
                    if try Self.value(of: condition, variables: variables).isTruthy { return }
                } catch {
                    throw Control.failure(error)
                }
                try await sleep(Self.pollInterval)
            }
        }
        guard let limit else { return try await wait() }
        let duration = try duration(limit)
        let failure = Failure(.timedOut, "\(condition.text) did not hold within \(duration.written)")
            .placed(at: range, in: source)
        try await limited(to: duration, failure, wait)
    }

    /// The pipeline that a command's name alone stands for.
    private func command(_ name: String, for condition: BoundExpression) throws(Control) -> Pipeline {
        let place = condition.place(of: condition.expression.ranges(of: name).first ?? 0..<condition.range.count)
        guard let command = CommandTable.standard[name] else {
            throw .failure(
                Failure(.failed, "variable '\(name)' has no value yet").placed(at: place.range, in: source))
        }
        let call = CommandCall(command: command, source: source, nameRange: place.range, range: place.range)
        return Pipeline(origin: .command(call), range: place.range)
    }

    /// Runs something that ends with a failure when it takes too long.
    private func limited(
        to duration: Duration, _ failure: Failure, _ body: () async throws(Control) -> Void
    ) async throws(Control) {
        let outer = state.cancellation
        let inner = Cancellation(parent: outer)
        let timer = Task {
            try? await Task.sleep(for: duration)
            if !Task.isCancelled { inner.cancel(failure) }
        }
        state.cancellation = inner
        defer {
            timer.cancel()
            state.cancellation = outer
        }
        try await body()
        try checkCancellation()
    }

    func sleep(_ duration: Duration) async throws(Control) {
        do {
            try await state.cancellation.sleep(duration)
        } catch {
            throw .failure(error)
        }
    }

    func checkCancellation() throws(Control) {
        if let reason = state.cancellation.reason { throw .failure(reason) }
    }
}
