/// One way to go on with a line.
public struct Completion: Sendable, Equatable {
    /// What is put in place of the range.
    public let text: String
    /// What it replaces, in code points of the line.
    public let range: Range<Int>
    /// One line about it, or nothing.
    public let summary: String
    /// Whether a blank follows it.
    public let endsWord: Bool

    /// Makes a completion.
    public init(_ text: String, range: Range<Int>, summary: String = "", endsWord: Bool = true) {
        self.text = text
        self.range = range
        self.summary = summary
        self.endsWord = endsWord
    }
}
