internal import SafeExpression

/// `thread`: the threads of the target, and their locks.
enum Threads {
    private static let columns = [
        Column("id", .number, detail: true, "Python's id"), Column("native_id", .number, "the system's id"),
        Column("name", .text, "the name"),
        Column("daemon", .text, detail: true, "whether the process does not wait for it"),
        Column("state", .text, "running, waiting, ..."), Column("waits_for", .text, "what it waits for"),
        Column("cpu", .number, "its use of a processor over the interval, in percent"),
        Column("cpu_ms", .milliseconds, "its processor time since it began, in milliseconds"),
        Column("func", .text, "the function it is in"), Column("file", .path, "the file"),
        Column("line", .number, "the line"),
    ]
    private static let lockColumns = [
        Column("id", .number, detail: true, "Python's id of the thread"), Column("name", .text, "the thread"),
        Column("relation", .text, "with --locks: whether the thread holds it or waits for it"),
        Column("kind", .text, "with --locks: Lock, RLock, Condition, Queue, Thread, ..."),
        Column("lock", .text, "with --locks: what the code calls it"),
        Column("address", .text, detail: true, "with --locks: where it is, the same for the same lock"),
        Column("owner", .text, "with --locks: the thread that has it"),
        Column("owner_id", .number, detail: true, "with --locks: that thread's id"),
        Column("basis", .text, "with --locks: how that is known: known, inferred or unknown"),
        Column("deadlock", .number, "with --locks: the number of the deadlock that it is part of"),
        Column("func", .text, "the function"), Column("file", .path, "the file"), Column("line", .number, "the line"),
    ]

    static let command: Command = Command(
        "thread", aliases: ["threads"], group: .diagnosis,
        summary: "list the threads, busiest first, or who holds and awaits which lock",
        discussion: """
            Use of a processor is measured over --for; 0s measures nothing, and sorts by all time since the beginning.
            With --locks there is a row for each lock that a thread holds or waits for. An RLock, a condition on one
            and a thread that is joined name their owner. A plain lock does not: its owner is inferred from frames that
            are inside a with block of it, or behind an acquire without a release. Threads that wait for each other in
            a circle are told as a deadlock. Before CPython 3.13, reading a frame's variables makes the frame keep a
            copy of them until its function returns; only frames that hold or await a lock are read.
            """,
        options: [
            CommandOption("n", alias: "limit", .count, "at most N threads, the busiest"),
            CommandOption("for", .duration, default: "200ms", "how long use of a processor is measured"),
            CommandOption("locks", .flag, "who holds what, who waits for what, and deadlocks"),
        ],
        examples: [
            .init("thread -n 5 --for 1s", "the five that are busiest in the next second"),
            .init("thread | where state == \"waiting\" | sort name | head 5", "the first that wait"),
            .init("thread --locks | where relation == \"waits\"", "who waits for whom"),
        ],
        columns: columns + lockColumns.filter { column in !columns.contains { $0.name == column.name } },
        validate: validate
    ) { (invocation) throws(Failure) in
        invocation.flag("locks") ? try await locks(invocation) : try await threads(invocation)
    }

    private static func validate(_ call: CommandCall) throws(Failure) {
        guard call.use(of: "locks") == nil || (call.use(of: "for") == nil && call.use(of: "n") == nil) else {
            throw Failure(.usage, "--locks goes with neither --for nor -n", hint: "filter its rows: | head 5")
        }
    }

    private static func threads(_ invocation: Invocation) async throws(Failure) -> CommandResult {
        let state = invocation.state
        let interval = invocation.duration("for") ?? .zero
        let timeout = state.options.requestTimeout + interval
        let reply = try await state.request(
            "thread",
            [
                ("seconds", .float(interval.seconds)), ("limit", .int(invocation.count("n") ?? 0)),
                ("timeout_ms", .int(Int(timeout.seconds * 1000))),
            ], timeout: timeout + .seconds(1))
        return .rows(RowList(dicts: reply["rows"]?.asList ?? [], columns: columns))
    }

    private static func locks(_ invocation: Invocation) async throws(Failure) -> CommandResult {
        let reply = try await invocation.state.request("thread", [("locks", .bool(true))])
        for (number, circle) in (reply["deadlocks"]?.asList ?? []).enumerated() {
            let steps = (circle.asList ?? []).map(step).joined(separator: ", ")
            invocation.state.notice("deadlock \(number + 1): \(steps)")
        }
        return .rows(RowList(dicts: reply["rows"]?.asList ?? [], columns: lockColumns))
    }

    /// One thread of a deadlock: `t0 waits for RLock shop.A held by t1`.
    private static func step(_ row: Value) -> String {
        func text(_ name: String) -> String { row[name]?.asString ?? "?" }
        if row["kind"]?.asString == "Thread" { return "\(text("name")) waits for thread \(text("owner")) to end" }
        let lock = row["lock"]?.asString ?? text("address")
        let inferred = row["basis"]?.asString == "inferred" ? " (inferred)" : ""
        return "\(text("name")) waits for \(text("kind")) \(lock) held by \(text("owner"))\(inferred)"
    }
}
