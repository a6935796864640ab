internal import SafeExpression

/// `stack`: who calls a function, or where threads are now.
enum Stack {
    private static let frameColumns = [
        Column("thread", .number, "the thread's id"), Column("name", .text, "the thread's name"),
        Column("level", .number, "0 is where it is now"), Column("func", .text, "the function"),
        Column("file", .path, "the file"), Column("line", .number, "the line"), Column("code", .text, "its text"),
    ]

    static let stackColumn = Column("stack", .lines, "the frames, innermost first")

    static let command: Command = Command(
        "stack", group: .diagnosis, summary: "show who calls a function, or where threads are now",
        discussion: """
            With a PATTERN, each call is shown with the stack that led to it, innermost first. With --thread or --all,
            the frames of threads as they are now, one row a frame.
            """,
        input: .words([.init("PATTERN", isOptional: true, completion: .pattern)]),
        options: ObservationColumns.options + [
            CommandOption("thread", .text, "one thread, by its id"),
            CommandOption("all", .flag, "all threads"),
        ],
        examples: [
            .init("stack shop:charge -n 1", "who calls it"),
            .init("stack --all | where \"queue\" in file", "where all threads are, those in one file"),
        ],
        columns: ObservationColumns.all.filter { $0.name != "result" && $0.name != "error" && $0.name != "cost" } + [
            stackColumn
        ],
        hasOpenColumns: true, streaming: ObservationColumns.streaming, takesGuard: true,
        validate: validate
    ) { (invocation) throws(Failure) in
        guard isAboutNow(invocation.call) else {
            return .rows(
                try await ObservationSource.start(
                    "stack", try ObservationColumns.parameters(invocation), for: invocation.call,
                    in: invocation.state))
        }
        return try await frames(invocation)
    }

    private static func validate(_ call: CommandCall) throws(Failure) {
        guard isAboutNow(call) == call.words.isEmpty else {
            throw Failure(
                .usage, "stack needs a PATTERN, or --thread ID, or --all", hint: "usage: \(call.command.usage)")
        }
    }

    private static func isAboutNow(_ call: CommandCall) -> Bool {
        call.use(of: "thread") != nil || call.use(of: "all") != nil
    }

    /// The frames of threads as they are now.
    private static func frames(_ invocation: Invocation) async throws(Failure) -> CommandResult {
        var id = Value.none
        if let text = invocation.text("thread"), !invocation.flag("all") {
            guard let number = Int(text) else {
                throw Failure(.usage, "--thread needs a thread's id, not '\(text)'", hint: "see thread")
            }
            id = .int(number)
        }
        let reply = try await invocation.state.request("thread", [("stack", .bool(true)), ("id", id)])
        let names = frameColumns.map(\.name)
        var rows: [any Record] = []
        for thread in reply["rows"]?.asList ?? [] {
            for (level, frame) in (thread["stack"]?.asList ?? []).enumerated() {
                rows.append(
                    TableRow(
                        names,
                        [thread["id"] ?? .none, thread["name"] ?? .none, .int(level)]
                            + ["func", "file", "line", "code"].map { frame[$0] ?? .none }))
            }
        }
        if rows.isEmpty, let text = invocation.text("thread") {
            throw Failure(.failed, "there is no thread \(text)", hint: "see thread")
        }
        return .rows(RowList(rows, shape: Shape(columns: frameColumns)))
    }
}
