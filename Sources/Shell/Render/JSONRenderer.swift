internal import SafeExpression

/// Writes one JSON object a line, or one array of them.
final class JSONRenderer: RowRenderer {
    private let shape: Shape
    private let style: RenderStyle
    private let isArray: Bool
    private let write: (String) throws(Failure) -> Void
    private var isFirst = true

    init(shape: Shape, style: RenderStyle, isArray: Bool, write: @escaping (String) throws(Failure) -> Void) {
        self.shape = shape
        self.style = style
        self.isArray = isArray
        self.write = write
    }

    func add(_ row: any Record) throws(Failure) {
        let object = JSONText.of(row, names: shape.columns(from: row).map(\.name), isForTerminal: style.isForTerminal)
        if isArray {
            try write((isFirst ? "[\n" : ",\n") + object)
        } else {
            try write(object + "\n")
        }
        isFirst = false
    }

    func end() throws(Failure) {
        if isArray { try write(isFirst ? "[]\n" : "\n]\n") }
    }
}
