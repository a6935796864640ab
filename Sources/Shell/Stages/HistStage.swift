internal import SafeExpression

/// `hist EXPR`: how a number is spread, in steps of 1, 2 and 5.
struct HistStage: Stage {
    static let entry: StageTable.Entry = StageTable.Entry(
        name: "hist", usage: "hist EXPR", summary: "how a number is spread", example: "ps | hist pid"
    ) { (parser, shape) throws(Failure) in
        HistStage(value: try parser.parseExpression(for: "hist", names: shape.names))
    }

    let value: BoundExpression

    func shape(after shape: Shape) -> Shape {
        Shape(columns: [Column("from", .number), Column("to", .number), Column("count", .number), Column("share")])
    }

    func open(_ upstream: any RowSource, in environment: StageEnvironment) throws(Failure) -> any RowSource {
        let value = try RowExpression(value, over: upstream.shape, in: environment)
        let shape = shape(after: upstream.shape)
        let names = shape.columns.map(\.name)
        var result: ArraySlice<any Record>?
        return StageSource(over: upstream, shape: shape) { () async throws(Failure) in
            if result == nil {
                var counts: [Int: Int] = [:]
                while let row = try await upstream.next() {
                    do throws(Failure) {
                        let found = try value.value(for: row)
                        if found.isNone { continue }
                        guard let number = found.asDouble, number.isFinite, number >= 0 else {
                            throw Failure(.failed, "hist needs a number from 0, not \(found.repr)")
                                .placed(at: self.value.range, in: self.value.source)
                        }
                        counts[Self.bucket(of: number), default: 0] += 1
                    } catch {
                        environment.drop(error, by: "hist")
                    }
                }
                result = Self.rows(counts, names)[...]
            }
            return result?.popFirst()
        }
    }

    /// The lower ends of the buckets: 0, then 1, 2 and 5 times the powers of ten.
    static func lowerEnd(of bucket: Int) -> Double {
        if bucket <= 0 { return 0 }
        let step = bucket - 1
        let exponent = step / 3 - 6
        let factor = [1.0, 2, 5][step % 3]
        var power = 1.0
        for _ in 0..<abs(exponent) { power *= 10 }
        return exponent < 0 ? factor / power : factor * power
    }

    static func bucket(of number: Double) -> Int {
        var bucket = 0
        while bucket < 60, lowerEnd(of: bucket + 1) <= number { bucket += 1 }
        return bucket
    }

    static func rows(_ counts: [Int: Int], _ names: [String]) -> [any Record] {
        guard let first = counts.keys.min(), let last = counts.keys.max() else { return [] }
        let most = counts.values.max() ?? 1
        return (first...last).map { bucket in
            let count = counts[bucket] ?? 0
            let length = Int((Double(count) / Double(most) * 30).rounded(.up))
            return TableRow(
                names,
                [
                    .float(lowerEnd(of: bucket)), .float(lowerEnd(of: bucket + 1)), .int(count),
                    .string(String(repeating: "█", count: length)),
                ])
        }
    }
}
