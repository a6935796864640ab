/// One column of what a command gives.
public struct Column: Sendable, Equatable {
    /// How a table shows the values.
    public enum Kind: Sendable, Equatable {
        /// Text, to the left.
        case text
        /// The name of a file, of which the end tells most.
        case path
        /// A number, to the right.
        case number
        /// Milliseconds with three decimals, to the right.
        case milliseconds
        /// A number of bytes, shown in the unit that fits, to the right.
        case bytes
        /// Seconds since 1970, shown as a time of day.
        case time
        /// Any value, as Python would show it.
        case value
        /// A list that a table shows below the row, a line for each element.
        case lines

        /// Whether the values stand to the right.
        var isRight: Bool { self == .number || self == .milliseconds || self == .bytes }
    }

    /// The name that expressions use.
    public let name: String
    /// How a table shows the values.
    public let kind: Kind
    /// The width a stream's table gives it when it cannot know better.
    public let width: Int
    /// Whether a table leaves it out unless it is selected, because it repeats what another column tells.
    public let isDetail: Bool
    /// One line for the help.
    public let summary: String

    /// Makes a column.
    public init(
        _ name: String, _ kind: Kind = .text, width: Int = 12, detail isDetail: Bool = false, _ summary: String = ""
    ) {
        self.name = name
        self.kind = kind
        self.width = width
        self.isDetail = isDetail
        self.summary = summary
    }
}
