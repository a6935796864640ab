internal import SafeExpression

/// Writes comma-separated or tab-separated values with a header, row by row.
///
/// A text stands as it is, what is no number and no text as JSON, `None` as nothing.
final class SeparatedRenderer: RowRenderer {
    private let shape: Shape
    private let style: RenderStyle
    private let isTabbed: Bool
    private let write: (String) throws(Failure) -> Void
    private var columns: [Column]?

    init(
        shape: Shape, style: RenderStyle, isTabbed: Bool, write: @escaping (String) throws(Failure) -> Void
    ) {
        self.shape = shape
        self.style = style
        self.isTabbed = isTabbed
        self.write = write
    }

    func add(_ row: any Record) throws(Failure) {
        let columns = self.columns ?? shape.columns(from: row)
        if self.columns == nil { try write(line(columns.map(\.name))) }
        self.columns = columns
        try write(line(columns.map { column in row.field(column.name).map(text) ?? "" }))
    }

    func end() throws(Failure) {
        if columns == nil, !shape.columns.isEmpty { try write(line(shape.columns.map(\.name))) }
    }

    private func text(_ value: Value) -> String {
        if value.isNone { return "" }
        if let text = value.asString { return text }
        return JSONText.of(value, isForTerminal: false)
    }

    private func line(_ cells: [String]) -> String {
        let cells = cells.map { style.isForTerminal ? safe($0) : $0 }
        if isTabbed {
            return cells.map(escapeTabs).joined(separator: "\t") + "\n"
        }
        return cells.map(quote).joined(separator: ",") + "\n"
    }

    private func quote(_ cell: String) -> String {
        guard cell.unicodeScalars.contains(where: { $0 == "," || $0 == "\"" || $0 == "\n" || $0 == "\r" }) else {
            return cell
        }
        var text = "\""
        for scalar in cell.unicodeScalars {
            if scalar == "\"" { text += "\"" }
            text.unicodeScalars.append(scalar)
        }
        return text + "\""
    }

    private func escapeTabs(_ cell: String) -> String {
        var text = ""
        for scalar in cell.unicodeScalars {
            switch scalar {
            case "\t": text += "\\t"
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\\" where !style.isForTerminal: text += "\\\\"
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text
    }
}
