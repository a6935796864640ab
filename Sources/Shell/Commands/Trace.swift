internal import SafeExpression

/// `trace`: the calls below a function, with their times.
enum Trace {
    static let treeColumn = Column("tree", .lines, "the calls below: depth func calls ms own_ms share errors file line")

    static let command: Command = Command(
        "trace", group: .diagnosis, summary: "show what a function calls, and where its time goes, as a tree",
        discussion: """
            A row for each call, with the functions called below it: their share of the time, how long they ran, how
            long themselves, and how often, if more than once. Functions written in C are part of their caller's own
            time. From Python 3.12 on, a function that C code calls is seen if it is an argument of that call, is
            written inside the function that makes it, or belongs to an object whose methods are called; other threads
            that run the functions of the tree pay for a look at each call. Before 3.12, only the thread that is inside
            pays; one that has a profiler keeps it, and is not traced.
            """,
        input: .words([.init("PATTERN", completion: .pattern)]),
        options: [
            CommandOption("n", alias: "times", .count, default: "10", "stop after N calls; 0 is without end"),
            CommandOption("for", .duration, "stop after a time"),
            CommandOption("min", .number, default: "0", "only calls that take as many milliseconds"),
            CommandOption("depth", .count, default: "10", "how deep the tree is; what is deeper is its caller's time"),
            CommandOption("skip-stdlib", .flag, "leave the standard library's functions out of the tree"),
            CommandOption("rate", .count, "at most N calls a second; the others are counted as dropped"),
        ],
        examples: [
            .init("trace shop:checkout -n 1", "the next call"),
            .init("trace shop:checkout --min 10 --skip-stdlib -n 5 if error is None", "slow calls that succeed"),
        ],
        columns: [
            Column("ts", .time, width: 12, "when the call began, in seconds since 1970"),
            Column("func", .text, width: 20, "the function"),
            Column("cost", .milliseconds, width: 9, "how long the call took, in milliseconds"),
            Column("running_ms", .milliseconds, width: 10, "how long it ran: a coroutine's waiting is left out"),
            Column("error", .text, width: 10, "what was raised, or nothing"),
            Column("thread", .text, width: 10, "the thread"),
            Column("left_out", .number, width: 8, detail: true, "calls that the tree has no room for"),
            treeColumn,
        ],
        streaming: Command.Streaming(count: "n", duration: "for", emitsObservations: false), takesGuard: true
    ) { (invocation) throws(Failure) in
        let parameters =
            try ObservationColumns.parameters(invocation) + [
                ("min", .float(invocation.number("min") ?? 0)), ("depth", .int(invocation.count("depth") ?? 10)),
                ("skip_stdlib", .bool(invocation.flag("skip-stdlib"))),
            ]
        return .rows(
            try await ObservationSource.start("trace", parameters, for: invocation.call, in: invocation.state))
    }
}
