internal import SafeExpression

/// `inspect`: an object and its attributes, or the live instances of a class.
enum Inspect {
    private static let attributeColumns = [
        Column("name", .text, "the attribute's name, the item's key or index"),
        Column("kind", .text, "attribute, slot, class attribute, property, item, ..."),
        Column("type", .text, "the value's type"), Column("value", .value, width: 40, "the value"),
        Column("owner", .text, "the class that has it, when that is not the object itself"),
    ]
    private static let instanceColumns = [
        Column("id", .number, "its address"), Column("type", .text, "its class"),
        Column("size", .bytes, "its bytes, without what it refers to"),
        Column("value", .value, width: 40, "the object"),
    ]

    static let command: Command = Command(
        "inspect", group: .diagnosis,
        summary: "show an object's attributes, or the live instances of a class",
        discussion: """
            EXPR is as for eval. Nothing of the object runs: properties are named, not read, unless sonde was started
            with --allow eval. With --instances, the objects of a class that the garbage collector knows; --where is
            over self and the object's attributes by name, such as --where total > 100.
            """,
        input: .expression(placeholder: "EXPR", isOptional: true),
        options: [
            CommandOption("x", alias: "expand", .count, default: "1", "how deep values are captured"),
            CommandOption("n", alias: "limit", .count, default: "100", "at most N rows"),
            CommandOption("a", alias: "all", .flag, "methods too, and what Python itself puts there"),
            CommandOption("instances", .text, "the live instances of this class, by its full name"),
            CommandOption("subclasses", .flag, "of its subclasses, too"),
            CommandOption(
                "pause", .duration, default: "100ms", "how long the target may stand still while objects are listed"),
            CommandOption("where", .expression, "only instances for which it is true"),
        ],
        examples: [
            .init("inspect -x 2 shop.PRICE_CACHE", "an object's attributes, and theirs"),
            .init("inspect --instances shop.Cart -n 5 --where len(lines) > 2", "carts of a kind"),
        ],
        columns: attributeColumns, hasOpenColumns: true, validate: validate
    ) { (invocation) throws(Failure) in
        if let name = invocation.text("instances") { return .rows(try await instances(of: name, invocation)) }
        return .rows(try await attributes(invocation))
    }

    private static func validate(_ call: CommandCall) throws(Failure) {
        let isAboutClass = call.use(of: "instances") != nil
        guard isAboutClass == (call.expression == nil) else {
            throw Failure(.usage, "inspect needs an EXPR, or --instances CLASS", hint: "usage: \(call.command.usage)")
        }
        for option in ["where", "subclasses"] where call.use(of: option) != nil && !isAboutClass {
            throw Failure(.usage, "--\(option) is for --instances")
        }
    }

    private static func parameters(_ invocation: Invocation, _ tree: BoundExpression?) throws(Failure) -> [(
        String, Value
    )] {
        [
            ("tree", try invocation.tree(tree)), ("expand", .int(invocation.count("x") ?? 1)),
            ("limit", .int(invocation.count("n") ?? 100)),
            ("allow", .string(min(invocation.state.options.allow, .eval).rawValue)),
        ]
    }

    private static func attributes(_ invocation: Invocation) async throws(Failure) -> any RowSource {
        let expression = invocation.call.expression
        let reply = try await invocation.state.request(
            "inspect", try parameters(invocation, expression) + [("members", .bool(invocation.flag("a")))],
            guard: expression)
        let rows = reply["rows"]?.asList ?? []
        let bases = (reply["mro"]?.asList ?? []).map(\.str).joined(separator: " < ")
        let object = reply["text"]?.asString ?? "a \(reply["type"]?.str ?? "?")"
        invocation.state.notice(
            "\(object): \(bases), \(CellText.bytes(reply["size"]?.asInt ?? 0)), id \(reply["id"]?.str ?? "?")")
        if let total = reply["total"]?.asInt, total > rows.count {
            invocation.state.notice("inspect: \(rows.count) of \(total); -n gives more")
        }
        return RowList(dicts: rows, columns: attributeColumns)
    }

    private static func instances(of name: String, _ invocation: Invocation) async throws(Failure) -> any RowSource {
        let state = invocation.state
        let condition = invocation.expression("where")
        let reply = try await state.request(
            "instances",
            try parameters(invocation, condition) + [
                ("class", .string(name)), ("subclasses", .bool(invocation.flag("subclasses"))),
                ("pause_ms", .float((invocation.duration("pause") ?? .milliseconds(100)).seconds * 1000)),
            ], guard: condition)
        let rows = reply["rows"]?.asList ?? []
        let matched = reply["matched"]?.asInt ?? rows.count
        let held = CellText.decimals(reply["held_ms"]?.asDouble ?? 0, 1)
        state.notice(
            "\(ObservationSource.count(reply["total"]?.asInt ?? 0, "instance"))"
                + (condition == nil ? "" : ", it is true for \(matched)")
                + (matched > rows.count ? ", \(rows.count) shown; -n gives more" : "")
                + "; listing the heap held the target for \(held) ms")
        if let left = reply["left"]?.asInt, left > 0 {
            state.notice("inspect: the time was up before \(left) objects more were looked at; --timeout gives more")
        }
        if let errors = reply["errors"]?.asInt, errors > 0, let first = reply["error"], let condition {
            var failure = Failure(
                .failed, "\(first["kind"]?.str ?? ""): \(first["message"]?.str ?? "")",
                hint: "so it was for \(ObservationSource.count(errors, "instance"))")
            if let start = first["start"]?.asInt, let end = first["end"]?.asInt, start <= end {
                failure.place = condition.place(of: start..<end)
            }
            state.report(failure, label: "warning")
        }
        return RowList(dicts: rows, columns: instanceColumns)
    }
}
