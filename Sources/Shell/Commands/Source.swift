internal import SafeExpression

/// `source`: the source of functions and classes.
enum Source {
    static let command: Command = Command(
        "source", group: .diagnosis, summary: "show the source of functions and classes",
        discussion: """
            The lines are the file's as it is now; what speaks against their being those that were loaded is said. A
            decorated function is shown with its decorators. A script is read with source FILE, where FILE has a / in
            it, ends in .sonde or is quoted.
            """,
        input: .words([.init("PATTERN", completion: .pattern)]),
        options: [CommandOption("n", alias: "limit", .count, default: "10", "at most N functions")],
        examples: [
            .init("source shop:checkout", "a function"),
            .init("source shop.Cart | grep total", "the lines of a class that have a word in them"),
        ],
        columns: [
            Column("line", .number, "the line's number"), Column("code", .text, "the line"),
            Column("func", .text, detail: true, "the function or class"),
            Column("file", .path, detail: true, "the file"),
        ]
    ) { (invocation) throws(Failure) in
        let limit = max(1, invocation.count("n") ?? 10)
        let reply = try await invocation.state.request(
            "source", [("pattern", .string(invocation.words[0])), ("limit", .int(limit))])
        let places = reply["places"]?.asList ?? []
        let columns = invocation.call.command.columns
        var rows: [any Record] = []
        for place in places {
            let first = place["first"]?.asInt ?? 0
            let name = place["name"] ?? .none
            let file = place["file"] ?? .none
            invocation.state.notice(heading(name.str, file, place))
            for (index, code) in (place["lines"]?.asList ?? []).enumerated() {
                rows.append(TableRow(columns.map(\.name), [.int(first + index), code, name, file]))
            }
        }
        if let total = reply["total"]?.asInt, total > places.count {
            invocation.state.notice("source: \(places.count) of \(total); -n gives more")
        }
        return .rows(RowList(rows, shape: Shape(columns: columns)))
    }

    /// Where a definition stands, and what is to be known of it.
    private static func heading(_ name: String, _ file: Value, _ place: Value) -> String {
        var text = name
        if let file = file.asString { text += " in \(file)" }
        if let note = place["note"]?.asString { text += ": \(note)" }
        return text
    }
}
