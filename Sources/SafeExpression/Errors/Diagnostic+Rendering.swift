extension Diagnostic {
    /// The diagnostic as a person reads it: the message, the line of source, and a mark below the place.
    ///
    /// An error in the text is marked with a caret (`^~~~`), one in the evaluation with a line (`~~~~`).
    ///
    /// - Parameters:
    ///   - source: The expression's text.
    ///   - color: Whether to colour it for a terminal.
    /// - Returns: Three lines without a line break at the end; one line when there is no place to show.
    public func rendered(source: String, color: Bool = false) -> String {
        let paint = { (code: String, text: String) in color ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text }
        // A message may quote the expression's data.
        let said = message + (hint.map { " (\($0))" } ?? "")
        let head = "\(paint("1;31", "error")): \(said.unicodeScalars.map { Self.shown($0).text }.joined())"
        let units = Array(source.unicodeScalars)
        if units.isEmpty { return head }
        let start = min(range.lowerBound, units.count)
        let isBreak = { (scalar: Unicode.Scalar) in scalar == "\n" || scalar == "\r" }
        var first = start
        while first > 0, !isBreak(units[first - 1]) { first -= 1 }
        var last = start
        while last < units.count, !isBreak(units[last]) { last += 1 }
        // A long line is shown around the place.
        let width = 160
        var prefix = ""
        var suffix = ""
        if last - first > width {
            let from = max(first, min(start - width / 2, last - width))
            prefix = from > first ? "…" : ""
            first = from
            if last > from + width {
                last = from + width
                suffix = "…"
            }
        }
        let end = max(start + 1, min(range.upperBound, last))
        var line = ""
        var gap = prefix.isEmpty ? "" : " "
        var mark = ""
        for place in first..<last {
            let shown = Self.shown(units[place])
            line += shown.text
            if place < start { gap += String(repeating: " ", count: shown.columns) }
            if place >= start, place < end { mark += String(repeating: "~", count: shown.columns) }
        }
        if mark.isEmpty { mark = "~" }
        if case .runtime = kind {} else if case .limit = kind {} else { mark = "^" + mark.dropFirst() }
        return "\(head)\n  \(prefix)\(line)\(suffix)\n  \(gap)\(paint("1;31", mark))"
    }

    /// A code point as a terminal may show it, and how many columns it takes there.
    private static func shown(_ scalar: Unicode.Scalar) -> (text: String, columns: Int) {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .unassigned: return ("\u{FFFD}", 1)
        case .nonspacingMark, .enclosingMark: return (String(scalar), 0)
        default: break
        }
        switch scalar.value {
        case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xA000...0xA4CF,
            0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F,
            0x1F900...0x1F9FF, 0x20000...0x3FFFD:
            return (String(scalar), 2)
        default: return (String(scalar), 1)
        }
    }
}
