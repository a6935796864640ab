/// Why bytes are no JSON value, and where.
public struct JSONError: Error, Sendable, Equatable {
    /// What a user reads.
    public let message: String
    /// The offset in bytes from the beginning of the text.
    public let offset: Int
}
