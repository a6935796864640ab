internal import SafeExpression

/// `status`: the agent and its probes.
enum StatusOfAgent {
    static let command: Command = Command(
        "status", group: .diagnosis, summary: "show the agent and the probes that are installed",
        examples: [
            .init("status", "all probes, of all sessions"),
            .init("status | where dropped > 0", "those that lost something"),
        ],
        columns: [
            Column("watch_id", .text, "the probe's id"), Column("command", .text, "what installed it"),
            Column("pattern", .text, "what it matches"), Column("functions", .number, "how many functions it sits on"),
            Column("ends_in", .number, "seconds until it ends by itself, if it has a time"),
            Column("emitted", .number, "observations so far"),
            Column("dropped", .number, "observations lost"),
            Column("guard_errors", .number, "calls on which the guard failed"),
            Column("session", .text, "whose it is"),
        ]
    ) { (invocation) throws(Failure) in
        let reply = try await invocation.state.request("status")
        let probes = reply["probes"]?.asList ?? []
        let sessions = reply["sessions"].flatMap { $0.asInt ?? $0.asList?.count } ?? 1
        invocation.state.notice(
            "agent \(reply["agent"]?.str ?? "?") in pid \(reply["pid"]?.str ?? "?") "
                + "(Python \(reply["python"]?.str ?? "?")): "
                + "\(ObservationSource.count(sessions, "session")), \(ObservationSource.count(probes.count, "probe"))")
        return .rows(RowList(dicts: probes, columns: invocation.call.command.columns))
    }
}
