/// Code points, as Python counts text, and their UTF-8.
///
/// Lone surrogates pass through both ways, as Python keeps them.
enum Text {
    /// Decodes UTF-8; three-byte surrogates are let through, any other broken sequence becomes U+FFFD.
    static func decode(_ bytes: some Collection<UInt8>) -> [UInt32] {
        var units: [UInt32] = []
        units.reserveCapacity(bytes.count)
        var index = bytes.startIndex
        while index != bytes.endIndex {
            let first = UInt32(bytes[index])
            bytes.formIndex(after: &index)
            if first < 0x80 {
                units.append(first)
                continue
            }
            let more = first >= 0xF0 ? 3 : first >= 0xE0 ? 2 : first >= 0xC2 ? 1 : 0
            var unit = more == 3 ? first & 7 : more == 2 ? first & 15 : first & 31
            var taken = 0
            var ahead = index
            while taken < more, ahead != bytes.endIndex, bytes[ahead] & 0xC0 == 0x80 {
                unit = unit << 6 | UInt32(bytes[ahead] & 0x3F)
                bytes.formIndex(after: &ahead)
                taken += 1
            }
            let least: UInt32 = more == 3 ? 0x10000 : more == 2 ? 0x800 : 0x80
            if more > 0, taken == more, unit >= least, unit <= 0x10FFFF {
                units.append(unit)
                index = ahead
            } else {
                units.append(0xFFFD)
            }
        }
        return units
    }

    /// Whether bytes are UTF-8 without surrogates.
    static func isValid<Bytes: RandomAccessCollection<UInt8>>(_ bytes: Bytes) -> Bool where Bytes.Index == Int {
        var index = bytes.startIndex
        let end = bytes.endIndex
        while index < end {
            let first = bytes[index]
            if first < 0x80 {
                index += 1
                continue
            }
            let more = first >= 0xF5 ? 0 : first >= 0xF0 ? 3 : first >= 0xE0 ? 2 : first >= 0xC2 ? 1 : 0
            guard more > 0, index + more < end else { return false }
            let second = bytes[index + 1]
            switch first {
            case 0xE0 where second < 0xA0, 0xED where second > 0x9F: return false
            case 0xF0 where second < 0x90, 0xF4 where second > 0x8F: return false
            default: break
            }
            for step in 1...more where bytes[index + step] & 0xC0 != 0x80 { return false }
            index += more + 1
        }
        return true
    }

    /// Appends one code point's UTF-8.
    static func append(_ unit: UInt32, to bytes: inout [UInt8]) {
        switch unit {
        case 0..<0x80:
            bytes.append(UInt8(truncatingIfNeeded: unit))
        case 0x80..<0x800:
            bytes.append(UInt8(truncatingIfNeeded: 0xC0 | unit >> 6))
            bytes.append(UInt8(truncatingIfNeeded: 0x80 | unit & 0x3F))
        case 0x800..<0x10000:
            bytes.append(UInt8(truncatingIfNeeded: 0xE0 | unit >> 12))
            bytes.append(UInt8(truncatingIfNeeded: 0x80 | unit >> 6 & 0x3F))
            bytes.append(UInt8(truncatingIfNeeded: 0x80 | unit & 0x3F))
        default:
            bytes.append(UInt8(truncatingIfNeeded: 0xF0 | unit >> 18))
            bytes.append(UInt8(truncatingIfNeeded: 0x80 | unit >> 12 & 0x3F))
            bytes.append(UInt8(truncatingIfNeeded: 0x80 | unit >> 6 & 0x3F))
            bytes.append(UInt8(truncatingIfNeeded: 0x80 | unit & 0x3F))
        }
    }

    static func encode(_ units: [UInt32]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(units.count * 2)
        for unit in units { append(unit, to: &bytes) }
        return bytes
    }

    /// Makes a Swift string; lone surrogates become U+FFFD.
    static func string(_ units: [UInt32]) -> String {
        var scalars = String.UnicodeScalarView()
        for unit in units { scalars.append(Unicode.Scalar(unit) ?? "\u{FFFD}") }
        return String(scalars)
    }

    static func scalar(_ unit: UInt32) -> Unicode.Scalar { Unicode.Scalar(unit) ?? "\u{FFFD}" }

    /// Whether Python's `repr` shows the code point as it is (`str.isprintable`).
    static func isPrintable(_ unit: UInt32) -> Bool {
        if unit < 0x7F { return unit >= 0x20 }
        guard let scalar = Unicode.Scalar(unit) else { return false }
        switch scalar.properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator,
            .spaceSeparator:
            return false
        default: return true
        }
    }
}
