/// How a person names a target.
public enum TargetName: Sendable, Hashable {
    /// A process of this machine.
    case pid(Int32)
    /// A part of a command line; it must fit one process.
    case text(String)
    /// The Unix socket of an agent that is already there.
    case unix(String)
    /// Another machine's `sonde serve`.
    case network(host: String, port: Int)

    /// Reads what was typed: a number is a pid, `unix:PATH` a socket, `HOST:PORT` another machine, all else a part of
    /// a command line.
    public init(_ text: String) {
        if let pid = Int32(text), pid > 0 {
            self = .pid(pid)
        } else if text.hasPrefix("unix:") {
            self = .unix(String(text.dropFirst("unix:".count)))
        } else if let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]),
            (1...65535).contains(port), !text[..<colon].isEmpty, !text[..<colon].contains(where: { " /".contains($0) })
        {
            self = .network(host: String(text[..<colon]), port: port)
        } else {
            self = .text(text)
        }
    }
}

/// One process that could be opened.
public struct TargetInfo: Sendable, Equatable {
    /// The process id, in this shell's pid namespace.
    public let pid: Int32
    /// The name of the user it runs as, or the number.
    public let user: String
    /// Its Python, such as `3.12` or `3.12.1`; `?` when it could not be read.
    public let version: String
    /// The ways in that could work, best first, such as `remote-exec`, `ptrace`.
    public let ways: [String]
    /// The container's short name, when it runs in one.
    public let container: String?
    /// Whether an agent is there already.
    public let hasAgent: Bool
    /// The command line, its words joined by spaces.
    public let commandLine: String

    /// Makes an entry from its parts.
    public init(
        pid: Int32, user: String, version: String, ways: [String], container: String? = nil, hasAgent: Bool = false,
        commandLine: String
    ) {
        self.pid = pid
        self.user = user
        self.version = version
        self.ways = ways
        self.container = container
        self.hasAgent = hasAgent
        self.commandLine = commandLine
    }
}

/// One line of `doctor`.
public struct Check: Sendable, Equatable {
    /// How it stands.
    public enum Status: String, Sendable {
        /// Nothing in the way.
        case ok
        /// Works, with a restriction.
        case warn
        /// Stands in the way.
        case fail
    }

    /// What was looked at, such as `ptrace_scope`.
    public let name: String
    /// How it stands.
    public let status: Status
    /// What was found, in one line.
    public let message: String
    /// The one command that mends it.
    public let mend: String?

    /// Makes a check from its parts.
    public init(name: String, status: Status, message: String, mend: String? = nil) {
        self.name = name
        self.status = status
        self.message = message
        self.mend = mend
    }
}
