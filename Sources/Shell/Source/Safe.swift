/// A text from elsewhere, made fit for a terminal: what it would obey is escaped instead.
///
/// Control characters (C0, DEL, C1), line and paragraph separators and bidirectional controls become Python's escapes,
/// so nothing that a target holds can move the cursor, colour the screen or reverse a line.
///
/// - Parameters:
///   - text: any text.
///   - tabs: what stands for a tab; its escape unless told otherwise.
/// - Returns: the same text when there was nothing to escape.
func safe(_ text: String, tabs: String = "\\t") -> String {
    var clean = true
    for scalar in text.unicodeScalars where isUnsafe(scalar) {
        clean = false
        break
    }
    if clean { return text }
    var result = ""
    for scalar in text.unicodeScalars {
        guard isUnsafe(scalar) else {
            result.unicodeScalars.append(scalar)
            continue
        }
        switch scalar {
        case "\t": result += tabs
        case "\n": result += "\\n"
        case "\r": result += "\\r"
        default:
            let hex = String(scalar.value, radix: 16)
            let width = scalar.value < 0x100 ? 2 : 4
            result += (width == 2 ? "\\x" : "\\u") + String(repeating: "0", count: max(0, width - hex.count)) + hex
        }
    }
    return result
}

/// Whether a terminal would obey a scalar instead of showing it.
private func isUnsafe(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0..<0x20, 0x7F..<0xA0: true
    case 0x200E...0x200F, 0x2028...0x202E, 0x2066...0x2069, 0x61C, 0xFEFF: true
    default: false
    }
}
