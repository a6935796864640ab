internal import SafeExpression

/// `monitor`: how often functions are called, how long they take, how often they fail.
enum Monitor {
    static let command: Command = Command(
        "monitor", group: .diagnosis,
        summary: "count a function's calls and errors, and show how long they take, in intervals",
        discussion: """
            A row for each interval and each function that was called in it; a function that is alone has a row also
            when it was not called. With a guard, only the calls that it lets through are counted. Every call counts:
            nothing is sampled. The percentiles are exact to 1.6 %; calls, errors, mean and max are exact.
            """,
        input: .words([.init("PATTERN", completion: .pattern)]),
        options: [
            CommandOption("every", .duration, default: "5s", "how long an interval is"),
            CommandOption("n", alias: "times", .count, default: "100", "stop after N intervals; 0 is without end"),
            CommandOption("for", .duration, "stop after a time"),
        ],
        examples: [
            .init("monitor shop:checkout --every 1s -n 3", "one function, three seconds, each by itself"),
            .init(
                "monitor shop.Cart.* --every 2s -n 1 if cost > 0.001 | where calls > 10",
                "the methods of a class with many calls that take longer than a microsecond"),
        ],
        columns: [
            Column("ts", .time, width: 12, "the end of the interval, in seconds since 1970"),
            Column("func", .text, width: 20, "the function"),
            Column("calls", .number, width: 8, "the calls that ended in the interval"),
            Column("errors", .number, width: 6, "those that raised"),
            Column("rate", .number, width: 9, "calls a second"),
            Column("mean", .milliseconds, width: 9, "their mean time in milliseconds"),
            Column("p50", .milliseconds, width: 9, "half of them took no longer"),
            Column("p95", .milliseconds, width: 9, "95 % of them took no longer"),
            Column("p99", .milliseconds, width: 9, "99 % of them took no longer"),
            Column("max", .milliseconds, width: 9, "the longest"),
        ],
        streaming: Command.Streaming(count: "n", duration: "for", emitsObservations: false), takesGuard: true
    ) { (invocation) throws(Failure) in
        let every = invocation.duration("every")?.seconds ?? 5
        return .rows(
            try await ObservationSource.start(
                "monitor", try ObservationColumns.parameters(invocation) + [("every", .float(every))],
                for: invocation.call, in: invocation.state))
    }
}
