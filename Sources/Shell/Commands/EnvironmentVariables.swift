internal import SafeExpression

/// `env`: the target's environment variables.
enum EnvironmentVariables {
    static let command: Command = Command(
        "env", group: .diagnosis, summary: "show environment variables as the program has them now",
        discussion: """
            Variables that the program has changed since its start are shown with both values. The values of those whose
            names look secret, and the passwords in addresses, are hidden; they do not leave the process then.
            PATTERN may have * and ?.
            """,
        input: .words([.init("PATTERN", isOptional: true)]),
        options: [CommandOption("unmask", .flag, "show secrets, too")],
        examples: [
            .init("env PYTHON*", "those that concern Python"),
            .init("env | where state != \"same\"", "what the program has changed"),
        ],
        columns: [
            Column("name", .text, width: 20, "its name"), Column("value", .text, width: 40, "its value now"),
            Column("state", .text, "same, changed, added or removed since the start"),
            Column("at_start", .text, "the value at the start, where that was another one"),
            Column("masked", .text, detail: true, "whether something is hidden"),
        ]
    ) { (invocation) throws(Failure) in
        let pattern = invocation.words.first.map(Value.string) ?? .none
        let reply = try await invocation.state.request(
            "env", [("pattern", pattern), ("unmask", .bool(invocation.flag("unmask")))])
        let rows = reply["rows"]?.asList ?? []
        let hidden = rows.count { $0["masked"]?.asBool == true }
        if hidden > 0 { invocation.state.notice("env: secrets of \(hidden) hidden; --unmask shows them") }
        return .rows(RowList(dicts: rows, columns: invocation.call.command.columns))
    }
}
