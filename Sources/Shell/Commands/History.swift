internal import SafeExpression

/// `history`: the lines typed so far.
enum History {
    static let command: Command = Command(
        "history", group: .shell, summary: "list the lines typed so far",
        examples: [
            .init("history | tail 20", "the last of them"),
            .init("history | where \"watch\" in line", "those with a word in them"),
        ],
        columns: [Column("n", .number, "its number"), Column("line", .text, "the line")]
    ) { (invocation) throws(Failure) in
        let lines = await invocation.state.front.history()
        let rows = lines.enumerated().map { TableRow(["n", "line"], [.int($0 + 1), .string($1)]) as any Record }
        return .rows(RowList(rows, shape: Shape(columns: invocation.call.command.columns)))
    }
}
