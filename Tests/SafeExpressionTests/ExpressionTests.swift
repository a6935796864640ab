import SafeExpression
import Testing

@Suite struct ExpressionTests {
    /// The tree's root without its version, as JSON.
    @Test(arguments: [
        ("1", #"["lit",0,1,1]"#), ("1.5", #"["lit",0,3,1.5]"#), ("'é' ", #"["lit",0,3,"é"]"#),
        ("18446744073709551616", #"["lit",0,20,{"$int":"18446744073709551616"}]"#),
        ("1e999", #"["lit",0,5,{"$float":"inf"}]"#), ("cost", #"["name",0,4,"cost"]"#),
        ("-x ** 2", #"["neg",0,7,["**",1,7,["name",1,2,"x"],["lit",6,7,2]]]"#),
        ("a + b - c", #"["-",0,9,["+",0,5,["name",0,1,"a"],["name",4,5,"b"]],["name",8,9,"c"]]"#),
        ("(a) * 2", #"["*",0,7,["name",1,2,"a"],["lit",6,7,2]]"#),
        (
            "a < b not in c",
            #"["compare",0,14,["name",0,1,"a"],[["<",["name",4,5,"b"]],["not in",["name",13,14,"c"]]]]"#
        ),
        ("a and b and c", #"["and",0,13,[["name",0,1,"a"],["name",6,7,"b"],["name",12,13,"c"]]]"#),
        ("a if b else c", #"["if",0,13,["name",5,6,"b"],["name",0,1,"a"],["name",12,13,"c"]]"#),
        ("a.b", #"["attr",0,3,["name",0,1,"a"],"b"]"#),
        ("a[1:]", #"["slice",0,5,["name",0,1,"a"],["lit",2,3,1],null,null]"#),
        ("a[0]", #"["index",0,4,["name",0,1,"a"],["lit",2,3,0]]"#),
        ("len(a)", #"["call",0,6,"len",[["name",4,5,"a"]],[]]"#),
        ("min(a, key=len)", #"["call",0,15,"min",[["name",4,5,"a"]],[["key",["function",11,14,"len"]]]]"#),
        (
            "a.split(',', maxsplit=1)",
            #"["method",0,24,["name",0,1,"a"],"split",[["lit",8,11,","]],[["maxsplit",["lit",22,23,1]]]]"#
        ),
        ("{1: a, **b}", #"["dict",0,11,[[["lit",1,2,1],["name",4,5,"a"]],[null,["name",9,10,"b"]]]]"#),
        ("[*a, 1]", #"["list",0,7,[["star",1,3,["name",2,3,"a"]],["lit",5,6,1]]]"#),
        (
            "[x for x, *y in a if x]",
            #"["comp",0,23,"list",["local",1,2,"x"],[[["x",["*","y"]],["name",16,17,"a"],[["local",21,22,"x"]]]]]"#
        ),
        (
            "f'a{b!r:>{c}}'",
            #"["fstring",0,14,["a",["value",["name",4,5,"b"],"r",[">",["value",["name",10,11,"c"],null,null]]]]]"#
        ),
        (
            "isinstance(a, (int, str))",
            #"["call",0,25,"isinstance",[["name",11,12,"a"],["tuple",14,24,[["function",15,18,"int"],["function",20,23,"str"]]]],[]]"#
        ),
    ])
    func parsesToTree(source: String, root: String) throws {
        let tree = try Expression.compile(source).tree
        var bytes: [UInt8] = []
        try #require(tree["root"]).encodeJSON(into: &bytes)
        #expect(String(decoding: bytes, as: UTF8.self) == root)
    }

    @Test func namesAreSlotsInTheOrderOfFirstUse() throws {
        let expression = try Expression.compile("b + [x + a for x in c][0] + b")
        #expect(expression.names == ["b", "a", "c"])
        #expect(expression.ranges(of: "b") == [0..<1, 28..<29])
        #expect(try expression.evaluate([.int(1), .int(2), .list([.int(3)])]) == .int(7))
    }

    @Test func missingVariablesAreNameErrors() throws {
        let expression = try Expression.compile("a and b")
        let error = #expect(throws: Diagnostic.self) { try expression.evaluate { $0 == "a" ? .int(1) : nil } }
        #expect(error?.kindName == "NameError" && error?.range == 6..<7)
    }

    @Test func limitsCanBeSet() throws {
        var limits = Limits()
        limits.steps = 50
        limits.source = 30
        let expression = try Expression.compile("sum(x for x in xs)", limits: limits)
        #expect(try expression.evaluate([.list([.int(1), .int(2)])]) == .int(3))
        let many = Value.list(Array(repeating: .int(1), count: 100))
        let error = #expect(throws: Diagnostic.self) { try expression.evaluate([many]) }
        #expect(error?.kind == .limit(.steps))
        let long = #expect(throws: Diagnostic.self) {
            try Expression.compile(String(repeating: "1 + ", count: 10) + "1", limits: limits)
        }
        #expect(long?.kind == .limit(.source))
    }

    /// Each limit alone, set far below its default: the same expression is fine with the default, and then names the
    /// limit and the place that reached it.
    @Test(arguments: [
        (Limits.Name.source, 20, "1 + 1 + 1 + 1 + 1 + 1", 0..<1), (.nodes, 5, "[1, 2, 3, 4, 5, 6]", 16..<17),
        (.nesting, 3, "((((1))))", 3..<4), (.steps, 10, "sum(range(100))", 0..<15),
        (.characters, 10, "'ab' * 8", 0..<8), (.elements, 10, "[0] * 11", 0..<8), (.bytes, 100, "[0] * 50", 0..<8),
        (.bits, 100, "1 << 101", 0..<8), (.digits, 20, "str(10 ** 30)", 0..<13), (.width, 10, "f'{1:>11}'", 3..<4),
        (.depth, 2, "[[[1]]] == [[[1]]]", 0..<18),
    ])
    func eachLimitCanBeSet(name: Limits.Name, value: Int, source: String, place: Range<Int>) throws {
        _ = try Expression.compile(source).evaluate([])
        var limits = Limits()
        limits[name] = value
        let error = #expect(throws: Diagnostic.self) { try Expression.compile(source, limits: limits).evaluate([]) }
        #expect(error?.kind == .limit(name), "\(source): \(error?.message ?? "")")
        #expect(error?.message.contains("\(value)") == true, "\(error?.message ?? "") names \(value)")
        #expect(error?.range == place, "\(source)")
    }

    @Test func truthNeedsNoValue() throws {
        let expression = try Expression.compile("cost > 100 and params[0] == 'x'")
        #expect(try expression.isTrue([.float(120.5), .list([.string("x")])]))
        #expect(try !expression.isTrue([.int(100), .list([])]))
    }

    /// What capture left out is an error only for an expression that needs it.
    @Test(arguments: [
        ("args[1]", "2"), ("len(args)", "9"), ("1 in args", "True"), ("any(a == 2 for a in args)", "True"),
        ("args[2]", nil), ("args[-1]", nil), ("args[:2]", "[1, 2]"), ("args[-9]", "1"), ("args[2:4]", nil),
        ("5 in args", nil), ("args == args", nil),
        ("args + [1]", nil), ("args * 2", nil), ("str(args)", nil), ("d['a']", "1"), ("d['b']", nil),
        ("'a' in d", "True"), ("'b' in d", nil), ("len(d)", "4"), ("list(d)", nil), ("d.get('a')", "1"),
        ("d.get('b')", nil), ("s == 'x'", nil), ("s + 'x'", nil), ("s.upper()", nil), ("f'{s}'", nil), ("s[0]", nil),
        ("isinstance(s, str)", "True"), ("d == d", nil), ("sorted(args)", nil), ("d.items()", nil), ("args or 1", nil),
    ])
    func cutValuesAreMissed(source: String, expected: String?) throws {
        let variables = try Value(
            json:
                #"{"args":[1,2,{"$cut":7}],"d":{"$dict":[["a",1],[{"$cut":3},null]]},"s":{"$repr":"abc","$type":"str","$cut":9}}"#
        )
        let expression = try Expression.compile(source)
        if let expected {
            #expect(try expression.evaluate { variables[$0] }.repr == expected)
        } else if source == "args or 1" {
            #expect(try expression.evaluate { variables[$0] }.asList?.count == 3)
        } else {
            let error = #expect(throws: Diagnostic.self) { try expression.evaluate { variables[$0] } }
            #expect(error?.kindName == "Cut")
        }
    }

    @Test(arguments: [
        // Two NaNs are the same only where Python would see one object.
        ("[n] == [n]", "True"), ("n == n", "False"), ("[n + 1] == [n]", "False"),
        ("[float('nan')] == [float('nan')]", "False"),
        // A generator keeps its place, and its variables.
        ("[list(g) for g in [(x for x in [1, 2])] for i in [0, 1]]", "[[1, 2], []]"),
        ("[(a, b) for a, b in zip((x for x in [1, 2]), (x for x in [3, 4]))]", "[(1, 3), (2, 4)]"),
        ("[sum(x * i for x in [1, 2]) for i in [1, 2]]", "[3, 6]"),
        ("any(1 / x for x in [1, 0])", "True"), ("list(zip(range(10**9), 'ab'))", "[(0, 'a'), (1, 'b')]"),
        ("[x for x in [1, 2] for x in [x, x * 10]]", "[1, 10, 2, 20]"),
        ("{3, 1, 2, 100, 33, 65, 97}", "{1, 2, 3, 100, 33, 65, 97}"),
    ])
    func keepsPythonsFinerPoints(source: String, repr: String) throws {
        #expect(try Expression.compile(source).evaluate { _ in .float(.nan) }.repr == repr)
    }

    @Test func refusesWhatIsNoText() {
        for bytes: [UInt8] in [
            [0xFF], [0x31, 0x00], [0xED, 0xA0, 0x80], [0x22, 0xC3, 0x22], Array(repeating: 0x28, count: 60_000),
            Array(repeating: 0x31, count: 10 << 20),
        ] {
            #expect(throws: Diagnostic.self) { try Expression.compile(utf8: bytes) }
        }
    }

    /// What fuzzing has found.
    @Test(arguments: ["pow(5, -1, 1)", "pow(0, 3, -1)"])
    func survivesWhatFuzzingFound(source: String) throws {
        #expect(try Expression.compile(source).evaluate([]) == .int(0))
    }
}

extension Limits {
    /// A limit by its name.
    fileprivate subscript(name: Name) -> Int {
        get { self[keyPath: Self.path(name)] }
        set { self[keyPath: Self.path(name)] = newValue }
    }

    private static func path(_ name: Name) -> WritableKeyPath<Limits, Int> {
        switch name {
        case .source: \.source
        case .nodes: \.nodes
        case .nesting: \.nesting
        case .steps: \.steps
        case .characters: \.characters
        case .elements: \.elements
        case .bytes: \.bytes
        case .bits: \.bits
        case .digits: \.digits
        case .width: \.width
        case .depth: \.depth
        }
    }
}
