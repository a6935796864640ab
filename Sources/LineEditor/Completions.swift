/// The words that fit at a place of a line.
public struct Completions: Sendable, Equatable {
    /// One word that fits.
    public struct Candidate: Sendable, Equatable {
        /// What replaces the word begun.
        public var text: String
        /// Whether the word is finished, so that a space follows when it is the only one. A module whose functions may
        /// follow is not.
        public var isFinished: Bool

        /// - Parameters:
        ///   - text: What replaces the word begun.
        ///   - isFinished: Whether a space follows when it is the only one.
        public init(_ text: String, isFinished: Bool = true) {
            self.text = text
            self.isFinished = isFinished
        }
    }

    /// Where the word to be completed begins, counted in Unicode scalars from the line's begin; it ends at the cursor.
    public var start: Int
    /// The words, in the order in which they are listed.
    public var candidates: [Candidate]

    /// - Parameters:
    ///   - start: Where the word begins, in Unicode scalars.
    ///   - candidates: The words that fit.
    public init(start: Int, candidates: [Candidate]) {
        self.start = start
        self.candidates = candidates
    }

    /// Nothing fits.
    public static let none = Completions(start: 0, candidates: [])
}

extension Completions {
    /// What one press of Tab does.
    enum Action: Equatable {
        /// Replaces the scalars between `start` and the cursor.
        case replace(start: Int, with: String)
        /// Lists the words.
        case list([String])
        /// There is nothing to do: the terminal's bell.
        case beep
    }

    /// Decides what a press of Tab does.
    ///
    /// - Parameters:
    ///   - line: The line's scalars up to the cursor.
    ///   - isRepeated: Whether the press before was a Tab too, at the same place.
    func action(before line: [Unicode.Scalar], isRepeated: Bool) -> Action {
        guard let first = candidates.first, (0...line.count).contains(start) else { return .beep }
        let word = Array(line[start...])
        if candidates.count == 1 {
            let whole = first.isFinished ? first.text + " " : first.text
            return Array(whole.unicodeScalars) == word ? .beep : .replace(start: start, with: whole)
        }
        let common = commonPrefix
        if common.count > word.count || (common.count == word.count && common != word) {
            var text = String.UnicodeScalarView()
            text.append(contentsOf: common)
            return .replace(start: start, with: String(text))
        }
        return isRepeated ? .list(candidates.map(\.text)) : .beep
    }

    private var commonPrefix: [Unicode.Scalar] {
        var common = Array(candidates[0].text.unicodeScalars)
        for candidate in candidates.dropFirst() {
            let same = zip(common, candidate.text.unicodeScalars).prefix { $0 == $1 }
            common.removeLast(common.count - same.count)
        }
        return common
    }

    /// Lays words out in columns, filled downwards, as `ls` does.
    ///
    /// - Parameters:
    ///   - words: The words.
    ///   - columns: The terminal's width.
    ///   - rows: How many rows there may be; a last one tells how many words are left out.
    static func layOut(_ words: [String], columns: Int, rows: Int) -> String {
        let widths = words.map { $0.unicodeScalars.count }
        let width = (widths.max() ?? 0) + 2
        let perRow = max(1, columns / width)
        let needed = (words.count + perRow - 1) / perRow
        let height = max(1, min(needed, rows))
        let shown = min(words.count, height * perRow)
        var text = ""
        for row in 0..<height {
            for index in stride(from: row, to: shown, by: height) {
                text += words[index]
                if index + height < shown { text += String(repeating: " ", count: width - widths[index]) }
            }
            text += "\n"
        }
        if shown < words.count { text += "… and \(words.count - shown) more\n" }
        return text
    }
}
