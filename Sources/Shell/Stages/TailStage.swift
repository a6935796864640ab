internal import SafeExpression

/// `tail N`: the last rows.
struct TailStage: Stage {
    static let entry: StageTable.Entry = StageTable.Entry(
        name: "tail", usage: "tail [N]", summary: "the last N rows (10)", example: "ps | tail 5"
    ) { (parser, _) throws(Failure) in TailStage(count: try parser.parseCount(for: "tail")) }

    let count: Word

    func shape(after shape: Shape) -> Shape {
        var shape = shape
        shape.isStream = false
        return shape
    }

    func open(_ upstream: any RowSource, in environment: StageEnvironment) throws(Failure) -> any RowSource {
        let count = try environment.count(count, for: "tail")
        var kept: [any Record] = []
        var oldest = 0
        var given: Int?
        return StageSource(over: upstream, shape: shape(after: upstream.shape)) { () async throws(Failure) in
            if given == nil {
                while let row = try await upstream.next() {
                    if kept.count < count {
                        kept.append(row)
                    } else if count > 0 {
                        kept[oldest] = row
                        oldest = (oldest + 1) % count
                    }
                }
            }
            let index = given ?? 0
            given = index + 1
            return index < kept.count ? kept[(oldest + index) % kept.count] : nil
        }
    }
}
