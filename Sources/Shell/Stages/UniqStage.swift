internal import SafeExpression

/// `uniq EXPR`: the first row for each value.
struct UniqStage: Stage {
    /// How many values are remembered at most.
    static let maximumKeys = 1_000_000

    static let entry: StageTable.Entry = StageTable.Entry(
        name: "uniq", usage: "uniq EXPR", summary: "the first row for each value", example: "ps | uniq user"
    ) { (parser, shape) throws(Failure) in
        UniqStage(key: try parser.parseExpression(for: "uniq", names: shape.names))
    }

    let key: BoundExpression

    func open(_ upstream: any RowSource, in environment: StageEnvironment) throws(Failure) -> any RowSource {
        let key = try RowExpression(key, over: upstream.shape, in: environment)
        var seen: Set<GroupKey> = []
        return StageSource(over: upstream, shape: upstream.shape) { () async throws(Failure) in
            while let row = try await upstream.next() {
                do throws(Failure) {
                    guard seen.insert(GroupKey(try key.value(for: row))).inserted else { continue }
                } catch {
                    environment.drop(error, by: "uniq")
                    continue
                }
                if seen.count > Self.maximumKeys {
                    throw Failure(.failed, "uniq remembers no more than \(Self.maximumKeys) values")
                }
                return row
            }
            return nil
        }
    }
}

/// A value as a key: two are the same when Python's `==` says so, and two objects when they look the same.
struct GroupKey: Hashable {
    private let value: Value
    private let text: String?

    init(_ value: Value) {
        if case .object(let box) = value {
            self.value = .none
            self.text = "\(box.record.typeName) \(box.record.repr)"
        } else {
            self.value = value
            self.text = nil
        }
    }
}
