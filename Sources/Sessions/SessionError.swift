/// Why a session could not be had, or did not do what was asked.
public struct SessionError: Error, Sendable {
    /// The kinds that callers tell apart.
    public enum Kind: Sendable, Equatable {
        /// No such process, or it ended.
        case noTarget
        /// The target is no Python that can be entered.
        case unsupported
        /// Several processes fit the name.
        case ambiguous([TargetInfo])
        /// The system, or the session's own level, does not allow it.
        case notPermitted
        /// The connection to the agent ended.
        case connectionLost
        /// A deadline passed.
        case timedOut
        /// The agent refused; its name of the kind, such as `TargetNotFound`.
        case agent(String)
        /// Anything else.
        case failed
    }

    /// The kind.
    public let kind: Kind
    /// One clear line.
    public let message: String
    /// What the person can do about it.
    public let hint: String?
    /// Further lines: the failing checks of a failed attach, the agent's traceback.
    public let details: [String]
    /// Where in the guard's source it is, in code points.
    public let range: Range<Int>?

    /// Makes an error from its parts.
    public init(
        _ kind: Kind, _ message: String, hint: String? = nil, details: [String] = [], range: Range<Int>? = nil
    ) {
        self.kind = kind
        self.message = message
        self.hint = hint
        self.details = details
        self.range = range
    }
}
