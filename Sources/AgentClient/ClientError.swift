public import AgentProtocol

/// Why a connection to an agent could not be made or did not give what was asked.
public enum ClientError: Error, Sendable {
    /// Nothing listens there, or it cannot be reached: the system's words.
    case unreachable(String)
    /// The process at the other end is another than the one meant.
    case impostor(expected: Int32, found: Int32)
    /// The two sides speak different protocols.
    case incompatible(Hello)
    /// The agent has just come and could not start: its error, then the places in it, a line each.
    case startFailed(String)
    /// The connection ended; why.
    case connectionLost(String)
    /// No answer by the deadline.
    case timedOut
    /// The agent refused.
    case refused(AgentError)
}
