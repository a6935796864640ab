/// One word of a command: text, with values put in where `$name` or `{expression}` stands.
struct Word: Sendable {
    /// A part of a word.
    enum Piece: Sendable {
        /// Text as it is.
        case text(String)
        /// `$name`.
        case variable(String, Range<Int>)
        /// `{expression}`.
        case value(BoundExpression)
    }

    /// The parts, in order.
    var pieces: [Piece]
    /// Where the word was written.
    var range: Range<Int>
    /// Whether any of it stood in quotes, so that it is no option and no keyword.
    var isQuoted = false

    /// The text, when nothing is put in.
    var literal: String? {
        var text = ""
        for piece in pieces {
            guard case .text(let part) = piece else { return nil }
            text += part
        }
        return text
    }

    /// The text before the first value.
    var prefix: String {
        guard case .text(let text)? = pieces.first else { return "" }
        return text
    }

    /// The same word without its first characters, which are text.
    func dropping(_ count: Int) -> Word {
        var copy = self
        if case .text(let text)? = pieces.first {
            copy.pieces[0] = .text(String(text.unicodeScalars.dropFirst(count)))
        }
        copy.range = min(range.lowerBound + count, range.upperBound)..<range.upperBound
        return copy
    }
}
