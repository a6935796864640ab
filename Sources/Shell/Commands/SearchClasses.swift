internal import SafeExpression

/// `sc`: classes that a pattern fits.
enum SearchClasses {
    static let command: Command = Command(
        "sc", group: .diagnosis, summary: "search for classes that are loaded",
        input: .words([.init("PATTERN", completion: .pattern)]),
        options: [CommandOption("n", alias: "limit", .count, default: "100", "at most N classes")],
        examples: [
            .init("sc shop.*", "the classes of a module"),
            .init("sc *Error | select cls, file", "where errors are defined"),
        ],
        columns: [
            Column("cls", .text, "the class"), Column("module", .text, "its module"),
            Column("bases", .text, "what it inherits from"), Column("methods", .number, "how many methods it has"),
            Column("file", .path, "the file"), Column("line", .number, "the line"),
        ]
    ) { (invocation) throws(Failure) in .rows(try await search("sc", invocation, renaming: ["cls": "class"])) }

    /// Asks the agent for what a pattern fits, and says when that was not all.
    ///
    /// - Parameters:
    ///   - name: the agent's name of the command.
    ///   - invocation: the command's run.
    ///   - wireNames: the agent's names of columns, where ours differ: no expression can name `class`.
    static func search(
        _ name: String, _ invocation: Invocation, renaming wireNames: [String: String] = [:]
    ) async throws(Failure) -> any RowSource {
        let limit = invocation.count("n") ?? 100
        let reply = try await invocation.state.request(
            name, [("pattern", .string(invocation.words[0])), ("limit", .int(limit))])
        let rows = reply["rows"]?.asList ?? []
        if rows.count == limit, limit > 0 {
            invocation.state.notice("\(name): stopped at \(limit); -n gives more")
        }
        let columns = invocation.call.command.columns
        let renamed = rows.map { row in
            TableRow(columns.map(\.name), columns.map { row[wireNames[$0.name] ?? $0.name] ?? .none }) as any Record
        }
        return RowList(renamed, shape: Shape(columns: columns))
    }
}
