internal import SafeExpression

/// `modules`: what is loaded.
enum Modules {
    static let command: Command = Command(
        "modules", group: .diagnosis, summary: "list the loaded modules with file and version",
        discussion: "A plain name stands for the module and those below it; PATTERN may have * and ?.",
        input: .words([.init("PATTERN", isOptional: true, completion: .pattern)]),
        options: [CommandOption("n", alias: "limit", .count, default: "1000", "at most N modules")],
        examples: [
            .init("modules shop", "a package and what is in it"),
            .init("modules | where version is not None | select module, version", "the versions of what is loaded"),
        ],
        columns: [
            Column("module", .text, width: 24, "its name"), Column("version", .text, "its __version__"),
            Column("names", .number, "how many names it has"), Column("file", .path, "its file"),
        ]
    ) { (invocation) throws(Failure) in
        let pattern = invocation.words.first.map(Value.string) ?? .none
        let reply = try await invocation.state.request(
            "modules", [("pattern", pattern), ("limit", .int(invocation.count("n") ?? 0))])
        let rows = reply["rows"]?.asList ?? []
        if let total = reply["total"]?.asInt, total > rows.count {
            invocation.state.notice("modules: \(rows.count) of \(total); -n gives more")
        }
        return .rows(RowList(dicts: rows, columns: invocation.call.command.columns))
    }
}
