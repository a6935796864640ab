/// Which characters a source and its identifiers may hold.
enum Identifiers {
    /// Checks an identifier that is not all ASCII: letters that NFKC, which Python applies to names, would leave alone.
    static func check(_ text: String, at start: Int, _ scanner: Scanner) throws(Diagnostic) {
        var offset = start
        for scalar in text.unicodeScalars {
            let length = UTF8.width(scalar)
            let range = offset..<offset + length
            let properties = scalar.properties
            let allowed =
                offset == start ? properties.isXIDStart || scalar == "_" : properties.isXIDContinue
            guard allowed else {
                throw scanner.failure("\(described(scalar)) may not stand here", range)
            }
            guard isStable(scalar) else {
                throw scanner.rejection(
                    "\(described(scalar)) may not stand in a name", range, hint: "Python would read another character")
            }
            offset += length
        }
    }

    /// Whether NFKC surely keeps a letter as it is; when in doubt, no.
    private static func isStable(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.value < 0x80 { return true }
        let properties = scalar.properties
        switch properties.generalCategory {
        // Marks compose with what stands before them.
        case .nonspacingMark, .spacingMark, .enclosingMark: return false
        default: break
        }
        // Conjoining Hangul composes into syllables.
        if 0x1100...0x11FF ~= scalar.value { return false }
        if !properties.changesWhenNFKCCaseFolded { return true }
        // ß and ς change only because case folding spells them differently.
        if scalar.value == 0xDF || scalar.value == 0x3C2 { return true }
        // A capital changes by folding alone when its small letter is stable and leads back to it.
        let lower = properties.lowercaseMapping.unicodeScalars
        guard lower.count == 1, let small = lower.first, small != scalar,
            !small.properties.changesWhenNFKCCaseFolded
        else { return false }
        let upper = small.properties.uppercaseMapping.unicodeScalars
        return upper.count == 1 && upper.first == scalar
    }

    /// Finds the first character that no source may hold: control, bidirectional, zero-width, foreign blanks.
    static func checkSource(_ bytes: [UInt8]) throws(Diagnostic) {
        var offset = 0
        while offset < bytes.count {
            let byte = bytes[offset]
            if byte < 0x80 {
                if byte < 0x20 && byte != 0x09 && byte != 0x0A && byte != 0x0D || byte == 0x7F {
                    throw Diagnostic(
                        kind: .rejected,
                        message: "the control character \(name(UInt32(byte))) may not stand in a source",
                        range: offset..<offset + 1)
                }
                offset += 1
                continue
            }
            let length = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : 2
            let unit = Text.decode(bytes[offset..<offset + length])[0]
            if isRefused(unit) {
                throw Diagnostic(
                    kind: .rejected, message: "the invisible character \(name(unit)) may not stand in a source",
                    range: offset..<offset + length, hint: "in a string, an escape serves")
            }
            offset += length
        }
    }

    private static func isRefused(_ unit: UInt32) -> Bool {
        switch unit {
        case 0x80...0x9F, 0xAD, 0x61C, 0x180E, 0x200B...0x200F, 0x2028...0x202E, 0x2060...0x206F, 0xFEFF,
            0xFFF9...0xFFFB, 0xE0000...0xE007F:
            true
        default: false
        }
    }

    private static func name(_ unit: UInt32) -> String {
        let digits = String(unit, radix: 16, uppercase: true)
        return "U+" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }

    private static func described(_ scalar: Unicode.Scalar) -> String {
        Text.isPrintable(scalar.value) && !scalar.properties.isVariationSelector
            ? "'\(scalar)' (\(name(scalar.value)))" : name(scalar.value)
    }
}
