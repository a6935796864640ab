internal import SafeExpression

/// Writes aligned columns.
///
/// A result that is all there is measured first. A stream's rows are written as they come, with widths from what is
/// known of its columns and from its first row; what is wider pushes the rest of its line to the right.
final class TableRenderer: RowRenderer {
    private let shape: Shape
    private let style: RenderStyle
    private let showsAll: Bool
    private let write: (String) throws(Failure) -> Void
    private var columns: [Column]?
    private var widths: [Int] = []
    private var kept: [(cells: [String], below: String)] = []
    /// The columns that are shown below each row.
    private var listed: [Column] = []

    init(
        shape: Shape, style: RenderStyle, showsAll: Bool, write: @escaping (String) throws(Failure) -> Void
    ) {
        self.shape = shape
        self.style = style
        self.showsAll = showsAll
        self.write = write
    }

    private var width: Int? { showsAll ? nil : style.width }

    func add(_ row: any Record) throws(Failure) {
        if self.columns == nil { listed = shape.columns(from: row).filter { $0.kind == .lines } }
        let columns = self.columns ?? choose(shape.columns(from: row))
        let isFirst = self.columns == nil
        self.columns = columns
        let cells = columns.map { column in
            row.field(column.name).map { CellText.of($0, in: column, style: style) } ?? ""
        }
        let below = listed.map { lines(of: row.field($0.name)) }.joined()
        guard shape.isStream else {
            kept.append((cells, below))
            return
        }
        if isFirst {
            widths = zip(columns, cells).map { column, cell in
                max(DisplayWidth.of(safe(column.name)), column.width, DisplayWidth.of(cell))
            }
            fit(columns)
            try write(header(columns))
        }
        try write(line(cells, columns) + below)
    }

    func end() throws(Failure) {
        guard !shape.isStream else { return }
        let columns = self.columns ?? choose(shape.columns)
        guard !columns.isEmpty else { return }
        widths = columns.map { DisplayWidth.of(safe($0.name)) }
        for row in kept {
            for (index, cell) in row.cells.enumerated() { widths[index] = max(widths[index], DisplayWidth.of(cell)) }
        }
        fit(columns)
        var text = header(columns)
        for row in kept {
            text += line(row.cells, columns) + row.below
            // In pieces, so that a reader who wants the beginning only is not kept waiting.
            if text.utf8.count > 32_768 {
                try write(text)
                text = ""
            }
        }
        kept = []
        if !text.isEmpty { try write(text) }
    }

    private func choose(_ columns: [Column]) -> [Column] {
        let shown = columns.filter { $0.kind != .lines && (showsAll || !$0.isDetail) }
        guard shown.isEmpty else { return shown }
        // A list that is alone stands in the row itself.
        listed = []
        return columns
    }

    /// The elements of a list, one a line; frames of a stack as Python's tracebacks have them.
    private func lines(of value: Value?) -> String {
        var text = ""
        for item in value?.asList ?? [] {
            var line = item.str
            if let node = TreeText.line(item) {
                line = node
            } else if let function = item["func"]?.asString {
                line = "\(function) (\(item["file"]?.str ?? "?"):\(item["line"]?.str ?? "?"))"
                if let code = item["code"]?.asString, !code.isEmpty { line += "  \(code)" }
            }
            line = "    " + safe(line)
            text += (width.map { DisplayWidth.truncated(line, to: $0) } ?? line) + "\n"
        }
        return text
    }

    /// Takes from the widest texts what does not fit; a number or a time that is cut would tell something else.
    private func fit(_ columns: [Column]) {
        guard let width else { return }
        let smallest = 3
        var excess = widths.reduce(0, +) + 2 * (widths.count - 1) - width
        while excess > 0 {
            let candidates = widths.indices.filter {
                [.text, .value, .path].contains(columns[$0].kind) && widths[$0] > smallest
            }
            guard let widest = candidates.max(by: { widths[$0] < widths[$1] }) else { return }
            let next = candidates.map { widths[$0] }.filter { $0 < widths[widest] }.max() ?? smallest
            let cut = min(excess, max(1, widths[widest] - max(next, smallest)))
            widths[widest] -= cut
            excess -= cut
        }
    }

    private func header(_ columns: [Column]) -> String {
        let text = line(columns.map { safe($0.name) }, columns)
        return style.color ? "\u{1B}[1m\(text.dropLast())\u{1B}[0m\n" : text
    }

    private func line(_ cells: [String], _ columns: [Column]) -> String {
        var text = ""
        for (index, cell) in cells.enumerated() {
            let limit = widths[index]
            let isPath = columns[index].kind == .path
            let shown = width == nil ? cell : DisplayWidth.truncated(cell, to: limit, keepingEnd: isPath)
            let padding = String(repeating: " ", count: max(0, limit - DisplayWidth.of(shown)))
            let isRight = columns[index].kind.isRight
            if index > 0 { text += "  " }
            text += isRight ? padding + shown : shown + padding
        }
        while text.last == " " { text.removeLast() }
        return text + "\n"
    }
}
