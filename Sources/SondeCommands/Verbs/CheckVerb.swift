internal import ArgumentParser
internal import Shell

/// `sonde check`: parses a script and its expressions without running it.
struct CheckVerb: Verb {
    static let configuration = CommandConfiguration(
        commandName: "sonde check", abstract: "Check a script and its expressions without running it.")

    @OptionGroup var options: RunOptions

    @Argument(help: "The script; - is standard input.")
    var script: String

    func execute() async throws -> ExitStatus {
        let run = ShellRun(options)
        switch script == "-" ? await StandardInput.text() : await StandardInput.text(of: script) {
        case .failure(let error):
            run.front.report("error: \(error.message)\n")
            return .usage
        case .success(let text):
            let name = script == "-" ? "standard input" : script
            return await run.finish(await run.run("check") { await $0.check(script: text, name: name) })
        }
    }
}
