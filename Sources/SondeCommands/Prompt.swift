internal import LineEditor
internal import Shell

/// The prompt: reads lines from the keyboard and runs them until the user leaves.
struct Prompt {
    private let run: ShellRun
    private let editor: LineEditor

    init(_ run: ShellRun) {
        self.run = run
        let history = HistoryFile.ofUser()
        var configuration = LineEditor.Configuration()
        // With the data in a file or a pipe, the prompt still has a place to be seen.
        configuration.output = run.front.output.isTerminal ? 1 : 2
        configuration.history = history
        configuration.completer = { [interpreter = run.interpreter] line, cursor in
            Completions(await interpreter.complete(line: line, cursor: cursor))
        }
        configuration.report = { [front = run.front] in front.report("warning: \($0)\n") }
        editor = LineEditor(configuration)
        run.front.useHistory(history)
        run.attend(editor)
    }

    /// Gets the shell its target and reads commands until the end.
    ///
    /// - Returns: The status to leave with.
    func execute(_ open: Work.Opening) async -> ExitStatus {
        var status = await open(run)
        if status == .done { await runSettings() }
        if status == .done { status = await readLines() }
        status = await run.finish(status)
        editor.close()
        return status
    }

    /// Runs the user's `rc.sonde`, if there is one.
    private func runSettings() async {
        guard let path = Process.configurationDirectory.map({ $0 + "/rc.sonde" }),
            case .success(let text) = await StandardInput.text(of: path)
        else { return }
        _ = await run.run("settings") { await $0.run(script: text, name: path) }
    }

    private func readLines() async -> ExitStatus {
        var text = ""
        while true {
            let prompt = text.isEmpty ? await prompt : "... "
            run.front.showAbove(editor)
            let input = await editor.readLine(prompt: prompt)
            run.front.showAbove(nil)
            switch input {
            case .interrupted: text = ""
            case .endOfInput:
                await sayGoodbye()
                return .done
            case .line(let line):
                text += text.isEmpty ? line : "\n" + line
                if Interpreter.needsMore(text) { continue }
                _ = await run.run("line") { [text] in await $0.run(line: text) }
                text = ""
                if let status = await run.interpreter.exitRequest { return status }
                // The terminal is gone, or what reads our data: there is no one left.
                if run.front.output.end != nil { return .done }
            }
        }
    }

    private func sayGoodbye() async {
        if !run.isLeaving, await run.interpreter.hasProbes() {
            run.front.report("probes are still installed; those of this session end with it\n")
        }
    }

    /// `sonde 4711 shop.py [exec]> `: the target, and what may be done to it when that is more than looking.
    private var prompt: String {
        get async {
            let label = await run.interpreter.sessionLabel
            let level = await run.interpreter.allowLevel
            return Self.text(label: label, level: level, color: run.front.colorsReports)
        }
    }

    /// The longest part of a target's label that is shown, so that room is left for the line.
    private static let labelLimit = 40

    static func text(label: String?, level: Command.AllowLevel, color: Bool) -> String {
        var text = "sonde"
        if let label {
            var visible = ""
            for scalar in label.unicodeScalars {
                switch scalar.properties.generalCategory {
                case .control, .format, .lineSeparator, .paragraphSeparator: visible += "?"
                default: visible.unicodeScalars.append(scalar)
                }
            }
            text += " " + String(visible.prefix(labelLimit)) + (visible.count > labelLimit ? "…" : "")
        }
        if color { text = "\u{1B}[1m\(text)\u{1B}[0m" }
        if level == .exec { text += color ? " \u{1B}[31m[exec]\u{1B}[0m" : " [exec]" }
        return text + "> "
    }
}

extension Completions {
    /// The shell's completions as the line editor wants them.
    init(_ completions: [Completion]) {
        let start = completions.first?.range.lowerBound ?? 0
        self.init(
            start: start,
            candidates: completions.filter { $0.range.lowerBound == start }
                .map { Candidate($0.text, isFinished: $0.endsWord) })
    }
}
