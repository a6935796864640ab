internal import AgentProtocol
internal import Sessions

/// `attach`: opens a session with a target.
enum Attach {
    static let command: Command = Command(
        "attach", group: .shell, summary: "open a session with a target",
        discussion: "TARGET is a pid, a part of a command line that fits one process, unix:PATH, or HOST:PORT.",
        input: .words([.init("TARGET", isRepeated: true)]),
        options: [
            CommandOption("via", .text, "the only way in to try, such as ptrace"),
            CommandOption("timeout", .duration, "by when the agent must have answered"),
        ],
        examples: [
            .init("attach 4711", "a process by its pid"),
            .init("attach gunicorn --via ptrace", "by its command line, in one way only"),
        ]
    ) { (invocation) throws(Failure) in
        var options = invocation.state.options.attach
        if let deadline = invocation.duration("timeout") { options.deadline = deadline }
        if let way = invocation.text("via") { options.way = way }
        try await open(TargetName(invocation.words.joined(separator: " ")), options, in: invocation.state)
        return .nothing
    }

    /// Opens a session and makes it the one in use.
    static func open(
        _ target: TargetName, _ options: AttachOptions? = nil, in state: ShellState
    ) async throws(Failure) {
        let sessions = state.sessions
        let options = options ?? state.options.attach
        let session = try await state.waiting(for: "the target to let the agent in") {
            () async throws(SessionError) -> any Session in
            try await sessions.open(target, options: options)
        }
        state.add(session)
        state.notice("attached to \(session.label) (Python \(session.hello.python), agent \(session.hello.agent))")
    }
}
