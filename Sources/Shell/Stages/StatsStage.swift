internal import SafeExpression

/// `stats EXPR [by EXPR]`: how many, the mean, the percentiles and the extremes of a number.
struct StatsStage: Stage {
    /// How many numbers are kept at most, for exact percentiles.
    static let maximumValues = 2_000_000

    static let entry: StageTable.Entry = StageTable.Entry(
        name: "stats", usage: "stats EXPR [by EXPR]",
        summary: "count, mean, min, p50, p95, p99 and max of a number, for each value of another expression",
        example: "ps | stats pid by user"
    ) { (parser, shape) throws(Failure) in
        let value = try parser.parseExpression(
            for: "stats", end: Parser.ExpressionEnd(words: ["by"]), names: shape.names)
        parser.skipBlanks()
        guard parser.eatKeyword("by") else { return StatsStage(value: value, key: nil) }
        return StatsStage(value: value, key: try parser.parseExpression(for: "stats by", names: shape.names))
    }

    let value: BoundExpression
    let key: BoundExpression?

    func shape(after shape: Shape) -> Shape {
        let kind: Column.Kind = shape.column(value.text)?.kind == .milliseconds ? .milliseconds : .number
        var columns = [Column("count", .number)]
        columns += ["mean", "min", "p50", "p95", "p99", "max"].map { Column($0, kind) }
        if let key { columns.insert(groupColumn(key, in: shape), at: 0) }
        return Shape(columns: columns)
    }

    func open(_ upstream: any RowSource, in environment: StageEnvironment) throws(Failure) -> any RowSource {
        let value = try RowExpression(value, over: upstream.shape, in: environment)
        var key: RowExpression?
        if let bound = self.key { key = try RowExpression(bound, over: upstream.shape, in: environment) }
        let shape = shape(after: upstream.shape)
        let names = shape.columns.map(\.name)
        var result: ArraySlice<any Record>?
        return StageSource(over: upstream, shape: shape) { () async throws(Failure) in
            if result == nil {
                var groups = Groups<[Double]>()
                var total = 0
                while let row = try await upstream.next() {
                    do throws(Failure) {
                        let found = try value.value(for: row)
                        if found.isNone { continue }
                        let number = try self.number(found)
                        groups.update(try key?.value(for: row) ?? .none, default: []) { $0.append(number) }
                        total += 1
                    } catch {
                        environment.drop(error, by: "stats")
                    }
                    if total > Self.maximumValues {
                        throw Failure(.failed, "stats keeps no more than \(Self.maximumValues) numbers")
                    }
                }
                result =
                    groups.members.map { group in
                        let values = Self.summary(of: group.member)
                        return TableRow(names, (key == nil ? [] : [group.key]) + values) as any Record
                    }[...]
            }
            return result?.popFirst()
        }
    }

    private func number(_ found: Value) throws(Failure) -> Double {
        guard let number = found.asDouble else {
            throw Failure(.failed, "stats needs a number, not \(found.typeName)")
                .placed(at: value.range, in: value.source)
        }
        return number
    }

    /// The figures of one group; a percentile is the smallest value that so many are not above.
    static func summary(of numbers: [Double]) -> [Value] {
        let sorted = numbers.sorted()
        let percentile = { (share: Double) in
            sorted[max(0, min(sorted.count - 1, Int((share * Double(sorted.count)).rounded(.up)) - 1))]
        }
        let mean = sorted.reduce(0, +) / Double(sorted.count)
        return [.int(sorted.count), .float(mean), .float(sorted[0])]
            + [0.5, 0.95, 0.99].map { .float(percentile($0)) } + [.float(sorted[sorted.count - 1])]
    }
}
