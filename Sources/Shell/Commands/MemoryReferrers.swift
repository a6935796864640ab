internal import SafeExpression

/// `memory --referrers`: who holds an object.
enum MemoryReferrers {
    private static let columns = [
        Column("level", .number, "1 holds the object, 2 holds one of those, ..."),
        Column("way", .text, "how it holds it, such as key 'x'"), Column("holder", .text, "who holds it"),
        Column("type", .text, "the holder's type"), Column("id", .number, "the holder's address"),
        Column("of", .number, "the address of what it holds"),
    ]

    static func rows(_ invocation: Invocation, _ expression: BoundExpression) async throws(Failure) -> any RowSource {
        let state = invocation.state
        let reply = try await state.request(
            "referrers",
            Memory.bounds(invocation) + [
                ("tree", try invocation.tree(expression)), ("depth", .int(invocation.count("depth") ?? 1)),
                ("allow", .string(min(state.options.allow, .eval).rawValue)),
            ], guard: expression)
        if reply["cut"]?.asBool == true {
            state.notice("memory: stopped at \(invocation.count("n") ?? 20); -n gives more")
        }
        return RowList(dicts: reply["rows"]?.asList ?? [], columns: columns)
    }
}
