internal import LineEditor
internal import Shell

/// What a shell does with its target: commands, a script, or what the keyboard says.
struct Work: Sendable {
    /// Commands of the command line.
    let commands: String?
    /// A script's file; `-` is standard input.
    let script: String?
    /// The values of the script's parameters.
    let arguments: [String]

    /// Gets the shell its target.
    typealias Opening = @Sendable (ShellRun) async -> ExitStatus

    /// Does it.
    ///
    /// - Parameters:
    ///   - run: The shell.
    ///   - open: Gets it its target, once all that is to be run is known to be right: a typo touches no target.
    /// - Returns: The status to leave with.
    func execute(_ run: ShellRun, _ open: Opening) async -> ExitStatus {
        if isPrompt { return await Prompt(run).execute(open) }
        return await run.finish(await batch(run, open))
    }

    /// Whether the commands come from the keyboard.
    private var isPrompt: Bool { commands == nil && script == nil && Terminal.isTerminal(0) }

    /// Whether they come from standard input.
    var readsInput: Bool { script == "-" || (commands == nil && script == nil) }

    private func batch(_ run: ShellRun, _ open: Opening) async -> ExitStatus {
        if let commands {
            let checked = await run.interpreter.check(line: commands)
            guard checked == .done else { return checked }
            return await opened(run, open) { await $0.run(line: commands) }
        }
        let path = script ?? "-"
        let text: String
        switch path == "-" ? await StandardInput.text() : await StandardInput.text(of: path) {
        case .success(let read): text = read
        case .failure(let error):
            run.front.report("error: \(error.message)\n")
            return .usage
        }
        let name = path == "-" ? "standard input" : path
        let checked = await run.interpreter.check(script: text, name: name, arguments: arguments)
        guard checked == .done else { return checked }
        return await opened(run, open) { await $0.run(script: text, name: name, arguments: arguments) }
    }

    private func opened(
        _ run: ShellRun, _ open: Opening, _ body: (Interpreter) async -> ExitStatus
    ) async -> ExitStatus {
        let status = await open(run)
        guard status == .done else { return status }
        let result = await run.run("commands", body)
        return await run.interpreter.exitRequest ?? result
    }
}
