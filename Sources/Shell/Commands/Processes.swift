internal import SafeExpression
internal import Sessions

/// `ps`: the Python processes of this machine.
enum Processes {
    static let command: Command = Command(
        "ps", group: .shell, summary: "list the Python processes and how they can be attached to",
        examples: [
            .init("ps", "all of them"),
            .init("ps | where \"gunicorn\" in command", "some of them"),
        ],
        columns: [
            Column("pid", .number, "the process"), Column("user", .text, "whose it is"),
            Column("version", .text, "its Python"), Column("ways", .text, "the ways in, best first"),
            Column("agent", .text, "whether an agent is there"),
            Column("container", .text, detail: true, "the container it runs in"),
            Column("command", .text, "the command line"),
        ]
    ) { (invocation) throws(Failure) in
        let sessions = invocation.state.sessions
        let targets = try await invocation.state.waiting(for: "the list of processes") {
            () async throws(SessionError) -> [TargetInfo] in
            try await sessions.targets()
        }
        let names = invocation.call.command.columns.map(\.name)
        let rows = targets.map { target -> any Record in
            TableRow(
                names,
                [
                    .int(Int(target.pid)), .string(target.user), .string(target.version),
                    .list(target.ways.map(Value.string)), .bool(target.hasAgent),
                    target.container.map(Value.string) ?? .none, .string(target.commandLine),
                ])
        }
        return .rows(RowList(rows, shape: Shape(columns: invocation.call.command.columns)))
    }
}
