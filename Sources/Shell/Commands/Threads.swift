internal import SafeExpression

/// `thread`: the threads of the target.
enum Threads {
    static let command: Command = Command(
        "thread", aliases: ["threads"], group: .diagnosis, summary: "list the threads and what they do now",
        examples: [
            .init("thread", "all threads"),
            .init("thread | where state == \"waiting\" | sort name | head 5", "the first that wait"),
        ],
        columns: [
            Column("id", .number, "Python's id"), Column("native_id", .number, "the system's id"),
            Column("name", .text, "the name"), Column("daemon", .text, "whether the process does not wait for it"),
            Column("state", .text, "running, waiting, ..."), Column("waits_for", .text, "what it waits for"),
            Column("cpu_ms", .milliseconds, "its processor time in milliseconds"),
            Column("func", .text, "the function it is in"), Column("file", .path, "the file"),
            Column("line", .number, "the line"),
        ]
    ) { (invocation) throws(Failure) in
        let reply = try await invocation.state.request("thread")
        return .rows(RowList(dicts: reply["rows"]?.asList ?? [], columns: invocation.call.command.columns))
    }
}
