internal import SafeExpression

/// `sc`: classes that a pattern fits.
enum SearchClasses {
    static let command: Command = Command(
        "sc", group: .diagnosis, summary: "search for classes that are loaded",
        input: .words([.init("PATTERN", completion: .pattern)]),
        options: [
            CommandOption("n", alias: "limit", .count, default: "100", "at most N classes"),
            CommandOption(
                "d", alias: "detail", .flag, "also metaclass, mro, subclasses, fields, the first line of the doc"),
            CommandOption("i", alias: "instances", .flag, "also how many instances there are; it lists the heap"),
        ],
        examples: [
            .init("sc shop.*", "the classes of a module"),
            .init("sc *Error | select cls, file", "where errors are defined"),
            .init("sc -d -i shop.Cart | to vertical", "all there is to say of one"),
        ],
        columns: columns + details + instances
    ) { (invocation) throws(Failure) in
        let added = (invocation.flag("d") ? details : []) + (invocation.flag("i") ? instances : [])
        return .rows(try await search("sc", invocation, columns + added, renaming: ["cls": "class"]))
    }

    private static let columns = [
        Column("cls", .text, "the class"), Column("module", .text, "its module"),
        Column("bases", .text, "what it inherits from"), Column("methods", .number, "how many methods it has"),
        Column("file", .path, "the file"), Column("line", .number, "the line"),
    ]
    private static let details = [
        Column("metaclass", .text, "its own class (-d)"), Column("mro", .text, "where attributes are looked up (-d)"),
        Column("subclasses", .text, "what inherits from it (-d)"), Column("fields", .text, "the data it names (-d)"),
        Column("doc", .text, "the first line of its documentation (-d)"),
    ]
    private static let instances = [Column("instances", .number, "how many there are of exactly this class (-i)")]

    /// Asks the agent for what a pattern fits, and says when that was not all.
    ///
    /// - Parameters:
    ///   - name: the agent's name of the command.
    ///   - invocation: the command's run.
    ///   - columns: the columns of its rows.
    ///   - wireNames: the agent's names of columns, where ours differ: no expression can name `class`.
    static func search(
        _ name: String, _ invocation: Invocation, _ columns: [Column], renaming wireNames: [String: String] = [:]
    ) async throws(Failure) -> any RowSource {
        let limit = invocation.count("n") ?? 100
        let reply = try await invocation.state.request(
            name,
            [
                ("pattern", .string(invocation.words[0])), ("limit", .int(limit)),
                ("detail", .bool(invocation.flag("d"))), ("instances", .bool(invocation.flag("i"))),
            ])
        let rows = reply["rows"]?.asList ?? []
        if reply["more"]?.asBool == true {
            invocation.state.notice("\(name): stopped at \(limit); -n gives more")
        }
        let renamed = rows.map { row in
            TableRow(columns.map(\.name), columns.map { row[wireNames[$0.name] ?? $0.name] ?? .none }) as any Record
        }
        return RowList(renamed, shape: Shape(columns: columns))
    }
}
