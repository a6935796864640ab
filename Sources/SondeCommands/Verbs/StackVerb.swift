internal import ArgumentParser
internal import Shell

/// `sonde stack`: where the threads of a process are, read from outside.
struct StackVerb: Verb {
    static let configuration = CommandConfiguration(
        commandName: "sonde stack", abstract: "Show where the threads of a process are, from outside.",
        discussion: """
            Only the process's memory is read: nothing runs in it and nothing stops it, so it may be deadlocked, stopped, or \
            in a call that keeps the interpreter's lock.
            """)

    @OptionGroup var options: RunOptions

    @Argument(help: "A pid or a part of a command line.")
    var target: String

    @Option(help: ArgumentHelp("Only this thread, by Python's id or the system's.", valueName: "id"))
    var thread: String?

    func execute() async throws -> ExitStatus {
        let run = ShellRun(options)
        let line = "stack --of " + Quoting.word(target) + (thread.map { " --thread " + Quoting.word($0) } ?? "")
        return await run.finish(await run.run("stack") { await $0.run(line: line) })
    }
}
