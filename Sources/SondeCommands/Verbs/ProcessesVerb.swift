internal import ArgumentParser
internal import Shell

/// `sonde ps`: the Python processes of this machine.
struct ProcessesVerb: Verb {
    static let configuration = CommandConfiguration(
        commandName: "sonde ps", abstract: "List the Python processes and how they can be attached to.")

    @OptionGroup var options: RunOptions

    func execute() async throws -> ExitStatus {
        let run = ShellRun(options)
        return await run.finish(await run.run("ps") { await $0.run(line: "ps") })
    }
}
