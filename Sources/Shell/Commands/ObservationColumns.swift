internal import SafeExpression

/// The columns of what probes emit, and the options that all probes have.
enum ObservationColumns {
    static let all = [
        Column("ts", .time, width: 12, "when the call began, in seconds since 1970"),
        Column("func", .text, width: 16, "the function"),
        Column("cost", .milliseconds, width: 9, "how long the call took, in milliseconds"),
        Column("arg", .value, width: 30, "the parameters by name: arg.NAME, or NAME alone"),
        Column("args", .value, width: 20, detail: true, "the positional arguments"),
        Column("kwargs", .value, width: 12, detail: true, "the keyword arguments"),
        Column("result", .value, width: 16, "what was returned"),
        Column("error", .text, width: 10, "what was raised, or nothing"),
        Column("thread", .text, width: 10, "the thread"),
    ]

    /// How a stream of observations is bounded.
    static let streaming = Command.Streaming(count: "n", duration: "for")

    static let options = [
        CommandOption("n", alias: "times", .count, default: "100", "stop after N observations; 0 is without end"),
        CommandOption("for", .duration, "stop after a time"),
        CommandOption("x", alias: "expand", .count, default: "1", "how deep objects are captured"),
        CommandOption("rate", .count, "at most N observations a second; the others are counted as dropped"),
        CommandOption("sample", .number, "only this share of the calls, such as 0.01, evenly spread"),
    ]

    /// The parameters of the agent's command that these options give.
    static func parameters(_ invocation: Invocation) throws(Failure) -> [(String, Value)] {
        let condition = invocation.call.condition
        var parameters: [(String, Value)] = [
            ("pattern", .string(invocation.words.first ?? "")),
            ("condition", try invocation.tree(condition)),
            ("condition_names", .list((condition?.hostNames ?? []).map(Value.string))),
            ("times", .int(invocation.count("n") ?? 0)),
            ("expand", .int(invocation.count("x") ?? 1)),
        ]
        if let time = invocation.duration("for") { parameters.append(("seconds", .float(time.seconds))) }
        if let rate = invocation.count("rate") { parameters.append(("rate", .int(rate))) }
        if let sample = invocation.number("sample") { parameters.append(("sample", .float(sample))) }
        return parameters
    }
}
