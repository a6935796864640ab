internal import SafeExpression

/// `sort EXPR [desc]`: the rows in order.
struct SortStage: Stage {
    /// How many rows are kept at most.
    static let maximumRows = 1_000_000

    static let entry: StageTable.Entry = StageTable.Entry(
        name: "sort", usage: "sort EXPR [desc]", summary: "the rows in order; those without a value come last",
        example: "ps | sort pid desc"
    ) { (parser, shape) throws(Failure) in
        let key = try parser.parseExpression(
            for: "sort", end: Parser.ExpressionEnd(words: ["desc", "asc"]), names: shape.names)
        parser.skipBlanks()
        let descends = parser.eatKeyword("desc")
        if !descends { _ = parser.eatKeyword("asc") }
        return SortStage(key: key, descends: descends)
    }

    let key: BoundExpression
    let descends: Bool

    func shape(after shape: Shape) -> Shape {
        var shape = shape
        shape.isStream = false
        return shape
    }

    func open(_ upstream: any RowSource, in environment: StageEnvironment) throws(Failure) -> any RowSource {
        let key = try RowExpression(key, over: upstream.shape, in: environment)
        var sorted: ArraySlice<any Record>?
        return StageSource(over: upstream, shape: shape(after: upstream.shape)) { () async throws(Failure) in
            if sorted == nil {
                var rows: [(key: Value, row: any Record)] = []
                while let row = try await upstream.next() {
                    do throws(Failure) {
                        rows.append((try key.value(for: row), row))
                    } catch {
                        environment.drop(error, by: "sort")
                    }
                    if rows.count > Self.maximumRows {
                        throw Failure(.failed, "sort keeps no more than \(Self.maximumRows) rows")
                    }
                }
                sorted = try self.sort(rows)[...]
            }
            return sorted?.popFirst()
        }
    }

    private func sort(_ rows: [(key: Value, row: any Record)]) throws(Failure) -> [any Record] {
        let ordering = Ordering()
        let order: [Int]
        do {
            order = try rows.indices.sorted { (left, right) throws in
                let (a, b) = (rows[left].key, rows[right].key)
                if a.isNone || b.isNone { return a.isNone == b.isNone ? left < right : b.isNone }
                if try descends ? ordering.isLess(b, a) : ordering.isLess(a, b) { return true }
                if try descends ? ordering.isLess(a, b) : ordering.isLess(b, a) { return false }
                return left < right
            }
        } catch {
            let reason = (error as? Diagnostic)?.message ?? "\(error)"
            throw Failure(.failed, "sort: \(reason)").placed(at: key.range, in: key.source)
        }
        return order.map { rows[$0].row }
    }
}

/// Python's `<` over any two values.
struct Ordering {
    private let less: Expression?

    init() { less = try? Expression.compile("a < b", names: .declared(["a", "b"])) }

    /// Whether one value stands before another.
    ///
    /// - Throws: `Diagnostic` when Python knows no order between them.
    func isLess(_ left: Value, _ right: Value) throws(Diagnostic) -> Bool {
        if case .int(let a) = left, case .int(let b) = right { return a < b }
        if case .float(let a) = left, case .float(let b) = right { return a < b }
        guard let less else { preconditionFailure("a comparison compiles") }
        return try less.evaluate([left, right]).isTruthy
    }
}
