internal import SafeExpression

/// `stack`: who calls a function, or where threads are now.
enum Stack {
    static let stackColumn = Column("stack", .lines, "the frames, innermost first")

    static let command: Command = Command(
        "stack", group: .diagnosis, summary: "show who calls a function, or where threads are now",
        discussion: """
            With a PATTERN, each call is shown with the stack that led to it, innermost first. With --thread or --all,
            the frames of threads as they are now, one row a frame. A target that does not answer, because a thread keeps
            the interpreter's lock or all wait for each other, is read from outside, its memory only; --outside does so at
            once, and --of for any process, without a session. Thread names are then the system's, and functions are
            without their modules.
            """,
        input: .words([.init("PATTERN", isOptional: true, completion: .pattern)]),
        options: ObservationColumns.options + StackNow.options,
        examples: [
            .init("stack shop:Bank.charge -n 1", "who calls it"),
            .init("stack --all | where \"queue\" in file", "where all threads are, those in one file"),
            .init("stack --of 4711", "where the threads of a process are that may be stuck"),
        ],
        columns: ObservationColumns.all.filter { $0.name != "result" && $0.name != "error" && $0.name != "cost" } + [
            stackColumn
        ],
        hasOpenColumns: true, streaming: ObservationColumns.streaming, takesGuard: true,
        validate: validate
    ) { (invocation) throws(Failure) in
        guard StackNow.isMeant(by: invocation.call) else {
            return .rows(
                try await ObservationSource.start(
                    "stack", try ObservationColumns.parameters(invocation), for: invocation.call,
                    in: invocation.state))
        }
        return .rows(try await StackNow.rows(invocation))
    }

    private static func validate(_ call: CommandCall) throws(Failure) {
        guard StackNow.isMeant(by: call) == call.words.isEmpty else {
            throw Failure(
                .usage, "stack needs a PATTERN, or --thread ID, or --all", hint: "usage: \(call.command.usage)")
        }
    }
}
