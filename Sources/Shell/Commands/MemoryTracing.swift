internal import SafeExpression

/// `memory tracemalloc`: where memory was allocated.
enum MemoryTracing {
    private static let columns = [
        Column("size", .bytes, "bytes that are still in use"), Column("count", .number, "how many allocations"),
        Column("grown", .bytes, "bytes more than at the last top"), Column("file", .path, "the file"),
        Column("line", .number, "the line"), Column("code", .text, "its text"),
    ]

    static func run(_ invocation: Invocation) async throws(Failure) -> CommandResult {
        let state = invocation.state
        let action = invocation.words[1]
        var parameters: [(String, Value)] = [
            ("action", .string(action)), ("allow", .string(state.options.allow.rawValue)),
        ]
        switch action {
        case "start":
            parameters.append(("frames", .int(invocation.count("frames") ?? 1)))
            _ = try await state.request("tracemalloc", parameters)
            state.notice(
                "tracing: every allocation of the target takes longer until tracemalloc stop, or this session's end")
            return .nothing
        case "stop":
            let reply = try await state.request("tracemalloc", parameters)
            let goesOn = reply["tracing"]?.asBool == true
            state.notice(goesOn ? "another session still traces" : "tracing has ended")
            return .nothing
        default:
            parameters += Memory.bounds(invocation)
            if let by = invocation.text("by") {
                guard by == "line" || by == "file" else {
                    throw Failure(.usage, "allocations are grouped by line or file")
                }
                parameters.append(("by", .string(by)))
            }
            let reply = try await state.request("tracemalloc", parameters)
            let sizes = [("traced", "traced"), ("traced_peak", "at most"), ("overhead", "for the tracing itself")]
                .compactMap { key, name in reply[key]?.asInt.map { "\(CellText.bytes($0)) \(name)" } }
            state.notice("\(sizes.joined(separator: ", ")); \(reply["places"]?.str ?? "?") places")
            return .rows(RowList(dicts: reply["rows"]?.asList ?? [], columns: columns))
        }
    }
}
