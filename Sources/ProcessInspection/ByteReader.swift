/// Reads little-endian numbers and strings from bytes; what lies outside reads as zero.
public struct ByteReader: Sendable {
    /// The bytes.
    public let bytes: [UInt8]

    /// Takes the bytes to read from.
    public init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// Two bytes as a number.
    public func u16(_ offset: Int) -> UInt16 { UInt16(truncatingIfNeeded: number(offset, 2)) }

    /// Four bytes as a number.
    public func u32(_ offset: Int) -> UInt32 { UInt32(truncatingIfNeeded: number(offset, 4)) }

    /// Eight bytes as a number.
    public func u64(_ offset: Int) -> UInt64 { number(offset, 8) }

    /// The text from an offset up to the next zero byte.
    public func string(at offset: Int) -> String {
        guard offset >= 0, offset < bytes.count else { return "" }
        return String(decoding: bytes[offset...].prefix { $0 != 0 }, as: UTF8.self)
    }

    private func number(_ offset: Int, _ count: Int) -> UInt64 {
        guard offset >= 0, offset <= bytes.count - count else { return 0 }
        var value: UInt64 = 0
        for index in (offset..<(offset + count)).reversed() { value = value << 8 | UInt64(bytes[index]) }
        return value
    }
}
