internal import AgentProtocol
internal import SafeExpression
internal import Sessions

/// The rows that a probe emits.
final class ObservationSource: RowSource {
    /// How long the agent may take to remove a probe.
    private static let grace = Duration.seconds(2)

    let shape: Shape
    private let call: CommandCall
    private let state: ShellState
    private let pump: StreamPump
    private let registration: Cancellation.Registration
    private let subject: String
    private let limit: Int?
    private var taken = 0
    private var isEnded = false
    private var stop: Value?
    private var guardErrors = 0

    /// Starts a stream on the session in use.
    ///
    /// - Parameters:
    ///   - command: the agent's name of the command.
    ///   - params: its parameters.
    ///   - call: the call it comes from, for messages.
    ///   - columns: the columns that its options give.
    static func start(
        _ command: String, _ params: [(String, Value)], for call: CommandCall, columns: [Column]? = nil,
        in state: ShellState
    ) async throws(Failure) -> ObservationSource {
        let session = try state.session()
        let data = Value.dict(params.map { (.string($0), $1) })
        let stream = try await state.waiting(for: "the probe", guard: call.condition) {
            () async throws(SessionError) -> any ObservationStream in
            try await session.stream(command, data)
        }
        let limit = params.first { $0.0 == "times" }?.1.asInt
        return ObservationSource(stream, call, columns ?? call.command.columns, limit: limit, state)
    }

    private init(
        _ stream: any ObservationStream, _ call: CommandCall, _ columns: [Column], limit: Int?, _ state: ShellState
    ) {
        self.call = call
        self.state = state
        self.limit = limit
        var shape = call.command.shape
        shape.columns = columns
        shape.isOpen = false
        shape.parameters = stream.started["params"]?.asList?.compactMap(\.asString) ?? []
        self.shape = shape
        let matched = stream.started["matched"]?.asList ?? []
        let pattern = stream.started["pattern"]?.asString ?? call.words.first?.literal ?? ""
        subject = matched.count == 1 ? matched[0]["func"]?.asString ?? pattern : pattern
        if matched.count > 1 { state.notice("\(call.command.name): \(matched.count) functions match \(pattern)") }
        if let skipped = stream.started["skipped"]?.asInt, skipped > 0 {
            state.notice("\(call.command.name): \(skipped) more have no parameter that the guard names")
        }
        let pump = StreamPump(stream)
        self.pump = pump
        registration = state.cancellation.onCancel { pump.interrupt($0) }
    }

    func next() async throws(Failure) -> (any Record)? {
        while !isEnded {
            switch await pump.next() {
            case .item(.observation(let observation)):
                taken += 1
                guard !shape.isObservations else { return observation }
                return TableRow(shape.columns.map(\.name), shape.columns.map { observation.field($0.name) ?? .none })
            case .item(.event(let name, let event)): handle(name, event)
            case .ended: end()
            case .failed(let error):
                isEnded = true
                registration.remove()
                throw Failure(error)
            case .cancelled: await close()
            }
        }
        return nil
    }

    func close() async {
        guard !isEnded else { return }
        isEnded = true
        registration.remove()
        var events: [(String, Value)] = []
        let isStopped = await pump.finish(within: Self.grace) { events.append(($0, $1)) }
        for (name, event) in events { handle(name, event) }
        end()
        if !isStopped {
            state.report(
                Failure(
                    .failed, "the agent did not confirm that the probe of \(subject) is gone",
                    hint: "see status; it goes with the session"), label: "warning")
        }
    }

    private func handle(_ name: String, _ event: Value) {
        switch name {
        case "guard_error":
            guardErrors += 1
            if guardErrors == 1 { reportGuard(event) }
        case "watch_stopped", "stopped": stop = event
        default:
            if let message = event["message"]?.asString { state.notice("\(call.command.name): \(message)") }
        }
    }

    /// Shows the first error of the guard, with its place.
    private func reportGuard(_ event: Value) {
        let kind = event["kind"]?.asString ?? "error"
        let function = event["func"]?.asString ?? subject
        let message = event["message"]?.asString ?? ""
        var failure = Failure(
            .failed, "the guard failed in \(function): \(kind)\(message.isEmpty ? "" : ": \(message)")",
            hint: event["hint"]?.asString)
        if let condition = call.condition {
            failure.place = condition.place(of: Range(wireIn: event) ?? 0..<condition.range.count)
            failure.isRuntime = true
        }
        state.report(failure, label: "warning")
        state.fail(.failed)
    }

    /// Says why the stream ended and what was lost.
    private func end() {
        isEnded = true
        registration.remove()
        let emitted = stop?["emitted"]?.asInt ?? taken
        let dropped = stop?["dropped"]?.asInt ?? 0
        let failed = max(stop?["guard_errors"]?.asInt ?? 0, guardErrors)
        if failed > 0 { state.fail(.failed) }
        var text =
            "\(call.command.name): \(Self.count(emitted, shape.isObservations ? "observation" : "row")) of \(subject)"
        if let reason = reason() { text += ", stopped by \(reason)" }
        if dropped > 0 { text += "; \(dropped) dropped because they came too fast" }
        if failed > 0 { text += "; the guard failed on \(Self.count(failed, "call"))" }
        if dropped > 0 || failed > 0 {
            state.front.report(safe(text) + "\n")
        } else {
            state.notice(text)
        }
    }

    private func reason() -> String? {
        let limits = call.command.streaming
        switch stop?["reason"]?.asString {
        case "limit", "times", "count":
            guard let limits, let limit else { return "its limit" }
            let isDefault = call.use(of: limits.count) == nil
            return "\(CommandOption.dashed(limits.count)) \(limit)"
                + (isDefault ? ", its limit unless told otherwise" : "")
        case "time", "seconds", "timeout", "duration": return limits.map { "--\($0.duration)" } ?? "its time"
        case "cancelled", "cancel", "canceled", nil: return nil
        case "session_closed": return "the end of its session"
        case let reason?: return "\(reason)"
        }
    }

    static func count(_ number: Int, _ noun: String) -> String { "\(number) \(noun)\(number == 1 ? "" : "s")" }
}
