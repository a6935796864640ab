internal import SafeExpression

/// `tasks`: the asyncio tasks of the target as a tree, and its greenlets.
enum Tasks {
    static let command: Command = Command(
        "tasks", group: .diagnosis, summary: "show asyncio's tasks as a tree, and greenlets",
        discussion: """
            The tasks of all loops of all threads. What a task waits for stands below it: tasks that it awaits, gathers,
            or has in a group. Where a task stands is the innermost await that is not in asyncio itself. Greenlets are
            listed where gevent or greenlet is loaded; they are found among all objects that the garbage collector
            knows, which stops the program for about ten milliseconds for each million of them.
            """,
        options: [CommandOption("n", alias: "limit", .count, default: "100", "at most N tasks")],
        examples: [
            .init("tasks", "all tasks"),
            .init("tasks -n 0 | count by waits_for", "what all of them wait for"),
        ],
        columns: [
            Column("task", .text, width: 20, "the name, below the task that waits for it"),
            Column("kind", .text, detail: true, "task or greenlet"), Column("id", .number, detail: true, "its id"),
            Column("name", .text, detail: true, "the name"),
            Column("level", .number, detail: true, "how deep it stands in the tree"),
            Column("parent", .number, detail: true, "the id of the task that waits for it"),
            Column("state", .text, "running, ready, waiting or cancelling"),
            Column("waits_for", .text, "what it waits for"), Column("coro", .text, "its coroutine"),
            Column("func", .text, "the function it is in"), Column("file", .path, "the file"),
            Column("line", .number, "the line"),
            Column("awaits", .text, detail: true, "the functions that await each other, outermost first"),
            Column("thread", .text, "the thread whose loop it is in"),
        ]
    ) { (invocation) throws(Failure) in
        let limit = invocation.count("n") ?? 0
        let reply = try await invocation.state.request("tasks", [("limit", .int(limit))])
        let rows = reply["rows"]?.asList ?? []
        if reply["loaded"]?.asBool == false {
            invocation.state.notice("tasks: the target has loaded neither asyncio nor greenlet")
        } else if let total = reply["total"]?.asInt, total > rows.count {
            invocation.state.notice("tasks: \(rows.count) of \(total); -n gives more")
        }
        return .rows(RowList(dicts: rows, columns: invocation.call.command.columns))
    }
}
