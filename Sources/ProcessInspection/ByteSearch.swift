internal import Glibc

/// Looks for bytes in bytes; `memmem` is hidden from Swift.
enum ByteSearch {
    /// The place of the first occurrence at or after a position.
    ///
    /// - Parameters:
    ///   - wanted: The bytes looked for, at least one.
    ///   - bytes: Where.
    ///   - start: From which position on.
    static func find(_ wanted: [UInt8], in bytes: UnsafeRawBufferPointer, from start: Int) -> Int? {
        guard let base = bytes.baseAddress else { return nil }
        let last = bytes.count - wanted.count
        var position = start
        while position <= last, let hit = memchr(base + position, Int32(wanted[0]), last - position + 1) {
            let found = UnsafeRawPointer(hit) - base
            if memcmp(hit, wanted, wanted.count) == 0 { return found }
            position = found + 1
        }
        return nil
    }

    /// The same in an array.
    static func find(_ wanted: [UInt8], in bytes: [UInt8], from start: Int) -> Int? {
        bytes.withUnsafeBytes { find(wanted, in: $0, from: start) }
    }
}
