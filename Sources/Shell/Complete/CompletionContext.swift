/// Where in a line the cursor stands.
struct CompletionContext {
    /// The text of the word that is being written.
    var partial = ""
    /// Where that word begins, in code points.
    var start = 0
    /// The whole words of the command or stage before it.
    var words: [String] = []
    /// The first part of the pipeline, when the cursor is in a stage behind it.
    var origin: [String]?
    /// Whether it stands in a string, where only a variable can be completed.
    var isInString = false

    /// Reads a line up to the cursor.
    init(_ line: String, cursor: Int) {
        let scalars = Array(line.unicodeScalars.prefix(cursor))
        var quote: Unicode.Scalar?
        var depth = 0
        var word = ""
        var wordStart = 0
        var index = 0

        func endWord(_ context: inout CompletionContext) {
            if !word.isEmpty { context.words.append(word) }
            word = ""
        }
        while index < scalars.count {
            let scalar = scalars[index]
            if word.isEmpty { wordStart = index }
            if let open = quote {
                word.unicodeScalars.append(scalar)
                if scalar == open { quote = nil }
            } else if depth == 0, isBlank(scalar) {
                endWord(&self)
                if scalar == "\n" { begin(origin: nil) }
            } else if depth == 0, scalar == "|" {
                endWord(&self)
                begin(origin: origin ?? words)
            } else if depth == 0, scalar == ";" || scalar == "&" || scalar == "}" || scalar == "{" {
                endWord(&self)
                begin(origin: nil)
            } else {
                switch scalar {
                case "\"", "'":
                    quote = scalar
                    word.unicodeScalars.append(scalar)
                case "(" where word.isEmpty && (words.last == "=" || words.last == "in"):
                    // A captured pipeline begins.
                    begin(origin: nil)
                case "(", "[":
                    depth += 1
                    word.unicodeScalars.append(scalar)
                case ")", "]":
                    depth = max(0, depth - 1)
                    word.unicodeScalars.append(scalar)
                default: word.unicodeScalars.append(scalar)
                }
            }
            index += 1
        }
        isInString = quote != nil
        partial = word
        start = word.isEmpty ? scalars.count : wordStart
    }

    private mutating func begin(origin: [String]?) {
        self.origin = origin
        words = []
    }

    /// The name that is being written in an expression: the identifier at the end of the partial word.
    var partialName: (text: String, start: Int) {
        let scalars = Array(partial.unicodeScalars)
        var first = scalars.count
        while first > 0, isIdentifier(scalars[first - 1]) { first -= 1 }
        return (String(scalars: scalars[first...]), start + first)
    }
}
