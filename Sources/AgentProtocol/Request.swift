public import SafeExpression

/// What the shell asks of the agent.
public struct Request: Sendable {
    /// Names the request in its reply; unique in its connection.
    public let id: Int
    /// A command of the agent's table, such as `watch`.
    public let command: String
    /// The command's parameters: a dict, or none.
    public let params: Value
    /// By when the agent answers, in milliseconds; nil leaves the agent its default of 30 s.
    public let timeoutMilliseconds: Int?

    /// Makes a request.
    public init(id: Int, command: String, params: Value = .none, timeoutMilliseconds: Int? = nil) {
        self.id = id
        self.command = command
        self.params = params
        self.timeoutMilliseconds = timeoutMilliseconds
    }

    /// The request as one frame's payload.
    public var payload: [UInt8] {
        var members: [(key: Value, value: Value)] = [
            (.string("id"), .int(id)), (.string("command"), .string(command)),
        ]
        if !params.isNone { members.append((.string("params"), params)) }
        if let timeoutMilliseconds { members.append((.string("timeout_ms"), .int(timeoutMilliseconds))) }
        return Array(Value.dict(members).json.utf8)
    }
}
