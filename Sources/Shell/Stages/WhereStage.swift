internal import SafeExpression

/// `where EXPR`: the rows for which it is true.
struct WhereStage: Stage {
    static let entry: StageTable.Entry = StageTable.Entry(
        name: "where", usage: "where EXPR", summary: "keep the rows for which it is true",
        example: "ps | where \"3.12\" in version"
    ) { (parser, shape) throws(Failure) in
        WhereStage(condition: try parser.parseExpression(for: "where", names: shape.names))
    }

    let condition: BoundExpression

    func open(_ upstream: any RowSource, in environment: StageEnvironment) throws(Failure) -> any RowSource {
        let condition = try RowExpression(condition, over: upstream.shape, in: environment)
        return StageSource(over: upstream, shape: upstream.shape) { () async throws(Failure) in
            while let row = try await upstream.next() {
                do throws(Failure) {
                    if try condition.value(for: row).isTruthy { return row }
                } catch {
                    environment.drop(error, by: "where")
                }
            }
            return nil
        }
    }
}
