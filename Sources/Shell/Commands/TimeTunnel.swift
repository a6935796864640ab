internal import SafeExpression

/// `tt`: records calls, to look at them later and to make them again.
enum TimeTunnel {
    private static let indexColumn = Column("index", .number, width: 5, "the call's number")

    static let command: Command = Command(
        "tt", group: .diagnosis, summary: "record a function's calls, look at them later, call again",
        discussion: """
            With a PATTERN, each call is shown and kept, together with the objects that it was given; these live as
            long as the record. The session keeps the last --keep calls, until it ends. --list shows them, --index
            looks at one, with its arguments as they are now (column now). --replay calls the function again, with
            the same objects, on a thread of the agent's; it needs --allow exec.
            """,
        input: .words([.init("PATTERN", isOptional: true, completion: .pattern)]),
        options: ObservationColumns.options + [
            CommandOption("keep", .count, default: "100", "how many calls the session keeps, at most 1000"),
            CommandOption("list", alias: "l", .flag, "the calls that are kept"),
            CommandOption("index", alias: "i", .count, "look at one call, as deep as -x says"),
            CommandOption("replay", .count, "call the function again; needs --allow exec"),
            CommandOption("delete", .count, "drop one call"),
            CommandOption("delete-all", .flag, "drop all calls"),
        ],
        examples: [
            .init("tt shop:checkout -n 3 if cost > 20", "record slow calls"),
            .init("tt --list | where error is not None | select index, func, error", "those that failed"),
            .init("tt --index 3 -x 3 | to vertical", "one of them"),
        ],
        columns: [indexColumn] + ObservationColumns.all, hasOpenColumns: true,
        streaming: ObservationColumns.streaming, takesGuard: true, validate: validate
    ) { (invocation) throws(Failure) in
        guard let (action, index) = action(invocation) else {
            var parameters = try ObservationColumns.parameters(invocation)
            parameters.append(("keep", .int(invocation.count("keep") ?? 100)))
            return .rows(
                try await ObservationSource.start("tt", parameters, for: invocation.call, in: invocation.state))
        }
        return try await act(action, index, invocation)
    }

    private static let actions = ["list", "index", "replay", "delete", "delete-all"]

    private static func validate(_ call: CommandCall) throws(Failure) {
        let given = actions.filter { call.use(of: $0) != nil }
        guard given.count + (call.words.isEmpty ? 0 : 1) == 1 else {
            throw Failure(
                .usage, "tt needs a PATTERN, or one of --list, --index, --replay, --delete, --delete-all",
                hint: "usage: \(call.command.usage)")
        }
    }

    /// The agent's name of what is to be done, and with which call.
    private static func action(_ invocation: Invocation) -> (String, Int?)? {
        if invocation.flag("list") { return ("list", nil) }
        if invocation.flag("delete-all") { return ("delete", nil) }
        for (option, action) in [("index", "look"), ("replay", "replay"), ("delete", "delete")] {
            if let index = invocation.count(option) { return (action, index) }
        }
        return nil
    }

    private static func act(_ action: String, _ index: Int?, _ invocation: Invocation) async throws(Failure)
        -> CommandResult
    {
        let state = invocation.state
        if action == "replay" {
            return try await Execute.run(
                "tt_calls", [("action", .string(action)), ("index", index.map(Value.int) ?? .none)], invocation)
        }
        let expand = invocation.isGiven("x") ? invocation.count("x") ?? 3 : 3
        let reply = try await state.request(
            "tt_calls",
            [("action", .string(action)), ("index", index.map(Value.int) ?? .none), ("expand", .int(expand))])
        if let deleted = reply["deleted"]?.asInt {
            state.notice("tt: \(ObservationSource.count(deleted, "call")) deleted")
            return .nothing
        }
        let names = Dictionary(
            uniqueKeysWithValues: [("ts", "timestamp"), ("func", "func_name"), ("cost", "duration_ms")])
        var columns = invocation.call.command.columns
        if action == "look" { columns.append(Column("now", .value, width: 30, "the arguments as they are now")) }
        let rows = (reply["rows"]?.asList ?? []).map { row in
            TableRow(columns.map(\.name), columns.map { row[names[$0.name] ?? $0.name] ?? .none }) as any Record
        }
        return .rows(RowList(rows, shape: Shape(columns: columns)))
    }
}
