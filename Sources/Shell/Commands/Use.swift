internal import Sessions

/// `use`: changes the session in use.
enum Use {
    static let command: Command = Command(
        "use", group: .shell, summary: "use another of the open sessions",
        input: .words([.init("N")]),
        examples: [.init("use 1", "the first session"), .init("use 2; thread", "the second, and its threads")]
    ) { (invocation) throws(Failure) in
        guard let number = Int(invocation.words[0]) else {
            throw Failure(.usage, "use needs a session's number, not '\(invocation.words[0])'", hint: "see sessions")
        }
        try invocation.state.use(number)
        invocation.state.notice("using \(invocation.state.currentSession?.label ?? "")")
        return .nothing
    }
}
