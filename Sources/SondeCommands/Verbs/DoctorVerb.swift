internal import ArgumentParser
internal import Shell

/// `sonde doctor`: what stands in the way of attaching.
struct DoctorVerb: Verb {
    static let configuration = CommandConfiguration(
        commandName: "sonde doctor", abstract: "Say what stands in the way of attaching, and what mends it.")

    @OptionGroup var options: RunOptions

    @Argument(help: "A pid or a part of a command line; without one, this machine and user.")
    var target: String?

    func execute() async throws -> ExitStatus {
        let run = ShellRun(options)
        let line = "doctor" + (target.map { " " + Quoting.word($0) } ?? "")
        return await run.finish(await run.run("doctor") { await $0.run(line: line) })
    }
}
