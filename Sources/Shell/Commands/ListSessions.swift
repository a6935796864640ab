internal import AgentProtocol
internal import SafeExpression
internal import Sessions

/// `sessions`: the open sessions.
enum ListSessions {
    static let command: Command = Command(
        "sessions", group: .shell, summary: "list the open sessions",
        examples: [
            .init("sessions", "all of them"),
            .init("sessions | where python < \"3.9\"", "those with an old Python"),
        ],
        columns: [
            Column("n", .number, "its number, for use"), Column("current", .text, "whether it is in use"),
            Column("pid", .number, "the target"), Column("python", .text, "its Python"),
            Column("agent", .text, "the agent's version"), Column("target", .text, "what it is"),
        ]
    ) { (invocation) throws(Failure) in
        let names = invocation.call.command.columns.map(\.name)
        let rows = invocation.state.open.map { open -> any Record in
            let hello = open.session.hello
            return TableRow(
                names,
                [
                    .int(open.number), .bool(open.number == invocation.state.current), .int(hello.pid),
                    .string(hello.python), .string(hello.agent), .string(open.session.label),
                ])
        }
        return .rows(RowList(rows, shape: Shape(columns: invocation.call.command.columns)))
    }
}
