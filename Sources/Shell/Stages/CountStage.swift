internal import SafeExpression

/// `count [by EXPR]`: how many rows there are, for each value of an expression if one is given.
struct CountStage: Stage {
    static let entry: StageTable.Entry = StageTable.Entry(
        name: "count", usage: "count [by EXPR]", summary: "how many rows; for each value, most first",
        example: "ps | count by user"
    ) { (parser, shape) throws(Failure) in
        parser.skipBlanks()
        guard parser.eatKeyword("by") else { return CountStage(key: nil) }
        return CountStage(key: try parser.parseExpression(for: "count by", names: shape.names))
    }

    let key: BoundExpression?

    func shape(after shape: Shape) -> Shape {
        let count = Column("count", .number)
        guard let key else { return Shape(columns: [count]) }
        return Shape(columns: [groupColumn(key, in: shape), count])
    }

    func open(_ upstream: any RowSource, in environment: StageEnvironment) throws(Failure) -> any RowSource {
        var expression: RowExpression?
        if let key { expression = try RowExpression(key, over: upstream.shape, in: environment) }
        let shape = shape(after: upstream.shape)
        let names = shape.columns.map(\.name)
        var result: ArraySlice<any Record>?
        return StageSource(over: upstream, shape: shape) { () async throws(Failure) in
            if result == nil {
                var groups = Groups<Int>()
                while let row = try await upstream.next() {
                    do throws(Failure) {
                        groups.update(try expression?.value(for: row) ?? .none, default: 0) { $0 += 1 }
                    } catch {
                        environment.drop(error, by: "count")
                    }
                }
                if expression == nil {
                    let total = groups.members.first?.member ?? 0
                    result = [TableRow(names, [.int(total)])]
                } else {
                    result =
                        groups.members.enumerated()
                        .sorted { ($1.element.member, $0.offset) < ($0.element.member, $1.offset) }
                        .map { TableRow(names, [$0.element.key, .int($0.element.member)]) as any Record }[...]
                }
            }
            return result?.popFirst()
        }
    }
}

/// The column that a `by` gives: named by its expression.
func groupColumn(_ key: BoundExpression, in shape: Shape) -> Column {
    let name = key.text == "count" ? "by" : key.text
    return Column(name, shape.column(key.text)?.kind ?? .value)
}

/// Something for each value of a key, in the order of first sight.
struct Groups<Member> {
    private(set) var members: [(key: Value, member: Member)] = []
    private var places: [GroupKey: Int] = [:]

    /// Changes the member of a key.
    mutating func update(_ key: Value, default member: Member, _ change: (inout Member) -> Void) {
        let groupKey = GroupKey(key)
        if let place = places[groupKey] {
            change(&members[place].member)
        } else {
            places[groupKey] = members.count
            members.append((key, member))
            change(&members[members.count - 1].member)
        }
    }
}
