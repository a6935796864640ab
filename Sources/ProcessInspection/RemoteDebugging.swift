/// Whether a process was started with the remote debugging interface switched off.
public enum RemoteDebugging {
    /// The variable that switches it off, whatever its value.
    public static let variable = "PYTHON_DISABLE_REMOTE_DEBUG"

    /// Whether it was switched off, by the variable or by `-X disable-remote-debug`.
    ///
    /// - Parameters:
    ///   - arguments: The words of the command line.
    ///   - environment: The variables at the start, as `NAME=VALUE`.
    public static func isDisabled(arguments: [String], environment: [String]) -> Bool {
        isDisabledByOption(arguments) || isDisabledByVariable(arguments, environment)
    }

    /// CPython counts a variable that is there and not empty, unless it was told to ignore all of them (`-E`, `-I`).
    static func isDisabledByVariable(_ arguments: [String], _ environment: [String]) -> Bool {
        let isSet = environment.contains { $0.hasPrefix("\(variable)=") && $0.utf8.count > variable.utf8.count + 1 }
        return isSet && !options(of: arguments).flags.contains { $0 == "E" || $0 == "I" }
    }

    /// Spelt with hyphens: 3.14 takes no notice of underscores.
    static func isDisabledByOption(_ arguments: [String]) -> Bool {
        options(of: arguments).implementation.contains { option in
            option.prefix { $0 != "=" } == "disable-remote-debug"
        }
    }

    /// The interpreter's own options: those before the script, `-c` or `-m`.
    private static func options(of commandLine: [String]) -> (flags: [Character], implementation: [Substring]) {
        let arguments = withoutLoader(commandLine)
        var flags: [Character] = []
        var implementation: [Substring] = []
        var index = 1
        while index < arguments.count, arguments[index].hasPrefix("-"), arguments[index].utf8.count > 1 {
            let word = arguments[index]
            index += 1
            if word == "--" { break }
            // These take the following word; all other long options stand alone.
            if word.hasPrefix("--") {
                if word == "--check-hash-based-pycs" { index += 1 }
                continue
            }
            var letters = word.dropFirst()
            while let letter = letters.popFirst() {
                // The rest of the word, or the next word, belongs to the option.
                guard letter == "X" || letter == "W" || letter == "c" || letter == "m" else {
                    flags.append(letter)
                    continue
                }
                if letter == "c" || letter == "m" { return (flags, implementation) }
                var value = letters
                if value.isEmpty, index < arguments.count {
                    value = arguments[index][...]
                    index += 1
                }
                if letter == "X" { implementation.append(value) }
                break
            }
        }
        return (flags, implementation)
    }

    /// The program's own words where it was started through the loader: `ld.so --library-path P /usr/bin/python3 ...`.
    static func withoutLoader(_ arguments: [String]) -> [String] {
        guard let name = arguments.first?.split(separator: "/").last, name.hasPrefix("ld-") || name.hasPrefix("ld.so")
        else { return arguments }
        let single: Set<String> = ["--verify", "--inhibit-cache", "--list", "--list-tunables", "--list-diagnostics"]
        var index = 1
        while index < arguments.count, arguments[index].hasPrefix("--") {
            index += single.contains(arguments[index]) ? 1 : 2
        }
        return Array(arguments.dropFirst(index))
    }
}
