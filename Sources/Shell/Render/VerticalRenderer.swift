internal import SafeExpression

/// Writes one line a value, and an empty line between rows.
final class VerticalRenderer: RowRenderer {
    private let shape: Shape
    private let style: RenderStyle
    private let write: (String) throws(Failure) -> Void
    private var isFirst = true

    init(shape: Shape, style: RenderStyle, write: @escaping (String) throws(Failure) -> Void) {
        self.shape = shape
        self.style = style
        self.write = write
    }

    func add(_ row: any Record) throws(Failure) {
        let columns = shape.columns(from: row)
        let width = columns.map { DisplayWidth.of(safe($0.name)) }.max() ?? 0
        var text = isFirst ? "" : "\n"
        for column in columns {
            let name = safe(column.name)
            let cell = row.field(column.name).map { CellText.of($0, in: column, style: style) } ?? ""
            text += name + String(repeating: " ", count: width - DisplayWidth.of(name)) + "  " + cell + "\n"
        }
        isFirst = false
        try write(text)
    }

    func end() throws(Failure) {}
}
