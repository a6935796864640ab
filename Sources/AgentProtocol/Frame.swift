/// One unit of the wire: four bytes, big-endian, the length of what follows, then that many bytes of UTF-8 JSON.
///
/// Source: `shared/design/agent-protocol.md`. Neither direction knows a socket: bytes are fed in, frames are taken
/// out.
public enum Frame {
    /// The largest payload that is sent or taken unless the receiver sets another, in bytes.
    public static let defaultLimit = 16 << 20

    /// The length of the header, in bytes.
    static let headerLength = 4

    /// What stands before a payload.
    ///
    /// - Parameter count: the payload's length in bytes, at least 1.
    public static func header(of count: Int) -> [UInt8] {
        precondition(1...Int(UInt32.max) ~= count, "a frame's payload has 1 to 2^32-1 bytes")
        return [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: count >> $0) }
    }

    /// What a stream of bytes can do wrong.
    public enum DecodingError: Error, Equatable, Sendable {
        /// A header announced more than the receiver takes; both figures in bytes.
        case tooLarge(announced: Int, limit: Int)
    }
}
