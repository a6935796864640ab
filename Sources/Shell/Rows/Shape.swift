/// What is known about the rows at one point of a pipeline.
struct Shape: Sendable {
    /// The columns, in order.
    var columns: [Column]
    /// Whether there may be columns that are known only from the rows.
    var isOpen = false
    /// Whether the rows are observations, so that a name that is no column is a parameter of the function.
    var isObservations = false
    /// The functions' parameters, known once the stream has started.
    var parameters: [String]?
    /// Whether rows come as time goes by, and not all at once.
    var isStream = false

    /// The names that an observation understands beside its columns.
    static let observationAliases = ["params", "self"]

    /// The names that an expression may use, or nil when that is known only later.
    var names: [String]? {
        if isOpen { return nil }
        let names = columns.map(\.name)
        guard isObservations else { return names }
        return parameters.map { names + Self.observationAliases + $0 }
    }

    /// A column by its name.
    func column(_ name: String) -> Column? { columns.first { $0.name == name } }
}
