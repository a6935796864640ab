/// A prompt as libedit wants it: colour sequences enclosed in a mark that says that they take no room.
struct Prompt {
    /// Encloses what takes no room; no terminal shows it, and no prompt holds it.
    static let mark: Unicode.Scalar = "\u{1}"

    /// What is handed to libedit.
    let marked: String
    /// What is seen.
    let visible: String

    /// - Parameter text: The prompt, in which `ESC [ … m` may set colours.
    init(_ text: String) {
        var marked = String.UnicodeScalarView()
        var visible = String.UnicodeScalarView()
        var sequence = String.UnicodeScalarView()
        var isEscape = false
        for scalar in text.unicodeScalars where scalar != Self.mark {
            if isEscape {
                sequence.append(scalar)
                // "[" opens the sequence, although it lies in the range of the final bytes.
                if ("@"..."~").contains(scalar), scalar != "[" { isEscape = false }
            } else if scalar == "\u{1B}" {
                sequence.append(scalar)
                isEscape = true
            } else {
                // libedit hangs a sequence on the character that follows, and loses one of two marked parts in a row.
                if !sequence.isEmpty { marked += [Self.mark] + sequence + [Self.mark] }
                sequence = .init()
                marked.append(scalar)
                visible.append(scalar)
            }
        }
        self.marked = String(marked)
        self.visible = String(visible)
    }
}
