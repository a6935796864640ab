/// How rows are written.
public enum OutputFormat: String, Sendable, CaseIterable {
    /// Aligned columns, cut to the width when a person looks.
    case table
    /// Aligned columns, all of them, never cut.
    case wide
    /// One line a value.
    case vertical
    /// One JSON array.
    case json
    /// One JSON object a line.
    case jsonl
    /// Comma-separated values with a header (RFC 4180).
    case csv
    /// Tab-separated values with a header; tabs and line ends are escaped.
    case tsv
    /// A table in Markdown.
    case markdown

    /// The format that a file's ending stands for; JSON lines when it says nothing.
    init(ofFile path: String) {
        let name = path.split(separator: "/").last ?? ""
        switch name.contains(".") ? name.split(separator: ".").last?.lowercased() : nil {
        case "json": self = .json
        case "csv": self = .csv
        case "tsv", "tab": self = .tsv
        case "md": self = .markdown
        case "txt": self = .table
        default: self = .jsonl
        }
    }

    /// Makes what writes rows in this format.
    ///
    /// - Parameters:
    ///   - shape: what is known about the rows.
    ///   - style: for whom it is.
    ///   - write: takes whole rows.
    func makeRenderer(
        shape: Shape, style: RenderStyle, write: @escaping (String) throws(Failure) -> Void
    ) -> any RowRenderer {
        switch self {
        case .table, .wide: TableRenderer(shape: shape, style: style, showsAll: self == .wide, write: write)
        case .vertical: VerticalRenderer(shape: shape, style: style, write: write)
        case .json, .jsonl: JSONRenderer(shape: shape, style: style, isArray: self == .json, write: write)
        case .csv, .tsv: SeparatedRenderer(shape: shape, style: style, isTabbed: self == .tsv, write: write)
        case .markdown: MarkdownRenderer(shape: shape, style: style, write: write)
        }
    }
}

/// For whom rows are written.
struct RenderStyle: Sendable {
    /// The width to which a table is cut, or nil when nobody looks and all is written.
    var width: Int?
    /// Whether it goes to a terminal, so that nothing in it may be obeyed by one.
    var isForTerminal = false
    /// Whether the header may be coloured.
    var color = false
    /// How far local time is ahead of UTC at a time, in seconds.
    var offsetFromUTC: @Sendable (Double) -> Int = { LocalTime.offsetFromUTC(at: $0) }

    /// For a pipe or a file.
    static let plain = RenderStyle()
}
