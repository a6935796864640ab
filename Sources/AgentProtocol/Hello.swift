public import SafeExpression

/// What the agent says first on every connection.
public struct Hello: Sendable, Equatable {
    /// The protocol that this shell speaks.
    public static let protocolVersion = 1

    /// The protocol the agent speaks.
    public let protocolVersion: Int
    /// The agent's own version, such as `0.1.0`.
    public let agent: String
    /// The target's process id in its own pid namespace.
    public let pid: Int
    /// The target's Python, such as `3.12.1`.
    public let python: String
    /// The implementation's name, such as `cpython`.
    public let implementation: String
    /// Whether the target's Python runs without the global interpreter lock.
    public let isFreeThreaded: Bool
    /// When the agent started, in seconds since 1970.
    public let started: Double

    /// Makes a greeting from its parts.
    public init(
        protocolVersion: Int = Hello.protocolVersion, agent: String, pid: Int, python: String,
        implementation: String = "cpython", isFreeThreaded: Bool = false, started: Double = 0
    ) {
        self.protocolVersion = protocolVersion
        self.agent = agent
        self.pid = pid
        self.python = python
        self.implementation = implementation
        self.isFreeThreaded = isFreeThreaded
        self.started = started
    }

    /// Reads the agent's first message.
    ///
    /// - Throws: `ProtocolError` when it is no greeting.
    public init(_ message: Value) throws(ProtocolError) {
        guard message["type"]?.asString == "hello", let version = message["protocol"]?.asInt else {
            throw ProtocolError(message: "the other side did not greet as an agent does", payload: message.json)
        }
        self.init(
            protocolVersion: version, agent: message["agent"]?.asString ?? "?", pid: message["pid"]?.asInt ?? 0,
            python: message["python"]?.asString ?? "?",
            implementation: message["implementation"]?.asString ?? "?",
            isFreeThreaded: message["free_threaded"]?.asBool ?? false, started: message["started"]?.asDouble ?? 0)
    }
}
