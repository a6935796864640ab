internal import SafeExpression

/// `head N`: the first rows; what is before it is ended then.
struct HeadStage: Stage {
    static let entry: StageTable.Entry = StageTable.Entry(
        name: "head", usage: "head [N]", summary: "the first N rows (10), then what runs is stopped",
        example: "ps | head 5"
    ) { (parser, _) throws(Failure) in HeadStage(count: try parser.parseCount(for: "head")) }

    let count: Word
    var bounds: Bool { true }

    func open(_ upstream: any RowSource, in environment: StageEnvironment) throws(Failure) -> any RowSource {
        var left = try environment.count(count, for: "head")
        return StageSource(over: upstream, shape: upstream.shape) { () async throws(Failure) in
            guard left > 0, let row = try await upstream.next() else {
                await upstream.close()
                return nil
            }
            left -= 1
            // Not when the next row is asked for: that may be long from now, and the probe is not needed any more.
            if left == 0 { await upstream.close() }
            return row
        }
    }
}
