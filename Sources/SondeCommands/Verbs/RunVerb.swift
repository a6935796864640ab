internal import ArgumentParser
internal import Shell

/// `sonde run`: runs a saved script, by its name or its file.
struct RunVerb: Verb {
    static let configuration = CommandConfiguration(
        commandName: "sonde run", abstract: "Run a saved script, by its name or its file.")

    @OptionGroup var options: TargetOptions

    @Argument(help: "A file, or the name of a script in the configuration's scripts folder.")
    var script: String

    @Argument(help: "Values of the script's parameters, in order or as NAME=VALUE.")
    var arguments: [String] = []

    func execute() async throws -> ExitStatus {
        let run = ShellRun(options)
        let line = (["run"] + ([script] + arguments).map(Quoting.word)).joined(separator: " ")
        let status = await run.run("run") { await $0.run(line: line) }
        return await run.finish(await run.interpreter.exitRequest ?? status)
    }
}
