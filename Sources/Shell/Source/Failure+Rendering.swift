extension Failure {
    /// The failure as lines for a person.
    ///
    /// ```
    /// slow.sonde:7:12: error: unknown name 'parms' (did you mean 'params'?)
    ///   watch shop:checkout if parms[0] > 3
    ///                          ^~~~~
    /// ```
    ///
    /// - Parameters:
    ///   - color: whether the terminal understands colours.
    ///   - label: what it is called, such as `error` or `warning`.
    /// - Returns: the lines, each with its line end.
    public func rendered(color: Bool = false, label: String = "error") -> String {
        var text = ""
        if let place, let name = place.source.name {
            let position = place.source.position(of: place.range.lowerBound)
            text += "\(safe(name)):\(position.line):\(position.column): "
        }
        text += color ? "\u{1B}[1;31m\(label):\u{1B}[0m " : "\(label): "
        text += safe(message)
        if let hint { text += " (\(safe(hint)))" }
        text += "\n"
        if let place { text += Self.excerpt(place, isRuntime: isRuntime) }
        for line in details { text += "  \(safe(line))\n" }
        return text
    }

    /// The line that a place is in, and the mark below it.
    private static func excerpt(_ place: Place, isRuntime: Bool) -> String {
        let source = place.source
        let start = place.range.lowerBound
        let line = source.range(ofLine: source.position(of: start).line)
        var end = min(max(place.range.upperBound, start + 1), max(line.upperBound, start + 1))
        while end > start + 1, end <= line.upperBound, isBlank(source.scalars[end - 1]) { end -= 1 }

        // A long line is shown around the place only.
        var shown = line
        if line.count > 160 {
            let from = max(line.lowerBound, start - 60)
            shown = from..<min(line.upperBound, max(from + 160, min(end, from + 400)))
        }
        let before = shown.lowerBound..<max(shown.lowerBound, min(start, shown.upperBound))
        let marked = min(start, shown.upperBound)..<min(end, shown.upperBound)
        let text = safe(String(shown, in: source), tabs: " ")
        let padding = DisplayWidth.of(safe(String(before, in: source), tabs: " "))
        let length = max(1, DisplayWidth.of(safe(String(marked, in: source), tabs: " ")))
        let mark = (isRuntime ? "~" : "^") + String(repeating: "~", count: length - 1)
        return "  \(text)\n  \(String(repeating: " ", count: padding))\(mark)\n"
    }
}

/// Whether a scalar separates words.
func isBlank(_ scalar: Unicode.Scalar) -> Bool {
    scalar == " " || scalar == "\t" || scalar == "\r" || scalar == "\n"
}
