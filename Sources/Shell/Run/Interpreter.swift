public import SafeExpression
public import Sessions
internal import Synchronization

/// The shell: takes lines and scripts, talks to targets through sessions, and gives rows to a front.
///
/// One line or script runs at a time; only `interrupt` may be called meanwhile, from any thread.
public actor Interpreter {
    /// How a shell behaves.
    public struct Options: Sendable {
        /// The format that was asked for; a table unless one was.
        public var format: OutputFormat?
        /// What may be done to a target.
        public var allow: Command.AllowLevel
        /// By when an agent must have answered.
        public var requestTimeout: Duration
        /// How targets are attached to.
        public var attach: AttachOptions
        /// Whether notices are left out; errors and losses are told all the same.
        public var isQuiet: Bool
        /// Whether it is also told how what was done was done.
        public var isVerbose = false
        /// Where `run NAME` looks for `NAME.sonde`.
        public var scriptDirectories: [String]
        /// What the whole of a line or script may take, or nil.
        public var deadline: Duration?

        /// Makes the options.
        public init(
            format: OutputFormat? = nil, allow: Command.AllowLevel = .read, requestTimeout: Duration = .seconds(30),
            attach: AttachOptions = AttachOptions(), isQuiet: Bool = false, scriptDirectories: [String] = [],
            deadline: Duration? = nil
        ) {
            self.format = format
            self.allow = allow
            self.requestTimeout = requestTimeout
            self.attach = attach
            self.isQuiet = isQuiet
            self.scriptDirectories = scriptDirectories
            self.deadline = deadline
        }
    }

    private let state: ShellState
    private let running = Mutex<Cancellation?>(nil)

    /// The status that `exit` asked for, once it has been run.
    public private(set) var exitRequest: ExitStatus?

    /// Makes a shell.
    ///
    /// - Parameters:
    ///   - sessions: the targets that can be reached.
    ///   - front: what stands between the shell and its user.
    ///   - options: how it behaves.
    public init(sessions: any Sessions, front: any Front, options: Options = Options()) {
        state = ShellState(sessions: sessions, front: front, options: options)
        state.runScript = { [state] (source, arguments) throws(Failure) in
            try await ScriptRunner(state: state).runNested(source, arguments)
        }
    }

    // MARK: Running

    /// Runs one line, or several, as typed at the prompt.
    ///
    /// Variables stay for the next line. A stream without an end is allowed, since Ctrl-C ends it.
    public func run(line: String) async -> ExitStatus {
        await run { (runner) throws(Failure) in try await runner.run(SourceText(line), options: Parser.Options()) }
    }

    /// Runs a script: nothing of it when any of it is wrong.
    ///
    /// - Parameters:
    ///   - text: the script.
    ///   - name: what errors call it, such as its file's name.
    ///   - arguments: the values of its parameters, in their order or as `NAME=VALUE`.
    public func run(script text: String, name: String, arguments: [String] = []) async -> ExitStatus {
        await run { (runner) throws(Failure) in
            try await runner.runScript(SourceText(text, name: name), arguments)
        }
    }

    /// Runs stages over rows that the caller gives, such as `where cost > 100 | head 5`.
    ///
    /// - Parameters:
    ///   - stages: the stages, without a bar before the first.
    ///   - rows: gives a row at a time, each a dict or a record, then nil.
    public func run(stages: String, rows: @escaping @Sendable () async -> Value?) async -> ExitStatus {
        state.input = rows
        defer { state.input = { nil } }
        return await run { (runner) throws(Failure) in
            try await runner.run(SourceText(stages), options: Parser.Options(readsInput: true))
        }
    }

    /// Checks a script as it would be before it runs, and reports what is wrong.
    ///
    /// - Parameters:
    ///   - text: the script.
    ///   - name: what errors call it.
    ///   - arguments: the values of its parameters, when they are to be checked too.
    public func check(script text: String, name: String, arguments: [String]? = nil) async -> ExitStatus {
        await run { (runner) throws(Failure) in try runner.check(SourceText(text, name: name), arguments) }
    }

    /// Checks a line as it would be before it runs, and reports what is wrong.
    public func check(line: String) async -> ExitStatus {
        await run { (runner) throws(Failure) in
            _ = try runner.parse(SourceText(line), options: Parser.Options())
        }
    }

    /// Attaches to a target, as `attach` does.
    ///
    /// - Parameters:
    ///   - target: which one.
    ///   - arrival: whether it is there already.
    public func attach(_ target: TargetName, arrival: AttachOptions.Arrival = .isThere) async -> ExitStatus {
        // An attach has the same deadline of its own, at which it tidies up in the target and says what took so long.
        await run(grace: arrival == .isThere ? .seconds(2) : .zero) { (runner) throws(Failure) in
            var options = runner.state.options.attach
            options.arrival = arrival
            try await Attach.open(target, options, in: runner.state)
        }
    }

    /// Stops what runs, from any thread: a stream ends and says what it gave, a wait ends. The shell stays.
    public nonisolated func interrupt() {
        running.withLock { $0 }?.cancel(.interrupted)
    }

    // `grace` is how much longer than its deadline something may take that ends at it by itself.
    private func run(
        grace: Duration = .zero, _ body: (ScriptRunner) async throws(Failure) -> Void
    ) async -> ExitStatus {
        let cancellation = Cancellation()
        running.withLock { $0 = cancellation }
        defer { running.withLock { $0 = nil } }
        var timer: Task<Void, Never>?
        if let deadline = state.options.deadline {
            timer = Task {
                try? await Task.sleep(for: deadline + grace)
                if !Task.isCancelled {
                    cancellation.cancel(Failure(.timedOut, "it took longer than \(deadline.written)"))
                }
            }
        }
        defer { timer?.cancel() }
        state.begin(cancellation)
        var status = ExitStatus.done
        do throws(Failure) {
            try await body(ScriptRunner(state: state, setRunning: { [self] new in running.withLock { $0 = new } }))
        } catch {
            if let exit = error.exitStatus {
                // Never 0 when something failed, also when the script says so.
                status = exit == .done ? state.softStatus : exit
                exitRequest = status
            } else {
                state.report(error)
                status = error.status
            }
        }
        return status == .done ? state.softStatus : status
    }

    // MARK: For the prompt

    /// The session in use, as a prompt shows it, or nil.
    public var sessionLabel: String? { state.currentSession?.label }

    /// What may be done to a target.
    public var allowLevel: Command.AllowLevel { state.options.allow }

    /// Whether probes of these sessions are installed still; false when no agent answers at once.
    public func hasProbes() async -> Bool {
        for open in state.open {
            let session = open.session
            let answer = try? await Cancellation().wait {
                try? await session.request("status", .dict([]), timeout: .seconds(1))
            }
            guard let status = answer ?? nil else { continue }
            // Other shells' probes are theirs.
            let probes = status["probes"]?.asList ?? []
            if probes.contains(where: { $0["session"]?.asInt == status["session"]?.asInt }) { return true }
        }
        return false
    }

    /// Ends all sessions; their probes go with them.
    public func close() async {
        for open in state.open {
            await open.session.close()
            state.remove(open.number)
        }
        await state.sessions.close()
    }

    /// What may stand at a place of a line.
    ///
    /// - Parameters:
    ///   - line: the text so far.
    ///   - cursor: the place, in code points from the beginning.
    public func complete(line: String, cursor: Int) async -> [Completion] {
        await Completer(state: state).complete(line, cursor: cursor)
    }

    /// Whether a text needs another line: an open bracket or quote, or a bar or backslash at its end.
    public nonisolated static func needsMore(_ text: String) -> Bool {
        Continuation.isNeeded(text)
    }
}
