internal import SafeExpression

/// `watch`: the calls of a function, with arguments, result, error and cost.
enum Watch {
    static let command: Command = Command(
        "watch", aliases: ["w"], group: .diagnosis,
        summary: "show a function's calls: arguments, result, error, cost",
        discussion: """
            PATTERN is module:function or module.function, with * and ? in any part. The guard is evaluated in the
            target, over the function's own parameters and args kwargs self result error cost thread func ts; a call
            that it does not let through is not captured.
            """,
        input: .words([.init("PATTERN", completion: .pattern)]),
        options: ObservationColumns.options + [
            CommandOption(
                "on", .choice(["enter", "return", "error", "all"]),
                "what to show: the beginning of calls, their return, their error; return and error unless given"),
            CommandOption("b", .flag, "before the call, as --on enter"),
            CommandOption("s", .flag, "successful calls, as --on return"),
            CommandOption("e", .flag, "calls that raise, as --on error"),
            CommandOption("f", .flag, "finished calls, returned or raised"),
        ],
        examples: [
            .init("watch shop:checkout -n 3 if cost > 50", "three calls that take longer than 50 ms"),
            .init(
                "watch shop:checkout -n 20 -x 2 --for 30s if user.tier == \"gold\" and error is None | select ts, cost",
                "twenty calls or half a minute of one kind, two columns of them"),
        ],
        columns: ObservationColumns.all, streaming: ObservationColumns.streaming, takesGuard: true
    ) { (invocation) throws(Failure) in
        var parameters = try ObservationColumns.parameters(invocation)
        let events = events(of: invocation)
        parameters.append(("on", .list(events.map(Value.string))))
        var columns = ObservationColumns.all
        if events.contains("enter") { columns.insert(atColumn, at: 1) }
        return .rows(
            try await ObservationSource.start(
                "watch", parameters, for: invocation.call, columns: columns, in: invocation.state))
    }

    /// Which event an observation is of, where beginnings are shown too.
    private static let atColumn = Column("at", .text, width: 6, "enter, return or error")

    /// The events that the options ask for.
    private static func events(of invocation: Invocation) -> [String] {
        var events: Set<String> = []
        switch invocation.text("on") {
        case "all": events = ["enter", "return", "error"]
        case let event?: events = [event]
        case nil: break
        }
        if invocation.flag("b") { events.insert("enter") }
        if invocation.flag("s") || invocation.flag("f") { events.insert("return") }
        if invocation.flag("e") || invocation.flag("f") { events.insert("error") }
        if events.isEmpty { events = ["return", "error"] }
        return ["enter", "return", "error"].filter(events.contains)
    }
}
