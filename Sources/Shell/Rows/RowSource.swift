internal import SafeExpression

/// Rows, one after the other, for whoever asks: a command's result, or a stage over another source.
///
/// One task pulls; it closes the source when it wants no more, also after the last row.
protocol RowSource: AnyObject {
    /// What is known about the rows. It is final once the source exists.
    var shape: Shape { get }

    /// The next row, or nil after the last.
    func next() async throws(Failure) -> (any Record)?

    /// Ends the source: a stream is cancelled, a file closed. To close twice is no error.
    func close() async
}

/// A row that a command or a stage made.
struct TableRow: Record {
    /// The names of the columns.
    let fieldNames: [String]
    /// The values, one for each column.
    let values: [Value]
    /// How they are shown, once that is known.
    var columns: [Column]?

    /// The name of the type as an error would say it.
    var typeName: String { "row" }

    /// Makes a row of names and values.
    init(_ names: [String], _ values: [Value]) {
        precondition(names.count == values.count, "a row has one value for each column")
        self.fieldNames = names
        self.values = values
    }

    /// A column's value.
    func field(_ name: String) -> Value? {
        fieldNames.firstIndex(of: name).map { values[$0] }
    }

    /// The row as text.
    var repr: String {
        "row(" + zip(fieldNames, values).map { "\($0)=\($1.repr)" }.joined(separator: ", ") + ")"
    }
}

/// Rows that are all there.
final class RowList: RowSource {
    let shape: Shape
    private var rows: ArraySlice<any Record>

    init(_ rows: [any Record], shape: Shape) {
        self.rows = rows[...]
        self.shape = shape
    }

    /// Rows of a reply: dicts with the columns' names as keys, in the columns' order and then their own.
    convenience init(dicts: [Value], columns: [Column]) {
        let known = columns.map(\.name)
        let rows = dicts.map { dict in
            let extra = (dict.asDict ?? []).compactMap(\.key.asString).filter { !known.contains($0) }
            return TableRow(known + extra, (known + extra).map { dict[$0] ?? .none }) as any Record
        }
        self.init(rows, shape: Shape(columns: columns))
    }

    func next() async throws(Failure) -> (any Record)? { rows.popFirst() }

    func close() async { rows = [] }
}
