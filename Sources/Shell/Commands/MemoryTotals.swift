internal import SafeExpression

/// `memory totals` and `memory garbage`.
enum MemoryTotals {
    private static let columns = [
        Column("rss", .bytes, "resident bytes"), Column("pss", .bytes, "resident bytes, shared ones by share"),
        Column("peak", .bytes, "the most that was resident"), Column("virtual", .bytes, "bytes of address space"),
        Column("swap", .bytes, "bytes swapped out"), Column("blocks", .number, "blocks of Python's allocator"),
        Column("traced", .bytes, "bytes that are traced"), Column("gc_enabled", .text, "whether it collects"),
        Column("gc_collections", .number, "collections so far"),
        Column("gc_collected", .number, "objects collected so far"),
        Column("gc_uncollectable", .number, "objects that could not be"),
        Column("garbage", .number, "objects in gc.garbage"),
    ]

    private static let garbageColumns = [
        Column("type", .text, "the type"), Column("id", .number, "its address"),
        Column("object", .text, "the object in a few words"),
    ]

    /// One row of totals.
    static func rows(_ invocation: Invocation) async throws(Failure) -> any RowSource {
        let reply = try await invocation.state.request("memory", [("totals", .bool(true))])
        return RowList(dicts: [reply["totals"] ?? .none], columns: columns)
    }

    /// What the collector could not free.
    static func garbage(_ invocation: Invocation) async throws(Failure) -> any RowSource {
        let reply = try await invocation.state.request("garbage", [("limit", .int(invocation.count("n") ?? 20))])
        let thresholds = (reply["threshold"]?.asList ?? []).map(\.str).joined(separator: ", ")
        invocation.state.notice(
            "gc is \(reply["enabled"]?.asBool == false ? "off" : "on"), thresholds \(thresholds); "
                + "\(ObservationSource.count(reply["total"]?.asInt ?? 0, "object")) in gc.garbage")
        return RowList(dicts: reply["rows"]?.asList ?? [], columns: garbageColumns)
    }
}
