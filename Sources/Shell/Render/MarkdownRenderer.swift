internal import SafeExpression

/// Writes a table in Markdown.
final class MarkdownRenderer: RowRenderer {
    private let shape: Shape
    private let style: RenderStyle
    private let write: (String) throws(Failure) -> Void
    private var columns: [Column]?

    init(shape: Shape, style: RenderStyle, write: @escaping (String) throws(Failure) -> Void) {
        self.shape = shape
        self.style = style
        self.write = write
    }

    func add(_ row: any Record) throws(Failure) {
        let columns = self.columns ?? shape.columns(from: row).filter { !$0.isDetail }
        if self.columns == nil { try writeHeader(columns) }
        self.columns = columns
        try write(
            line(
                columns.map { column in row.field(column.name).map { CellText.of($0, in: column, style: style) } ?? "" }
            ))
    }

    func end() throws(Failure) {
        if columns == nil, !shape.columns.isEmpty { try writeHeader(shape.columns.filter { !$0.isDetail }) }
    }

    private func writeHeader(_ columns: [Column]) throws(Failure) {
        try write(
            line(columns.map { safe($0.name) })
                + line(columns.map { $0.kind.isRight ? "--:" : "---" }))
    }

    private func line(_ cells: [String]) -> String {
        let escaped = cells.map { cell in
            String(cell.flatMap { $0 == "|" || $0 == "\\" ? ["\\", $0] : [$0] })
        }
        return "| " + escaped.joined(separator: " | ") + " |\n"
    }
}
