internal import SafeExpression

/// `top`: which functions the threads spend their time in.
enum Top {
    static let command: Command = Command(
        "top", group: .diagnosis, summary: "sample all threads and show where they spend their time",
        discussion: """
            Samples for a while, then gives a row for each function, the one with the greatest share of its own first.
            Shares are of the processor time that the threads used; with --idle, of all the time that passed for each.
            The function that a call in C was made from stands for it.
            """,
        options: [
            CommandOption("for", .duration, default: "5s", "how long to sample"),
            CommandOption("hz", .number, default: "100", "how often a second, at most 1000"),
            CommandOption("n", alias: "limit", .count, default: "20", "at most N functions; 0 is all"),
            CommandOption("gil", .flag, "leave out threads that run without the interpreter's lock"),
            CommandOption("idle", .flag, "count threads that wait, too"),
            CommandOption("thread", .text, "one thread, by its name or id"),
            CommandOption("flame", .text, "write a flame graph (SVG) to this file"),
            CommandOption("speedscope", .text, "write the stacks to this file for speedscope"),
        ],
        examples: [
            .init("top --for 2s | head 5", "the busiest functions"),
            .init(
                "top --for 2s --idle --thread MainThread --flame main.svg", "where one thread is, also when it waits"),
        ],
        columns: [
            Column("func", .text, "the function"),
            Column("own", .number, "its own share of the time, in percent"),
            Column("total", .number, "its share with what it called, in percent"),
            Column("own_ms", .milliseconds, "its own time in milliseconds"),
            Column("total_ms", .milliseconds, "its time with what it called in milliseconds"),
            Column("file", .path, "the file"), Column("line", .number, "the line where it begins"),
        ],
        validate: validate
    ) { (invocation) throws(Failure) in
        let time = invocation.duration("for") ?? .seconds(5)
        let writesStacks = invocation.isGiven("flame") || invocation.isGiven("speedscope")
        var parameters: [(String, Value)] = [
            ("seconds", .float(time.seconds)), ("hz", .float(invocation.number("hz") ?? 100)),
            ("limit", .int(invocation.count("n") ?? 20)), ("gil", .bool(invocation.flag("gil"))),
            ("idle", .bool(invocation.flag("idle"))), ("stacks", .bool(writesStacks)),
        ]
        if let thread = invocation.text("thread") { parameters.append(("thread", .string(thread))) }
        // Opened first: a file that cannot be written is told before the time has passed.
        let flame = try invocation.text("flame").map { (path) throws(Failure) in try FileWriter(path) }
        let speedscope = try invocation.text("speedscope").map { (path) throws(Failure) in try FileWriter(path) }
        defer {
            flame?.close()
            speedscope?.close()
        }
        let reply = try await invocation.state.request(
            "top", parameters, timeout: time + invocation.state.options.requestTimeout)
        let profile = Profile(reply)
        let told = summary(reply)
        try flame?.write(FlameGraph(profile).svg(title: told))
        try speedscope?.write(Speedscope.text(of: profile, name: told))
        let rows = reply["rows"]?.asList ?? []
        var notice = "top: \(told)"
        if let all = reply["functions"]?.asInt, all > rows.count {
            notice += "; \(rows.count) of \(all) functions, -n gives more"
        }
        invocation.state.notice(notice)
        return .rows(RowList(dicts: rows, columns: invocation.call.command.columns))
    }

    private static func validate(_ call: CommandCall) throws(Failure) {
        guard call.use(of: "gil") == nil || call.use(of: "idle") == nil else {
            throw Failure(.usage, "a thread that waits has no lock: --gil and --idle exclude each other")
        }
    }

    /// What was sampled, and what that cost the target.
    private static func summary(_ reply: Value) -> String {
        let seconds = reply["seconds"]?.asDouble ?? 0
        let cost = reply["cost_ms"]?.asDouble ?? 0
        let samples = ObservationSource.count(reply["samples"]?.asInt ?? 0, "sample")
        let threads = ObservationSource.count(reply["threads"]?.asInt ?? 0, "thread")
        var text = "\(samples) of \(threads) in \(CellText.decimals(seconds, 1)) s"
        if seconds > 0 { text += ", at \(CellText.decimals(cost / seconds / 10, 2)) % of a processor" }
        return text
    }
}
