internal import SafeExpression

/// `gc`: the target's garbage collector.
enum GarbageCollector {
    private static let columns = [
        Column("generation", .number, "the generation"), Column("count", .number, "what is counted for its next run"),
        Column("threshold", .number, "when it runs"), Column("collections", .number, "how often it has run"),
        Column("collected", .number, "how many objects it has freed"),
        Column("uncollectable", .number, "how many it could not free"),
    ]
    private static let collectColumns = [
        Column("freed", .number, "with --collect: how many unreachable objects it found"),
        Column("took_ms", .milliseconds, "with --collect: how long it took, in milliseconds"),
    ]

    static let command: Command = Command(
        "gc", group: .diagnosis, summary: "show the garbage collector's state, or run it",
        discussion: """
            --collect stops the program for as long as the collection takes, and runs the finalizers of what it frees:
            it needs --allow exec.
            """,
        options: [CommandOption("collect", .flag, "run a full collection; needs --allow exec")],
        examples: [
            .init("gc", "all generations"),
            .init("gc --collect", "free what nothing reaches any more"),
        ],
        columns: columns + collectColumns
    ) { (invocation) throws(Failure) in
        let state = invocation.state
        guard invocation.flag("collect") else {
            let reply = try await state.request("gc")
            let frozen = reply["frozen"]?.asInt ?? 0
            state.notice(
                "gc: \(reply["enabled"]?.asBool == false ? "disabled" : "enabled")"
                    + (frozen > 0 ? ", \(ObservationSource.count(frozen, "object")) frozen" : ""))
            return .rows(RowList(dicts: reply["rows"]?.asList ?? [], columns: columns))
        }
        guard state.options.allow >= .exec else {
            throw Failure(.notPermitted, "gc --collect is not permitted", hint: "start sonde with --allow exec")
        }
        let reply = try await state.request("gc", [("collect", .bool(true)), ("allow", .string("exec"))])
        return .rows(
            RowList(
                dicts: [.dict(["freed", "took_ms"].map { (.string($0), reply[$0] ?? .none) })], columns: collectColumns)
        )
    }
}
