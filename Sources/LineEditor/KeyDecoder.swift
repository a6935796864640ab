/// Turns the bytes of a terminal into characters.
///
/// Bytes may come in any portions. What is no UTF-8 becomes U+FFFD, one for each maximal broken part, so that a
/// character cut off by a broken sequence is not lost.
struct KeyDecoder {
    private var bytes: [UInt8] = []
    private var position = 0

    /// Adds bytes read from the terminal.
    mutating func feed(_ more: some Sequence<UInt8>) {
        if position > 0 {
            bytes.removeFirst(position)
            position = 0
        }
        bytes.append(contentsOf: more)
    }

    /// Takes out the next character, or nil when the next one is not complete.
    mutating func next() -> Unicode.Scalar? {
        guard position < bytes.count else { return nil }
        let first = bytes[position]
        guard first >= 0x80 else { return take(1, first.asScalar) }
        guard let length = Self.length(first) else { return take(1, "\u{FFFD}") }
        var value = UInt32(first) & (0x7F >> UInt32(length))
        for offset in 1..<length {
            guard position + offset < bytes.count else { return nil }
            let byte = bytes[position + offset]
            guard byte & 0xC0 == 0x80, Self.allowed(second: byte, after: first) || offset > 1 else {
                return take(offset, "\u{FFFD}")
            }
            value = value << 6 | UInt32(byte & 0x3F)
        }
        return take(length, Unicode.Scalar(value) ?? "\u{FFFD}")
    }

    private mutating func take(_ count: Int, _ scalar: Unicode.Scalar) -> Unicode.Scalar {
        position += count
        return scalar
    }

    private static func length(_ first: UInt8) -> Int? {
        switch first {
        case 0xC2...0xDF: 2
        case 0xE0...0xEF: 3
        case 0xF0...0xF4: 4
        default: nil
        }
    }

    /// Overlong forms, surrogates and values above U+10FFFF show in the second byte (Unicode, table 3-7).
    private static func allowed(second: UInt8, after first: UInt8) -> Bool {
        switch first {
        case 0xE0: second >= 0xA0
        case 0xED: second <= 0x9F
        case 0xF0: second >= 0x90
        case 0xF4: second <= 0x8F
        default: true
        }
    }
}

extension UInt8 {
    fileprivate var asScalar: Unicode.Scalar { Unicode.Scalar(self) }
}
