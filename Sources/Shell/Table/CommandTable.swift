/// The commands of the language.
///
/// The one table drives parsing, help, completion, the manual and the tests. To add a command is to write its file
/// under `Commands/` and to name it here.
public struct CommandTable: Sendable {
    /// All commands, in the order that the help shows them.
    public let commands: [Command]
    private let byName: [String: Command]

    /// The commands of this shell.
    public static let standard: CommandTable = CommandTable([
        Watch.command, Trace.command, Stack.command, Monitor.command, Top.command, TimeTunnel.command, Threads.command,
        Tasks.command, Memory.command, Inspect.command, SearchClasses.command, SearchFunctions.command, Source.command,
        Loggers.command, Modules.command, EnvironmentVariables.command, GarbageCollector.command,
        Evaluate.command, Execute.command, StatusOfAgent.command, Reset.command,
        Attach.command, Detach.command, ListSessions.command, Use.command, Processes.command, Doctor.command,
        SetOption.command, Run.command, Echo.command, History.command, Help.command, Exit.command,
    ])

    /// Makes a table.
    init(_ commands: [Command]) {
        self.commands = commands
        var byName: [String: Command] = [:]
        for command in commands {
            for name in [command.name] + command.aliases {
                precondition(byName.updateValue(command, forKey: name) == nil, "two commands are called \(name)")
            }
        }
        self.byName = byName
    }

    /// A command by its name or an alias.
    public subscript(name: String) -> Command? { byName[name] }

    /// Every name and alias.
    var names: [String] { byName.keys.sorted() }
}
