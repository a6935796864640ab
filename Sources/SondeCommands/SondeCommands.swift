internal import ArgumentParser
internal import Glibc
internal import Shell

/// The `sonde` program: reads the command line, runs what it asks for, and leaves with its status.
public enum SondeCommands {
    /// Runs the program.
    ///
    /// - Parameter arguments: The command line without the program's name.
    public static func main(_ arguments: [String] = Array(CommandLine.arguments.dropFirst())) async -> Never {
        Signals.ignoreBrokenPipes()
        if let place = Process.argumentThatIsNoText {
            Output.write("error: argument \(place) is not UTF-8\n", to: 2)
            Process.leave(.usage)
        }
        let status: ExitStatus
        do {
            status = try await CommandLineParser.parse(arguments).execute()
        } catch {
            let (text, isError) = CommandLineParser.message(for: error)
            Output.write(text, to: isError ? 2 : 1)
            status = isError ? .usage : .done
        }
        Process.leave(status)
    }
}

/// The process as a whole.
enum Process {
    /// Leaves at once. Nothing is buffered, and other threads may be in the middle of anything: no exit handlers.
    static func leave(_ status: ExitStatus) -> Never {
        _exit(status.rawValue)
    }

    /// The place of the first word of the command line that is not UTF-8. The standard library mends such words, and
    /// what would run is not what was written.
    static var argumentThatIsNoText: Int? {
        (1..<max(1, Int(CommandLine.argc))).first { place in
            CommandLine.unsafeArgv[place].map { String(validatingCString: $0) == nil } ?? false
        }
    }

    /// An environment variable, or nil when it is not set or empty.
    static func environment(_ name: String) -> String? {
        guard let value = getenv(name), value.pointee != 0 else { return nil }
        return String(cString: value)
    }

    /// Where the user's own scripts and settings are: `$XDG_CONFIG_HOME/sonde` or `~/.config/sonde`.
    static var configurationDirectory: String? {
        if let directory = environment("XDG_CONFIG_HOME"), directory.hasPrefix("/") { return directory + "/sonde" }
        return environment("HOME").map { $0 + "/.config/sonde" }
    }
}
