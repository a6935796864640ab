/// The stages of the language: what stands behind a bar.
struct StageTable: Sendable {
    /// One kind of stage.
    struct Entry: Sendable {
        /// Its name.
        let name: String
        /// How it is used.
        let usage: String
        /// One line for the help.
        let summary: String
        /// An example of a line with it.
        let example: String
        /// Reads what follows the name.
        let parse: @Sendable (inout Parser, Shape) throws(Failure) -> any Stage
    }

    /// The stages of this shell.
    static let standard: StageTable = StageTable(entries: [
        WhereStage.entry, SelectStage.entry, SortStage.entry, HeadStage.entry, TailStage.entry, UniqStage.entry,
        CountStage.entry, StatsStage.entry, HistStage.entry, GrepStage.entry, TeeStage.entry,
    ])

    /// The sinks, which the parser knows itself because nothing follows them.
    static let sinks: [(name: String, usage: String, summary: String)] = [
        ("to", "to FORMAT", "show the rows as \(OutputFormat.allCases.map(\.rawValue).joined(separator: ", "))"),
        ("save", "save FILE [-a]", "write the rows to a file; its ending chooses the format; -a appends"),
    ]

    /// All stages, in the order that the help shows them.
    let entries: [Entry]

    /// A stage by its name, a sink not counted.
    subscript(name: String) -> Entry? { entries.first { $0.name == name } }

    /// The names of the stages and sinks.
    var names: [String] { entries.map(\.name) + Self.sinks.map(\.name) }
}
