/// When to use colour (`--color`).
enum ColorChoice: String, CaseIterable {
    /// On a terminal, unless the environment says otherwise.
    case auto
    /// Down a pipe too.
    case always
    case never

    /// Whether a stream is written in colour.
    ///
    /// - Parameters:
    ///   - isTerminal: Whether the stream is a terminal.
    ///   - environment: Looks up a variable. `NO_COLOR` turns colour off, `CLICOLOR_FORCE` on, `TERM=dumb` off; the
    ///     first of them that is set counts.
    func isOn(isTerminal: Bool, environment: (String) -> String? = Process.environment) -> Bool {
        switch self {
        case .always: return true
        case .never: return false
        case .auto:
            if environment("NO_COLOR") != nil { return false }
            if let force = environment("CLICOLOR_FORCE"), force != "0" { return true }
            return isTerminal && environment("TERM") != "dumb"
        }
    }
}
