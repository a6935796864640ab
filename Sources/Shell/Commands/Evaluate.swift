internal import SafeExpression

/// `eval`: a safe expression over the target's modules.
enum Evaluate {
    static let command: Command = Command(
        "eval", group: .diagnosis, summary: "evaluate a safe expression over the target's modules",
        discussion: """
            Names are the target's loaded modules. Nothing of the target's own code runs, unless sonde was started
            with --allow eval. A bit-or, or a ; in it, stands in brackets or quotes.
            """,
        input: .expression(placeholder: "EXPR"),
        options: [CommandOption("x", alias: "expand", .count, default: "1", "how deep objects are captured")],
        examples: [
            .init("eval len(shop.PRICES)", "how much a table holds"),
            .init("eval -x 2 shop.PRICES", "the whole of it"),
        ],
        columns: [Column("value", .value, width: 40, "the value"), Column("type", .text, "its type")]
    ) { (invocation) throws(Failure) in
        let expression = invocation.call.expression
        let level = min(invocation.state.options.allow, .eval)
        let reply = try await invocation.state.request(
            "eval",
            [
                ("tree", try invocation.tree(expression)),
                ("names", .list((expression?.hostNames ?? []).map(Value.string))),
                ("expand", .int(invocation.count("x") ?? 1)), ("allow", .string(level.rawValue)),
            ], guard: expression)
        let row = TableRow(["value", "type"], [reply["value"] ?? .none, reply["type"] ?? .none])
        return .rows(RowList([row], shape: Shape(columns: invocation.call.command.columns)))
    }
}
