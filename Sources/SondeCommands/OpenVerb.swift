internal import ArgumentParser
internal import Sessions
internal import Shell

/// `sonde [TARGET]`: runs commands or a script on a target, or gives a prompt.
struct OpenVerb: Verb {
    static let configuration = CommandConfiguration(
        commandName: "sonde",
        abstract: "Look inside a running Python process.",
        usage: """
            sonde [TARGET] [-c COMMANDS | -f SCRIPT [ARG...]] [options]
            sonde VERB [options]
            """,
        discussion: """
            TARGET is a pid, a part of a command line that fits one process, unix:PATH or HOST:PORT; without one, \
            'attach' does it later. --wait waits for it to appear, and --timeout then bounds the wait. Without -c and -f, commands come from the keyboard, or as a script from standard \
            input when that is no terminal.

            VERBS:
            \(verbList)

            'sonde VERB --help' tells more of a verb, 'help' at the prompt of the commands.

            EXIT STATUS: 0 done, 1 a command failed, 2 usage or parse error, 3 target missing or connection lost, \
            4 not permitted, 5 an expectation failed, 124 timed out, 130 interrupted.
            """,
        version: "sonde \(Version.current)")

    @Option(name: .short, parsing: .unconditional, help: ArgumentHelp("Run these commands.", valueName: "commands"))
    var commands: String?

    @Option(
        name: [.customShort("f"), .customLong("file")], parsing: .unconditional,
        help: ArgumentHelp("Run a script; - is standard input.", valueName: "script"))
    var script: String?

    @OptionGroup var options: TargetOptions

    @Flag(help: "Wait until there is a Python process with TARGET in its command line.")
    var wait = false

    @Argument(help: ArgumentHelp("The target, and behind -f the script's arguments.", valueName: "word"))
    var words: [String] = []

    /// How many of the words stand before `-f`; nil without it.
    private var wordsBeforeScript: Int?

    private enum CodingKeys: CodingKey {
        case commands, script, options, wait, words
    }

    /// The verbs, for the help.
    private static var verbList: String {
        CommandLineParser.verbs.map { verb in
            let name = verb.word ?? ""
            return "  \(name)\(String(repeating: " ", count: max(1, 10 - name.count)))\(verb.configuration.abstract)"
        }.joined(separator: "\n")
    }

    /// Parses a command line, in which a word is the target before `-f` and an argument of the script behind it.
    static func parse(ordered arguments: [String]) throws -> OpenVerb {
        var verb = try parse(arguments)
        guard verb.script != nil, let place = scriptPlace(arguments) else { return verb }
        // What stands before is a command line of its own.
        verb.wordsBeforeScript = try parse(Array(arguments[..<place])).words.count
        try verb.validate()
        return verb
    }

    /// Where `-f` stands. Options that take a value hide what follows them.
    private static func scriptPlace(_ arguments: [String]) -> Int? {
        var index = 0
        while index < arguments.count {
            let argument = arguments[index]
            if argument == "--" { return nil }
            if argument == "-f" || argument == "--file" || argument.hasPrefix("--file=") { return index }
            index += ["-c", "-o", "--format", "--allow", "--via", "--timeout", "--color"].contains(argument) ? 2 : 1
        }
        return nil
    }

    var target: String? { (wordsBeforeScript ?? words.count) == 0 ? nil : words.first }
    /// Without a limit of its own: `--timeout` bounds whatever is run.
    private var arrival: AttachOptions.Arrival { wait ? .isAwaited(nil) : .isThere }
    var scriptArguments: [String] { Array(words.dropFirst(wordsBeforeScript ?? words.count)) }

    mutating func validate() throws {
        if commands != nil, script != nil { throw ValidationError("-c and -f exclude each other.") }
        let targets = script == nil ? words.count : wordsBeforeScript ?? 0
        if targets > 1 {
            throw ValidationError("Unexpected argument '\(words[1])': a target with blanks needs quotes.")
        }
        if wait, targets == 0, script == nil || wordsBeforeScript != nil {
            throw ValidationError("--wait needs a part of the command line to wait for.")
        }
    }

    func execute() async throws -> ExitStatus {
        let run = ShellRun(options)
        let work = Work(commands: commands, script: script, arguments: scriptArguments)
        guard let target else { return await work.execute(run) { _ in .done } }
        return await work.execute(run) { [arrival] run in
            await run.run("attach") { await $0.attach(TargetName(target), arrival: arrival) }
        }
    }
}
