/// One unit of the wire: four bytes, big-endian, the length of what follows, then that many bytes of UTF-8 JSON.
///
/// Source: `shared/design/agent-protocol.md`. Neither direction knows a socket: bytes are fed in, frames are taken
/// out.
public enum Frame {
    /// The largest payload that is sent or taken unless the receiver sets another, in bytes.
    public static let defaultLimit = 16 << 20

    /// The length of the header, in bytes.
    static let headerLength = 4

    /// Appends one frame to a buffer.
    ///
    /// - Parameters:
    ///   - payload: the JSON object, as UTF-8.
    ///   - buffer: where the header and the payload are appended.
    public static func encode(_ payload: [UInt8], into buffer: inout [UInt8]) {
        precondition(!payload.isEmpty && payload.count <= UInt32.max, "a frame's payload has 1 to 2^32-1 bytes")
        let length = UInt32(payload.count)
        buffer.reserveCapacity(buffer.count + headerLength + payload.count)
        for shift in [24, 16, 8, 0] as [UInt32] {
            buffer.append(UInt8(truncatingIfNeeded: length >> shift))
        }
        buffer.append(contentsOf: payload)
    }

    /// What a stream of bytes can do wrong.
    public enum DecodingError: Error, Equatable, Sendable {
        /// A header announced more than the receiver takes; both figures in bytes.
        case tooLarge(announced: Int, limit: Int)
    }
}
