/// `sm`: functions and methods that a pattern fits.
enum SearchFunctions {
    static let command: Command = Command(
        "sm", group: .diagnosis, summary: "search for functions and methods that are loaded",
        input: .words([.init("PATTERN", completion: .pattern)]),
        options: [CommandOption("n", alias: "limit", .count, default: "100", "at most N functions")],
        examples: [
            .init("sm shop:Cart.*", "the methods of a class"),
            .init("sm shop.* | where kind == \"coroutine\"", "what is asynchronous"),
        ],
        columns: [
            Column("func", .text, "the function"), Column("kind", .text, "function, method, coroutine, ..."),
            Column("signature", .text, "its parameters"), Column("file", .path, "the file"),
            Column("line", .number, "the line"),
        ]
    ) { (invocation) throws(Failure) in .rows(try await SearchClasses.search("sm", invocation)) }
}
