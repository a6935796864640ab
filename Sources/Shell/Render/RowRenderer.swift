internal import SafeExpression

/// What writes rows in one format.
protocol RowRenderer: AnyObject {
    /// Writes a row, or keeps it until `end` when the format needs all.
    func add(_ row: any Record) throws(Failure)
    /// Writes what is left.
    func end() throws(Failure)
}

extension Shape {
    /// The columns of rows whose columns are known only from the rows: those of the first, and the named ones.
    func columns(from row: any Record) -> [Column] {
        guard isOpen || columns.isEmpty else { return columns }
        let names = row.fieldNames
        return names.map { column($0) ?? Column($0, .value) }
    }
}
