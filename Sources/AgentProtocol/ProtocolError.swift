/// A message that is not of the protocol's shape.
public struct ProtocolError: Error, Sendable, Equatable {
    /// What is wrong, for a person.
    public let message: String
    /// The start of the payload that was received.
    public let payload: String

    init(message: String, payload: String) {
        self.message = message
        self.payload = String(payload.prefix(200))
    }
}
