/// `sm`: functions and methods that a pattern fits.
enum SearchFunctions {
    static let command: Command = Command(
        "sm", group: .diagnosis, summary: "search for functions and methods that are loaded",
        input: .words([.init("PATTERN", completion: .pattern)]),
        options: [
            CommandOption("n", alias: "limit", .count, default: "100", "at most N functions"),
            CommandOption("d", alias: "detail", .flag, "also its own name, what it wraps, what it captures, its doc"),
        ],
        examples: [
            .init("sm shop:Cart.*", "the methods of a class"),
            .init("sm shop.* | where kind == \"coroutine\"", "what is asynchronous"),
        ],
        columns: columns + details
    ) { (invocation) throws(Failure) in
        .rows(try await SearchClasses.search("sm", invocation, invocation.flag("d") ? columns + details : columns))
    }

    private static let columns = [
        Column("func", .text, "the function"), Column("kind", .text, "function, method, coroutine, ..."),
        Column("signature", .text, "its parameters"), Column("file", .path, "the file"),
        Column("line", .number, "the line"),
    ]
    private static let details = [
        Column("qualname", .text, "the name it was defined by (-d)"),
        Column("wraps", .text, "the function it decorates (-d)"),
        Column("annotations", .text, "the parameters with a type (-d)"),
        Column("captures", .text, "its closure's names (-d)"),
        Column("doc", .text, "the first line of its documentation (-d)"),
    ]
}
