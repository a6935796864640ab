internal import Glibc
internal import LineEditor
internal import LocalSessions
internal import Shell
internal import Synchronization

/// One shell on the process' streams, with the signals that end what it does.
final class ShellRun: Sendable {
    let front: StreamFront
    let interpreter: Interpreter
    private let isVerbose: Bool
    private let interrupts = Mutex(Interrupts())

    /// What Ctrl-C does at the moment.
    private struct Interrupts: Sendable {
        /// The line editor of the prompt; nil in a batch run.
        var editor: LineEditor?
        var count = 0
        /// Whether commands are running, which end by themselves.
        var isRunning = false
        /// The status that a signal makes us leave with.
        var leaving: ExitStatus?
    }

    /// How long sessions may take to close when a signal wants us gone, in seconds.
    private static let farewell: UInt32 = 2

    /// - Parameter options: What was asked for.
    convenience init(_ options: RunOptions) {
        self.init(options, options.interpreterOptions(allow: .read))
    }

    /// - Parameter options: What was asked for.
    convenience init(_ options: TargetOptions) {
        self.init(options.run, options.interpreterOptions)
    }

    private init(_ options: RunOptions, _ interpreterOptions: Interpreter.Options) {
        front = StreamFront(color: options.output.color.value)
        interpreter = Interpreter(sessions: LocalSessions(), front: front, options: interpreterOptions)
        isVerbose = options.verbose
        Signals.watch { [self] in handle($0) }
    }

    /// From now on Ctrl-C also gives up the line being typed, and never leaves.
    func attend(_ editor: LineEditor) {
        interrupts.withLock { $0.editor = editor }
    }

    /// Does something that Ctrl-C ends.
    ///
    /// - Parameters:
    ///   - name: What `-v` calls it.
    ///   - body: Runs commands and gives their status.
    func run(_ name: String, _ body: (Interpreter) async -> ExitStatus) async -> ExitStatus {
        interrupts.withLock {
            $0.isRunning = true
            $0.count = 0
        }
        let start = ContinuousClock.now
        let status = await body(interpreter)
        interrupts.withLock { $0.isRunning = false }
        if isVerbose {
            let took = ((ContinuousClock.now - start) / .microseconds(100)).rounded() / 10
            front.report("\(name): \(took) ms, status \(status.rawValue)\n")
        }
        return status
    }

    /// Closes the sessions and gives the status to leave with.
    func finish(_ status: ExitStatus) async -> ExitStatus {
        await interpreter.close()
        if let leaving = interrupts.withLock({ $0.leaving }) { return leaving }
        switch front.output.end {
        case nil: return status
        // The reader may have what it wanted, but what was asked for did not come to its end.
        case .closed: front.errors.write("error: the output was closed by its reader\n")
        case .failed(let reason): front.errors.write("error: cannot write the output: \(reason)\n")
        }
        return status == .done ? .failed : status
    }

    /// Whether a signal makes us leave.
    var isLeaving: Bool { interrupts.withLock { $0.leaving } != nil }

    // MARK: Signals

    private func handle(_ signal: Int32) {
        let editor = interrupts.withLock { $0.editor }
        switch signal {
        case SIGINT: interrupt()
        case SIGWINCH, SIGCONT: editor?.terminalChanged()
        default: leave(ExitStatus(rawValue: 128 + signal))
        }
    }

    private func interrupt() {
        let (editor, isLast) = interrupts.withLock { interrupts in
            interrupts.count += 1
            return (interrupts.editor, !interrupts.isRunning || interrupts.count > 1)
        }
        interpreter.interrupt()
        if let editor {
            editor.interrupt()
        } else if isLast {
            leave(.interrupted)
        }
    }

    /// Ends what runs, closes the sessions and leaves, without waiting for an agent that does not answer.
    private func leave(_ status: ExitStatus) {
        let editor = interrupts.withLock { interrupts in
            interrupts.leaving = interrupts.leaving ?? status
            return interrupts.editor
        }
        interpreter.interrupt()
        editor?.close()
        // A thread, since every task may be held up by a reader that does not read.
        detachThread {
            sleep(Self.farewell)
            Process.leave(status)
        }
        Task { [interpreter] in
            await interpreter.close()
            Process.leave(status)
        }
    }
}
