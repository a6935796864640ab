import SafeExpression
import Testing

@testable import Shell

@Suite struct RendererTests {
    static let columns = [
        Column("ts", .time, width: 12), Column("cost", .milliseconds, width: 9), Column("name", .text, width: 6),
        Column("n", .number), Column("value", .value, width: 10), Column("more", .value, detail: true),
    ]

    static let rows: [TableRow] = [
        row(1_705_586_200.123, 12.5, .string("ann"), .int(3), .list([.int(1), .string("x")])),
        row(0, 1234.5678, .string("日本,\"a\""), .float(0.25), .none),
        row(86_399.9999, 0, .none, .float(2), .string("\u{1B}[31mred\n")),
    ]

    static func row(_ ts: Double, _ cost: Double, _ name: Value, _ n: Value, _ value: Value) -> TableRow {
        TableRow(columns.map(\.name), [.float(ts), .float(cost), name, n, value, .bool(true)])
    }

    static func render(
        _ format: OutputFormat, _ rows: [TableRow] = rows, isStream: Bool = false, width: Int? = nil,
        isForTerminal: Bool = false
    ) throws -> [String] {
        var pieces: [String] = []
        var style = RenderStyle()
        style.width = width
        style.isForTerminal = isForTerminal
        style.offsetFromUTC = { _ in 3600 }
        let renderer = format.makeRenderer(
            shape: Shape(columns: columns, isStream: isStream), style: style, write: { pieces.append($0) })
        for row in rows { try renderer.add(row) }
        try renderer.end()
        return pieces
    }

    @Test func table() throws {
        #expect(
            try Self.render(.table).joined() == """
                ts                cost  name         n  value
                14:56:40.123    12.500  ann          3  [1, 'x']
                01:00:00.000  1234.568  日本,"a"  0.25  None
                00:59:59.999     0.000               2  \\x1b[31mred\\n

                """)
    }

    @Test func tableForAPerson() throws {
        let text = try Self.render(.table, width: 40).joined()
        #expect(
            text == """
                ts                cost  na…     n  value
                14:56:40.123    12.500  ann     3  [1, …
                01:00:00.000  1234.568  日…  0.25  None
                00:59:59.999     0.000          2  \\x1b…

                """)
    }

    @Test func tableOfAStream() throws {
        let pieces = try Self.render(.table, isStream: true)
        #expect(pieces.count == 4, "the header with the first row, then a row at a time")
        #expect(
            pieces.joined() == """
                ts                 cost  name               n  value
                14:56:40.123     12.500  ann                3  [1, 'x']
                01:00:00.000   1234.568  日本,"a"          0.25  None
                00:59:59.999      0.000                     2  \\x1b[31mred\\n

                """)
    }

    @Test func wide() throws {
        let text = try Self.render(.wide, width: 20).joined()
        #expect(text.hasPrefix("ts                cost  name         n  value          more\n"))
    }

    @Test func vertical() throws {
        #expect(
            try Self.render(.vertical, [Self.rows[0], Self.rows[1]]).joined() == """
                ts     14:56:40.123
                cost   12.500
                name   ann
                n      3
                value  [1, 'x']
                more   True

                ts     01:00:00.000
                cost   1234.568
                name   日本,"a"
                n      0.25
                value  None
                more   True

                """)
    }

    @Test func jsonLines() throws {
        let pieces = try Self.render(.jsonl)
        #expect(pieces.count == 3)
        #expect(
            pieces[0]
                == "{\"ts\":1705586200.123,\"cost\":12.5,\"name\":\"ann\",\"n\":3,\"value\":[1,\"x\"],\"more\":true}\n")
        #expect(pieces[2].contains("\"name\":null"))
        #expect(pieces[2].contains("\\u001b[31mred\\n"))
    }

    @Test func json() throws {
        let text = try Self.render(.json).joined()
        let value = try Value(json: text)
        #expect(value.asList?.count == 3)
        #expect(value.asList?[1]["name"]?.asString == "日本,\"a\"")
        #expect(try Self.render(.json, []).joined() == "[]\n")
    }

    @Test func commaSeparated() throws {
        #expect(
            try Self.render(.csv).joined() == """
                ts,cost,name,n,value,more
                1705586200.123,12.5,ann,3,"[1,""x""]",true
                0.0,1234.5678,"日本,""a""\",0.25,,true
                86399.9999,0.0,,2.0,"\u{1B}[31mred
                ",true

                """)
    }

    @Test func tabSeparated() throws {
        #expect(
            try Self.render(.tsv, [Self.rows[2]]).joined() == """
                ts\tcost\tname\tn\tvalue\tmore
                86399.9999\t0.0\t\t2.0\t\u{1B}[31mred\\n\ttrue

                """)
    }

    @Test func markdown() throws {
        let row = TableRow(["a", "b"], [.string("x|y"), .int(1)])
        var text = ""
        let renderer = OutputFormat.markdown.makeRenderer(
            shape: Shape(columns: [Column("a"), Column("b", .number)]), style: .plain, write: { text += $0 })
        try renderer.add(row)
        try renderer.end()
        #expect(text == "| a | b |\n| --- | --: |\n| x\\|y | 1 |\n")
    }

    @Test(arguments: OutputFormat.allCases)
    func nothingReachesATerminalThatItWouldObey(_ format: OutputFormat) throws {
        let evil = "a\u{1B}]0;x\u{07}\u{9B}2J\u{202E}\rb"
        let row = TableRow(["k\u{1B}", "v"], [.string(evil), .list([.string(evil)])])
        var text = ""
        let renderer = format.makeRenderer(
            shape: Shape(columns: [], isOpen: true), style: RenderStyle(width: 200, isForTerminal: true),
            write: { text += $0 })
        try renderer.add(row)
        try renderer.end()
        let allowed: Set<Unicode.Scalar> = ["\n", "\t"]
        for scalar in text.unicodeScalars {
            #expect(scalar.value >= 0x20 && !(0x7F..<0xA0).contains(scalar.value) || allowed.contains(scalar))
            #expect(scalar != "\u{202E}")
        }
        if format == .jsonl { #expect(throws: Never.self) { try Value(json: text) } }
    }

    @Test(arguments: OutputFormat.allCases)
    func noRows(_ format: OutputFormat) throws {
        let text = try Self.render(format, []).joined()
        switch format {
        case .table: #expect(text == "ts  cost  name  n  value\n")
        case .csv: #expect(text == "ts,cost,name,n,value,more\n")
        case .jsonl, .vertical: #expect(text.isEmpty)
        default: #expect(!text.isEmpty)
        }
    }

    @Test func listsStandBelowTheRow() throws {
        let frame = Value.dict([
            (.string("func"), .string("charge")), (.string("file"), .string("shop.py")), (.string("line"), .int(7)),
            (.string("code"), .string("pay()")),
        ])
        var text = ""
        let shape = Shape(columns: [Column("func"), Column("stack", .lines)], isStream: true)
        let renderer = OutputFormat.table.makeRenderer(shape: shape, style: .plain, write: { text += $0 })
        try renderer.add(TableRow(["func", "stack"], [.string("a"), .list([frame, .string("x")])]))
        #expect(text == "func\na\n    charge (shop.py:7)  pay()\n    x\n")
    }

    @Test(arguments: [
        ("a.json", OutputFormat.json), ("a.b.csv", .csv), ("x.txt", .table), ("d.csv/rows", .jsonl),
        ("x.MD", .markdown),
    ])
    func formatOfAFile(_ path: String, _ format: OutputFormat) {
        #expect(OutputFormat(ofFile: path) == format)
    }
}
