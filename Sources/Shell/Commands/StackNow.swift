internal import SafeExpression
internal import Sessions

/// `stack` without a pattern: where threads are now, as the agent tells it, or read from outside.
enum StackNow {
    static let columns = [
        Column("thread", .number, "the thread's id"), Column("name", .text, "the thread's name"),
        Column("level", .number, "0 is where it is now"), Column("func", .text, "the function"),
        Column("file", .path, "the file"), Column("line", .number, "the line"), Column("code", .text, "its text"),
        Column("native_id", .number, detail: true, "the system's id"),
        Column("state", .text, detail: true, "running, waiting, ..."),
        Column("lock", .text, detail: true, "from outside: whether it held the interpreter's lock"),
        Column("changing", .text, detail: true, "from outside: whether it moved on while it was read"),
    ]

    static let options = [
        CommandOption("thread", .text, "one thread, by its id or the system's"),
        CommandOption("all", .flag, "all threads"),
        CommandOption("outside", .flag, "read the target's memory, ask nothing of it"),
        CommandOption("of", .text, "read that process from outside; no session is needed"),
    ]

    /// How long the agent is given before the target is read from outside, besides the second in which it would say
    /// itself that it is late.
    private static let patience = Duration.milliseconds(500)

    /// Whether a call is about now.
    static func isMeant(by call: CommandCall) -> Bool { options.contains { call.use(of: $0.name) != nil } }

    /// The frames, one row each.
    static func rows(_ invocation: Invocation) async throws(Failure) -> RowList {
        var thread: UInt64?
        if let text = invocation.text("thread"), !invocation.flag("all") {
            guard let number = UInt64(text), number <= UInt64(Int.max) else {
                throw Failure(.usage, "--thread needs a thread's id, not '\(text)'", hint: "see thread")
            }
            thread = number
        }
        let records = try await records(invocation, thread)
        if records.isEmpty, let thread {
            throw Failure(.failed, "there is no thread \(thread)", hint: "stack --all shows all")
        }
        return RowList(records, shape: Shape(columns: columns))
    }

    private static func records(
        _ invocation: Invocation, _ thread: UInt64?
    ) async throws(Failure) -> [any Record] {
        let state = invocation.state
        if let target = invocation.text("of") { return try await fromOutside(TargetName(target), thread, state) }
        let session = try state.session()
        if !invocation.flag("outside") {
            if let reply = try await ask(session, thread, timeout: patience, state) { return records(reply) }
            state.notice("stack: the target does not answer, so it is read from outside")
        }
        guard let pid = session.pid else {
            throw Failure(
                .failed, "\(session.label) is known by its socket only", hint: "stack --of PID reads from outside")
        }
        return try await fromOutside(.pid(pid), thread, state)
    }

    // MARK: Asking the agent

    /// The agent's answer, or nil when it gives none in time.
    private static func ask(
        _ session: any Session, _ thread: UInt64?, timeout: Duration, _ state: ShellState
    ) async throws(Failure) -> Value? {
        let params = Value.dict([
            (.string("stack"), .bool(true)), (.string("id"), thread.map { .int(Int($0)) } ?? .none),
        ])
        return try await state.waiting(for: "the agent's answer to stack") { () async throws(SessionError) -> Value? in
            do throws(SessionError) {
                return try await session.request("thread", params, timeout: timeout)
            } catch {
                guard error.kind == .timedOut else { throw error }
                return nil
            }
        }
    }

    private static func records(_ reply: Value) -> [any Record] {
        var rows: [any Record] = []
        for thread in reply["rows"]?.asList ?? [] {
            let own = ["native_id", "state"].map { thread[$0] ?? .none } + [.none, .none]
            for (level, frame) in (thread["stack"]?.asList ?? []).enumerated() {
                rows.append(
                    row(
                        [thread["id"] ?? .none, thread["name"] ?? .none, .int(level)]
                            + ["func", "file", "line", "code"].map { frame[$0] ?? .none } + own))
            }
        }
        return rows
    }

    // MARK: Reading from outside

    private static func fromOutside(
        _ target: TargetName, _ thread: UInt64?, _ state: ShellState
    ) async throws(Failure) -> [any Record] {
        let sessions = state.sessions
        let stacks = try await state.waiting(for: "the target's memory") { () async throws(SessionError) in
            try await sessions.stacks(of: target, thread: thread)
        }
        for stack in stacks { tell(stack, state) }
        return stacks.flatMap(records)
    }

    /// Says what the frames alone do not show.
    private static func tell(_ stack: ThreadStack, _ state: ShellState) {
        let thread = "thread \(stack.id)" + (stack.name.map { " (\($0))" } ?? "")
        if stack.holdsLock { state.notice("stack: \(thread) holds the interpreter's lock") }
        if stack.isChanging {
            state.notice("stack: \(thread) moved on while it was read: its frames may not belong together")
        }
        if stack.isCut { state.notice("stack: \(thread) has more than \(stack.frames.count) frames") }
    }

    private static func records(_ stack: ThreadStack) -> [any Record] {
        stack.frames.enumerated().map { level, frame in
            row([
                .int(Int(truncatingIfNeeded: stack.id)), text(stack.name), .int(level), .string(frame.function),
                .string(frame.file), frame.line.map { .int($0) } ?? .none, text(frame.code),
                stack.nativeID.map { .int(Int($0)) } ?? .none, text(stack.state), .bool(stack.holdsLock),
                .bool(stack.isChanging),
            ])
        }
    }

    private static func text(_ text: String?) -> Value { text.map(Value.string) ?? .none }

    private static func row(_ values: [Value]) -> any Record { TableRow(columns.map(\.name), values) }
}
