internal import SafeExpression

/// `memory`: what a target takes, the objects in it, and who holds them.
enum Memory {
    private static let views = ["totals", "diff", "garbage", "tracemalloc"]

    private static let typeColumns = [
        Column("type", .text, "the type"), Column("count", .number, "how many objects of it there are"),
        Column("size", .bytes, "their bytes, without what they refer to"),
    ]
    private static let growthColumns = [
        Column("more", .number, "how many more there are than before"),
        Column("grown", .bytes, "how many bytes more than before"),
    ]

    static let command: Command = Command(
        "memory", group: .diagnosis,
        summary: "show what the target takes: objects by type, growth, holders, allocations",
        discussion: """
            Without a word: the objects that the garbage collector tracks, by type. memory totals: the process and the
            interpreter as a whole. memory diff [NAME]: what has grown; the first time it marks, then it compares, or
            with --for it does both. memory garbage: what could not be freed. memory tracemalloc start|stop|top: where
            memory was allocated; it slows every allocation of the target down, needs --allow exec, and ends with the
            session. --referrers shows who holds an object, and with --depth who holds those.
            The heap is listed in one step in which the target stands still; a step that would take longer than --pause
            is refused.
            """,
        input: .words([
            .init("VIEW", isOptional: true, completion: .choice(views)),
            .init("WHICH", isOptional: true, completion: .choice(["start", "stop", "top"])),
        ]),
        options: [
            CommandOption("n", alias: "limit", .count, default: "20", "at most N rows"),
            CommandOption(
                "by", .choice(["size", "count", "line", "file"]), "what types are sorted by, or allocations grouped by"),
            CommandOption("mark", .text, "keep this count under a name, for memory diff NAME"),
            CommandOption("for", .duration, "diff: mark, wait this long, compare"),
            CommandOption("pause", .duration, default: "100ms", "how long the target may stand still at once"),
            CommandOption("depth", .count, default: "1", "how many levels of holders are shown"),
            CommandOption("frames", .count, default: "1", "tracemalloc start: how many frames are kept"),
            CommandOption("referrers", .expression, "who holds the object"),
        ],
        examples: [
            .init("memory -n 5", "the types that take most"),
            .init("memory diff --for 10s | where more > 100", "what piles up in ten seconds"),
            .init("memory --depth 2 --referrers shop.PRICE_CACHE", "who holds an object, and who holds those"),
            .init(
                "memory tracemalloc start; wait 1s; memory tracemalloc top -n 5",
                "where what a second leaves behind was allocated"),
        ],
        columns: typeColumns + growthColumns, hasOpenColumns: true, validate: validate
    ) { (invocation) throws(Failure) in
        if let expression = invocation.expression("referrers") {
            return .rows(try await MemoryReferrers.rows(invocation, expression))
        }
        return switch invocation.words.first {
        case "totals": .rows(try await MemoryTotals.rows(invocation))
        case "garbage": .rows(try await MemoryTotals.garbage(invocation))
        case "tracemalloc": try await MemoryTracing.run(invocation)
        case "diff": .rows(try await growth(invocation))
        default: .rows(try await objects(invocation))
        }
    }

    private static func validate(_ call: CommandCall) throws(Failure) {
        let view = call.words.first?.literal
        if let view, !views.contains(view) {
            throw Failure(
                .usage, "memory has no view '\(view)'",
                hint: [didYouMean(view, among: views), "choose from \(views.joined(separator: ", "))"]
                    .compactMap { $0 }.joined(separator: " "))
        }
        if view == "tracemalloc" {
            guard call.words.count == 2, ["start", "stop", "top"].contains(call.words[1].literal ?? "top") else {
                throw Failure(.usage, "tracemalloc needs start, stop or top")
            }
        } else if call.words.count > 1, view != "diff" {
            throw Failure(.usage, "memory \(view ?? "") takes no more words", hint: "usage: \(call.command.usage)")
        }
        for (option, wanted) in [("for", "diff"), ("frames", "tracemalloc")]
        where call.use(of: option) != nil && view != wanted && !call.words.contains(where: { $0.literal == nil }) {
            throw Failure(.usage, "--\(option) is for memory \(wanted)")
        }
    }

    /// The parameters that every walk over the heap has.
    static func bounds(_ invocation: Invocation) -> [(String, Value)] {
        [
            ("limit", .int(invocation.count("n") ?? 20)),
            ("pause_ms", .float((invocation.duration("pause") ?? .milliseconds(100)).seconds * 1000)),
        ]
    }

    // MARK: Types

    private static func census(
        _ invocation: Invocation, _ parameters: [(String, Value)] = []
    ) async throws(Failure) -> Value {
        let by = invocation.text("by") ?? "size"
        guard by == "size" || by == "count" else { throw Failure(.usage, "types are sorted by size or count") }
        return try await invocation.state.request("memory", bounds(invocation) + [("by", .string(by))] + parameters)
    }

    private static func objects(_ invocation: Invocation) async throws(Failure) -> any RowSource {
        let mark = invocation.text("mark")
        let reply = try await census(invocation, mark.map { [("mark", .string($0))] } ?? [])
        report(reply, in: invocation.state)
        if let mark { invocation.state.notice("marked '\(safe(mark))'; memory diff \(safe(mark)) compares with it") }
        return RowList(dicts: reply["rows"]?.asList ?? [], columns: typeColumns)
    }

    private static func growth(_ invocation: Invocation) async throws(Failure) -> any RowSource {
        let state = invocation.state
        // Names with a blank are never written in a command, so the marks do not meet.
        let name = invocation.words.count > 1 ? invocation.words[1] : "the last"
        if let time = invocation.duration("for") {
            _ = try await census(invocation, [("mark", .string(name))])
            try await state.cancellation.sleep(time)
        }
        var parameters: [(String, Value)] = [("since", .string(name))]
        if let mark = invocation.text("mark") { parameters.append(("mark", .string(mark))) }
        let reply = try await census(invocation, parameters)
        guard let seconds = reply["seconds"]?.asDouble else {
            state.notice("marked; the next memory diff compares with now")
            return RowList([], shape: Shape(columns: typeColumns + growthColumns))
        }
        let grown = reply["rss_grown"]?.asInt.map { ", rss \($0 < 0 ? "" : "+")\(CellText.bytes($0))" } ?? ""
        state.notice("over \(CellText.decimals(seconds, 1)) s\(grown)")
        report(reply, in: state)
        return RowList(dicts: reply["rows"]?.asList ?? [], columns: typeColumns + growthColumns)
    }

    /// Says what the types are a part of, and what the listing cost.
    private static func report(_ reply: Value, in state: ShellState) {
        let totals = reply["totals"] ?? .none
        let sizes = ["rss", "peak", "pss"].compactMap { name in
            totals[name]?.asInt.map { "\(name) \(CellText.bytes($0))" }
        }
        state.notice(
            (sizes + ["\(reply["seen"]?.str ?? "?") objects of \(reply["types"]?.str ?? "?") types"])
                .joined(separator: ", ")
                + "; listing them held the target for \(CellText.decimals(reply["held_ms"]?.asDouble ?? 0, 1)) ms")
        if let left = reply["left"]?.asInt, left > 0 {
            state.notice("memory: the time was up before \(left) objects more were counted; --timeout gives more")
        }
    }
}
