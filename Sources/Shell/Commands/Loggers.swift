internal import SafeExpression

/// `logger`: the loggers of the target, and their levels.
enum Loggers {
    static let command: Command = Command(
        "logger", aliases: ["loggers"], group: .diagnosis, summary: "list loggers, or set the level of one",
        discussion: """
            NAME may have * and ? when loggers are listed. With --for a level goes back by itself: after that time, at a
            reset, and when the session ends. Without, it stays for as long as the program runs. A level that the
            program sets meanwhile is left alone.
            """,
        input: .words([.init("NAME", isOptional: true)]),
        options: [
            CommandOption("level", .text, "the level to set: debug, info, warning, error, critical, or a number"),
            CommandOption("for", .duration, "how long; then the level goes back"),
        ],
        examples: [
            .init("logger *", "all of them"),
            .init("logger asyncio --level debug --for 5m", "more from one of them, for five minutes"),
        ],
        columns: [
            Column("logger", .text, "its name"), Column("level", .text, "its own level"),
            Column("effective", .text, "the level in force, its own or one from above"),
            Column("handlers", .text, width: 30, "its handlers, with their level where they have one"),
            Column("propagate", .text, "whether those above get its records, too"),
            Column("disabled", .text, "whether it is switched off"),
        ],
        validate: validate
    ) { (invocation) throws(Failure) in
        let state = invocation.state
        let name = invocation.words.first
        var parameters: [(String, Value)] = [("name", name.map(Value.string) ?? .none)]
        let duration = invocation.duration("for")
        if let level = invocation.text("level") { parameters.append(("level", .string(level))) }
        if let duration { parameters.append(("seconds", .float(duration.seconds))) }
        let reply = try await state.request("logger", parameters)
        let rows = reply["rows"]?.asList ?? []
        if invocation.isGiven("level") {
            let level = rows.first?["level"]?.asString ?? "?"
            let before = reply["before"]?.asString ?? "?"
            let id = reply["watch_id"]?.asString
            state.notice(
                "logger \(name ?? "root"): \(level) "
                    + (duration.map { "for \($0.written), then \(before) again (reset \(id ?? ""))" }
                        ?? "from now on, was \(before); it stays when sonde goes"))
        } else if reply["loaded"]?.asBool == false {
            state.notice("logger: the target has not loaded logging")
        }
        return .rows(RowList(dicts: rows, columns: invocation.call.command.columns))
    }

    private static func validate(_ call: CommandCall) throws(Failure) {
        if call.use(of: "level") == nil, call.use(of: "for") != nil {
            throw Failure(.usage, "--for needs --level", hint: "logger NAME --level debug --for 5m")
        }
        if call.use(of: "level") != nil, call.words.isEmpty {
            throw Failure(.usage, "--level needs the NAME of a logger", hint: "root is the one above all")
        }
    }
}
