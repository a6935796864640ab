internal import SafeExpression
internal import Sessions

/// `doctor`: what stands in the way.
enum Doctor {
    static let command: Command = Command(
        "doctor", group: .shell, summary: "say what stands in the way of attaching, and what mends it",
        input: .words([.init("TARGET", isOptional: true)]),
        examples: [
            .init("doctor", "this machine and this user"),
            .init("doctor 4711 | where status == \"fail\"", "one target, only what fails"),
        ],
        columns: [
            Column("status", .text, "ok, warn or fail"), Column("check", .text, "what was looked at"),
            Column("message", .text, "what was found"), Column("mend", .text, "the command that mends it"),
        ]
    ) { (invocation) throws(Failure) in
        let sessions = invocation.state.sessions
        let name = invocation.words.first.map(TargetName.init)
        let checks = try await invocation.state.waiting(for: "the checks") {
            () async throws(SessionError) -> [Check] in
            try await sessions.diagnose(name)
        }
        // What stands in the way is an answer, and a failure for a script that asks.
        if checks.contains(where: { $0.status == .fail }) { invocation.state.fail(.failed) }
        let names = invocation.call.command.columns.map(\.name)
        let rows = checks.map { check -> any Record in
            TableRow(
                names,
                [
                    .string(check.status.rawValue), .string(check.name), .string(check.message),
                    check.mend.map(Value.string) ?? .none,
                ])
        }
        return .rows(RowList(rows, shape: Shape(columns: invocation.call.command.columns)))
    }
}
