public import SafeExpression

/// An error that the agent answered with.
public struct AgentError: Error, Sendable, Equatable {
    /// The agent's name of the kind, such as `TargetNotFound`.
    public let kind: String
    /// One line for a person.
    public let message: String
    /// What the person can do about it.
    public let hint: String?
    /// Where in the guard's source it is, in code points, when it is about the guard.
    public let range: Range<Int>?
    /// The agent's own traceback, when the error is the agent's.
    public let traceback: String?

    /// Makes an error from its parts.
    public init(
        kind: String, message: String, hint: String? = nil, range: Range<Int>? = nil, traceback: String? = nil
    ) {
        self.kind = kind
        self.message = message
        self.hint = hint
        self.range = range
        self.traceback = traceback
    }

    /// Reads the error out of a reply with status `error`.
    init(reply: Value) {
        self.init(
            kind: reply["kind"]?.asString ?? "Internal", message: reply["error"]?.asString ?? "unknown error",
            hint: reply["hint"]?.asString, range: Range(wireIn: reply), traceback: reply["traceback"]?.asString)
    }
}

extension Range<Int> {
    /// The range that `start` and `end` of a message give, when both are there and in order.
    public init?(wireIn message: Value) {
        guard let start = message["start"]?.asInt, let end = message["end"]?.asInt, 0 <= start, start <= end else {
            return nil
        }
        self = start..<end
    }
}
