internal import ArgumentParser
internal import Sessions
internal import Shell

/// One of a few words.
///
/// A wrapper, because a public type of another module cannot be made an argument without exporting the parser.
struct Choice<Value: RawRepresentable & CaseIterable & Sendable>: ExpressibleByArgument where Value.RawValue == String {
    let value: Value

    init(_ value: Value) { self.value = value }

    init?(argument: String) {
        guard let value = Value(rawValue: argument) else { return nil }
        self.value = value
    }

    static var allValueStrings: [String] { Value.allCases.map(\.rawValue) }
    var defaultValueDescription: String { value.rawValue }
}

/// A time as it is written on a command line, such as `10s`.
struct TimeArgument: ExpressibleByArgument {
    let duration: Duration

    init?(argument: String) {
        guard let duration = Duration(written: argument), duration > .zero else { return nil }
        self.duration = duration
    }
}

/// The options of every verb that writes data.
struct OutputOptions: ParsableArguments {
    @Option(
        name: [.customShort("o"), .customLong("format")],
        help: ArgumentHelp("How rows are written.", valueName: "format"))
    var format: Choice<OutputFormat>?

    @Option(help: ArgumentHelp("When to use colour.", valueName: "when"))
    var color = Choice(ColorChoice.auto)

    @Flag(name: .shortAndLong, help: "Only data and errors.")
    var quiet = false
}

/// The options of every verb that runs commands of the shell.
struct RunOptions: ParsableArguments {
    @OptionGroup var output: OutputOptions

    @Option(help: ArgumentHelp("How long it may take, such as 500ms or 30s.", valueName: "time"))
    var timeout: TimeArgument?

    @Flag(name: .shortAndLong, help: "Also tell how long each part took.")
    var verbose = false

    mutating func validate() throws {
        if verbose, output.quiet { throw ValidationError("-q and -v exclude each other.") }
    }

    /// The shell's options that these make.
    ///
    /// - Parameter allow: What may be done to a target.
    func interpreterOptions(allow: Command.AllowLevel) -> Interpreter.Options {
        var options = Interpreter.Options()
        options.format = output.format?.value
        options.allow = allow
        options.isQuiet = output.quiet
        options.isVerbose = verbose
        options.deadline = timeout?.duration
        if let timeout { options.attach.deadline = timeout.duration }
        options.scriptDirectories = Process.configurationDirectory.map { [$0 + "/scripts"] } ?? []
        return options
    }
}

/// The options of every verb that works on a target.
struct TargetOptions: ParsableArguments {
    @OptionGroup var run: RunOptions

    @Option(
        help: ArgumentHelp(
            "The only way in to try, where no agent is there yet; gdb is never taken unasked.", valueName: "way"))
    var via: Choice<AttachOptions.Way>?

    @Option(help: ArgumentHelp("What may be done to the target.", valueName: "level"))
    var allow = Choice(Command.AllowLevel.read)

    /// The shell's options that these make.
    var interpreterOptions: Interpreter.Options {
        var options = run.interpreterOptions(allow: allow.value)
        options.attach.way = via?.value
        return options
    }
}
