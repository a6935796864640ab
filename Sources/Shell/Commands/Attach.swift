internal import AgentProtocol
internal import Sessions

/// `attach`: opens a session with a target.
enum Attach {
    static let command: Command = Command(
        "attach", group: .shell, summary: "open a session with a target",
        discussion: """
            TARGET is a pid, a part of a command line that fits one process, unix:PATH, or HOST:PORT. An agent that is \
            there already is used, whatever the way in.

            --via takes one way in and no other: remote-exec (CPython 3.14 and later) or ptrace, which are tried in this \
            order without it, or gdb (14 or later on processors with AMX), a last resort that only gets in while the main \
            thread is running. --wait waits until there is a Python process with TARGET in its \
            command line, and attaches as soon as its interpreter has started; --timeout then bounds the wait.
            """,
        input: .words([.init("TARGET", isRepeated: true)]),
        options: [
            CommandOption("via", .choice(AttachOptions.Way.allCases.map(\.rawValue)), "the only way in to try"),
            CommandOption("wait", .flag, "wait for the target to appear"),
            CommandOption("timeout", .duration, "by when the agent must have answered"),
        ],
        examples: [
            .init("attach 4711", "a process by its pid"),
            .init("attach gunicorn --via ptrace", "by its command line, in one way only"),
            .init("attach --wait nightly.py --timeout 10m", "one that is still to come"),
        ]
    ) { (invocation) throws(Failure) in
        var options = invocation.state.options.attach
        let timeout = invocation.duration("timeout")
        if let timeout { options.deadline = timeout }
        if let way = invocation.text("via") { options.way = AttachOptions.Way(rawValue: way) }
        if invocation.flag("wait") { options.arrival = .isAwaited(timeout) }
        try await open(TargetName(invocation.words.joined(separator: " ")), options, in: invocation.state)
        return .nothing
    }

    /// Opens a session and makes it the one in use.
    static func open(
        _ target: TargetName, _ options: AttachOptions, in state: ShellState
    ) async throws(Failure) {
        let sessions = state.sessions
        var wait = "the target to let the agent in"
        if case .isAwaited = options.arrival, case .text(let text) = target {
            wait = "a Python process with “\(text)” in its command line"
        }
        let session: any Session
        do {
            session = try await state.waiting(for: wait) { () async throws(SessionError) -> any Session in
                try await sessions.open(target, options: options)
            }
        } catch {
            guard case .isAwaited = options.arrival, error.kind == .timedOut, error.hint == nil else { throw error }
            throw Failure(error.kind, error.message, hint: "it was waiting for \(wait)", details: error.details)
        }
        state.add(session)
        state.notice("attached to \(session.label) (Python \(session.hello.python), agent \(session.hello.agent))")
        if state.options.isVerbose { state.notice(story(of: session, options)) }
    }

    /// How the agent got there.
    private static func story(of session: any Session, _ options: AttachOptions) -> String {
        if let entry = session.entry {
            let use =
                entry.away == .zero
                ? "no thread was stopped"
                : "a thread stood still for \(milliseconds(entry.standing)) ms and was away from its own work for "
                    + "\(milliseconds(entry.away)) ms"
            return "the agent was brought in by \(entry.way.rawValue)\(entry.isCompiled ? ", compiled" : ""): \(use)"
        }
        let unused = options.way.map { ", so nothing was done by \($0.rawValue)" } ?? ""
        return "the agent was there already\(unused)"
    }

    private static func milliseconds(_ duration: Duration) -> Double {
        (duration / .microseconds(10)).rounded() / 100
    }
}
