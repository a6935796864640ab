internal import SafeExpression

/// `select NAME[=EXPR], ...`: rows of these columns.
struct SelectStage: Stage {
    /// One column of the result.
    struct Item: Sendable {
        let name: String
        let value: BoundExpression
        /// The column that it is a plain copy of.
        let copied: String?
    }

    static let entry: StageTable.Entry = StageTable.Entry(
        name: "select", usage: "select NAME[=EXPR], ...", summary: "rows of these columns only",
        example: "ps | select pid, major=version[:3]"
    ) { (parser, shape) throws(Failure) in
        var items: [Item] = []
        repeat {
            let item = try parseItem(&parser, shape)
            if items.contains(where: { $0.name == item.name }) {
                throw parser.error(
                    "two columns are called '\(item.name)'", hint: "NAME=EXPR names one", at: item.value.range)
            }
            items.append(item)
            parser.skipBlanks()
        } while parser.eat(",")
        return SelectStage(items: items)
    }

    let items: [Item]

    private static func parseItem(_ parser: inout Parser, _ shape: Shape) throws(Failure) -> Item {
        parser.skipBlanks(newlines: true)
        let start = parser.position
        var name: String?
        if let word = parser.nextWord() {
            parser.position += word.unicodeScalars.count
            parser.skipBlanks()
            if parser.peek == "=", parser.peek(at: 1) != "=" {
                parser.position += 1
                name = word
            } else {
                parser.position = start
            }
        }
        let value = try parser.parseExpression(
            for: "select", end: Parser.ExpressionEnd(comma: true), names: shape.names)
        let names = value.hostNames
        let copied = names.count == 1 && names[0] == value.text ? names[0] : nil
        return Item(name: name ?? value.text, value: value, copied: copied)
    }

    func shape(after shape: Shape) -> Shape {
        let columns = items.map { item in
            let column = item.copied.flatMap { shape.column($0) }
            return Column(item.name, column?.kind ?? .value, width: column?.width ?? 12)
        }
        return Shape(columns: columns, isStream: shape.isStream)
    }

    func open(_ upstream: any RowSource, in environment: StageEnvironment) throws(Failure) -> any RowSource {
        var columns: [(copied: String?, value: RowExpression)] = []
        for item in items {
            columns.append((item.copied, try RowExpression(item.value, over: upstream.shape, in: environment)))
        }
        let names = items.map(\.name)
        return StageSource(over: upstream, shape: shape(after: upstream.shape)) { () async throws(Failure) in
            rows: while let row = try await upstream.next() {
                var values: [Value] = []
                for column in columns {
                    // A copy needs no evaluation, so a value that capture cut passes as it is.
                    if let name = column.copied, let value = row.field(name) {
                        values.append(value)
                        continue
                    }
                    do throws(Failure) {
                        values.append(try column.value.value(for: row))
                    } catch {
                        environment.drop(error, by: "select")
                        continue rows
                    }
                }
                return TableRow(names, values)
            }
            return nil
        }
    }
}
