import SafeExpression
import Testing

/// Rendered diagnostics, kept in `Golden/`.
///
/// With `SONDE_RECORD_GOLDEN` in the environment the files are written anew and the run fails, so that a recording never
/// passes for a test.
@Suite struct DiagnosticTests {
    /// An expression, the variables' JSON, and whether the variables are declared.
    static let cases: [(file: String, lines: [(source: String, variables: String)])] = [
        (
            "syntax",
            [
                ("cost >", "{}"), ("(cost", "{}"), ("cost)", "{}"), ("[1, 2)", "{}"), ("", "{}"), ("1 2", "{}"),
                ("a if b", "{}"), ("'abc", "{}"), ("f'{x'", "{}"), ("f'{}'", "{}"), ("f'{x!z}'", "{}"), ("012", "{}"),
                ("1__0", "{}"), ("a && b", "{}"), ("x = 1", "{}"), ("a.b.", "{}"), ("f(a=1, 2)", "{}"), ("é +", "{}"),
                ("1 +\n2", "{}"), ("x ? 1 : 2", "{}"), ("[x for 1 in y]", "{}"), (#""\x4""#, "{}"),
            ]
        ),
        (
            "rejected",
            [
                ("x.__class__", #"{"x":1}"#), ("len", #"{"x":1}"#), ("print(1)", "{}"), ("lambda: 1", "{}"),
                ("'{}'.format(x)", #"{"x":1}"#), ("x.append(1)", #"{"x":[]}"#), ("x.startwith('a')", #"{"x":"a"}"#),
                ("x is 1", #"{"x":1}"#), ("sorted(x, key=x)", #"{"x":[]}"#), ("x += 1", #"{"x":1}"#), ("b'x'", "{}"),
                ("1j", "{}"), ("len(x, x)", #"{"x":1}"#), ("round(x, digits=2)", #"{"x":1}"#), ("x; x", #"{"x":1}"#),
                ("x\u{200B}", #"{"x":1}"#), ("ｘ", #"{"x":1}"#), ("[len(x) for len in x]", #"{"x":[]}"#),
                ("isinstance(x, 5)", #"{"x":1}"#), ("x.real", #"{"x":1}"#), ("x.name", #"{"x":{"name":1}}"#),
                ("zip(x, x)", #"{"x":[]}"#), ("(-8) ** 0.5", "{}"),
            ]
        ),
        (
            "names",
            [
                (#"cost > 200 and parms[0] == "x""#, #"{"cost":250,"params":["x"]}"#), ("Cost > 1", #"{"cost":1}"#),
                ("nil", #"{"cost":1}"#), ("lenn", #"{"cost":1}"#), ("quite_other", #"{"cost":1}"#),
                ("[y for x in cost]", #"{"cost":[]}"#), ("变量 > 日本", #"{"变量":1}"#),
            ]
        ),
        (
            "runtime",
            [
                (#"cost > 200 and params[5] == "x""#, #"{"cost":250,"params":["x"]}"#),
                ("user['nmae']", #"{"user":{"name":"ann","id":1}}"#), ("1 / n", #"{"n":0}"#),
                ("name + 1", #"{"name":"a"}"#), ("cost > '100'", #"{"cost":1.5}"#), ("int(name)", #"{"name":"x1"}"#),
                ("d['a']['b']", #"{"d":{"a":null}}"#), ("max(xs)", #"{"xs":[]}"#), ("name[10]", #"{"name":"ab"}"#),
                ("user.teir", #"{"user":{"$repr":"<User>","$type":"shop.User","$attrs":{"tier":"gold"}}}"#),
                ("args[2] == 1", #"{"args":[1,2,{"$cut":7}]}"#), ("[a for a, b in xs]", #"{"xs":[[1,2],[3]]}"#),
                ("f'{n:d}'", #"{"n":"x"}"#), ("n.upper()", #"{"n":1}"#), ("'变量' + n", #"{"n":1}"#),
            ]
        ),
        (
            "limits",
            [
                ("9**9**9", "{}"), ("'a' * 10**10", "{}"), ("f'{1:>9999999999}'", "{}"), ("1 << 10**9", "{}"),
                ("[0] * 10**9", "{}"), ("sum(range(10**12))", "{}"), (String(repeating: "(", count: 50), "{}"),
                (String(repeating: "not ", count: 200) + "1", "{}"),
                (Array(repeating: "1", count: 300).joined(separator: "+"), "{}"),
                (String(repeating: " ", count: 5_000), "{}"), ("str(2**15000)", "{}"),
                ("[x for x in range(10**9)]", "{}"),
            ]
        ),
    ]

    static let isRecording = getenvFlag("SONDE_RECORD_GOLDEN")

    @Test(arguments: cases.map(\.file))
    func renders(file: String) throws {
        let lines = try #require(Self.cases.first { $0.file == file }).lines
        let rendered = try lines.map { try Self.render($0.source, $0.variables) }.joined(separator: "\n\n") + "\n"
        let folder = "/" + #filePath.split(separator: "/").dropLast().joined(separator: "/") + "/Golden"
        let path = "\(folder)/\(file).txt"
        if Self.isRecording {
            writeFile(path, rendered)
            Issue.record("recorded \(path)")
            return
        }
        let golden = try #require(readFile(path), "no golden file \(path)")
        #expect(rendered == String(decoding: golden, as: UTF8.self))
    }

    /// The kind and the rendered form of the error that an expression must have.
    static func render(_ source: String, _ variables: String) throws -> String {
        let data = try Value(json: variables)
        let names = try #require(data.asDict).map(\.key.str)
        let diagnostic: Diagnostic
        do {
            let expression = try Expression.compile(source, names: .declared(names))
            do {
                let value = try expression.evaluate { data[$0] }
                Issue.record("\(source) gives \(value)")
                return ""
            } catch {
                diagnostic = error
            }
        } catch {
            diagnostic = error
        }
        return "[\(diagnostic.kindName)]\n\(diagnostic.rendered(source: source))"
    }

    @Test func colorsOnlyWhenAsked() throws {
        let diagnostic = Diagnostic(kind: .syntax, message: "no", range: 0..<1, hint: "yes")
        #expect(diagnostic.rendered(source: "ab") == "error: no (yes)\n  ab\n  ^")
        #expect(diagnostic.rendered(source: "ab", color: true).contains("\u{1B}[1;31m^\u{1B}[0m"))
    }

    @Test func showsTheLineAndAWindowOfLongOnes() {
        let two = Diagnostic(kind: .runtime("TypeError"), message: "no", range: 4..<6)
        #expect(two.rendered(source: "(a\n+ bc\n)") == "error: no\n  + bc\n   ~~")
        let source = String(repeating: "a", count: 400) + "!" + String(repeating: "b", count: 400)
        let long = Diagnostic(kind: .syntax, message: "no", range: 400..<401).rendered(source: source)
        let lines = long.split(separator: "\n")
        #expect(lines[1].count < 170 && lines[1].hasPrefix("  …") && lines[1].hasSuffix("…"))
        #expect(
            lines[1].firstIndex(of: "!")
                == lines[2].firstIndex(of: "^").map {
                    lines[1].index(lines[1].startIndex, offsetBy: lines[2].distance(from: lines[2].startIndex, to: $0))
                })
    }

    @Test(arguments: [
        ("parms", "params"), ("lenght", "length"), ("Cost", "cost"), ("usre", "user"), ("zzz", nil), ("x", nil),
        ("", nil),
    ])
    func suggests(name: String, expected: String?) {
        #expect(suggestion(for: name, among: ["params", "length", "cost", "user", "y"]) == expected)
    }
}
