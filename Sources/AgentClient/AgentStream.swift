public import SafeExpression

/// What one probe emits, in order; for one consumer.
public final class AgentStream: Sendable {
    /// The data of the reply that started it.
    public let started: Value

    private let id: Int
    private let buffer: StreamBuffer
    private let connection: AgentConnection

    init(id: Int, started: Value, buffer: StreamBuffer, connection: AgentConnection) {
        self.id = id
        self.started = started
        self.buffer = buffer
        self.connection = connection
    }

    /// The next item, or nil after the stop event was given.
    public func next() async throws(ClientError) -> AgentConnection.StreamItem? {
        try await buffer.next()
    }

    /// Asks the agent to remove the probe, and drops the observations nobody has taken; the stop event is still
    /// given.
    public func cancel() async {
        buffer.discard()
        // A connection that is lost took the probe with it.
        _ = try? await connection.request("cancel", .dict([(.string("id"), .int(id))]), timeout: .seconds(5))
    }
}
