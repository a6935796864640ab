internal import ArgumentParser
internal import LineEditor
internal import Sessions
internal import Shell
internal import Synchronization

/// `sonde launch`: starts a program and puts the agent into it, then does what is asked for.
struct LaunchVerb: Verb {
    static let configuration = CommandConfiguration(
        commandName: "sonde launch", abstract: "Start a Python program and put the agent into it.",
        usage: "sonde launch [-c COMMANDS | -f SCRIPT [ARG...]] [options] -- PROGRAM [ARG...]",
        discussion: """
            PROGRAM is started as it is, such as 'python app.py', 'python -m module' or a script: its arguments, \
            environment and modules are what they would be without Sonde. The agent comes in as soon as the interpreter \
            is ready; the program is not held for it, and its first lines may have run by then.

            The program has this shell's standard output and error. It also has its standard input, unless that is a \
            terminal or holds the commands; then it reads nothing. It runs in a process group of its own: Ctrl-C stops \
            the running command, never the program. When it ends, its exit status is told. When the shell ends first, \
            the program goes on.
            """)

    @Option(name: .short, parsing: .unconditional, help: ArgumentHelp("Run these commands.", valueName: "commands"))
    var commands: String?

    @Option(
        name: [.customShort("f"), .customLong("file")], parsing: .unconditional,
        help: ArgumentHelp("Run a script; - is standard input.", valueName: "script"))
    var script: String?

    @OptionGroup var options: TargetOptions

    @Argument(help: ArgumentHelp("Values of the script's parameters.", valueName: "arg"))
    var arguments: [String] = []

    /// The program and its arguments.
    private(set) var program: [String] = []

    private enum CodingKeys: CodingKey {
        case commands, script, options, arguments
    }

    /// Parses what stands before `--`; what stands behind is the program's own.
    static func parseVerb(_ arguments: [String]) throws -> any Verb {
        let place = arguments.firstIndex(of: "--") ?? arguments.endIndex
        var verb = try parse(Array(arguments[..<place]))
        verb.program = Array(arguments[place...].dropFirst())
        if verb.program.first?.isEmpty ?? true {
            throw ValidationError("The program to start is missing: it stands behind --.")
        }
        return verb
    }

    mutating func validate() throws {
        if commands != nil, script != nil { throw ValidationError("-c and -f exclude each other.") }
        if script == nil, let word = arguments.first {
            throw ValidationError("Unexpected argument '\(word)': the program stands behind --.")
        }
    }

    func execute() async throws -> ExitStatus {
        let run = ShellRun(options)
        let work = Work(commands: commands, script: script, arguments: arguments)
        let launch = Launch(run, isQuiet: options.run.output.quiet)
        let hasInput = !work.readsInput && !Terminal.isTerminal(0)
        return await work.execute(run) { [program] run in
            guard let pid = launch.start(program, hasInput: hasInput) else { return .noTarget }
            let status = await run.run("attach") { await $0.attach(.pid(pid), arrival: .isAwaited(nil)) }
            if status != .done { await launch.tellWhatGoesOn() }
            return status
        }
    }
}

/// The program of `sonde launch`, and what is told of it.
private final class Launch: Sendable {
    private let run: ShellRun
    private let isQuiet: Bool
    private let state = Mutex<(pid: Int32, hasEnded: Bool)?>(nil)

    init(_ run: ShellRun, isQuiet: Bool) {
        self.run = run
        self.isQuiet = isQuiet
    }

    /// Starts it, and tells its end when that comes.
    ///
    /// - Returns: The process, or nil when it could not be started, which was told.
    func start(_ words: [String], hasInput: Bool) -> Int32? {
        let program: Program
        do {
            program = try Program(words, hasInput: hasInput)
        } catch {
            run.front.report("error: \(error.message)\n")
            return nil
        }
        state.withLock { $0 = (program.pid, false) }
        Task { [self] in
            let end = await program.end()
            state.withLock { $0?.hasEnded = true }
            if !isQuiet { run.front.report("process \(program.pid) \(end.text)\n") }
        }
        return program.pid
    }

    /// What we started and could not get into is still there: that must not be overlooked.
    func tellWhatGoesOn() async {
        // One that has just ended is about to be told.
        try? await Task.sleep(for: .milliseconds(50))
        if let (pid, hasEnded) = state.withLock({ $0 }), !hasEnded, !isQuiet {
            run.front.report("process \(pid) goes on without an agent\n")
        }
    }
}
