import SafeExpression
import Testing

@testable import Shell

@Suite struct DiagnosticTests {
    private func rendered(_ text: String, name: String? = "t.sonde") -> String {
        var parser = Parser(SourceText(text, name: name), variables: ["limit"])
        do {
            return describe(try parser.parseScript())
        } catch {
            return error.rendered()
        }
    }

    @Test func unknownName() {
        #expect(
            rendered("ps\n\n  ps | where pdi > 1") == """
                t.sonde:3:14: error: unknown name 'pdi' (did you mean 'pid'?)
                    ps | where pdi > 1
                               ^~~

                """)
    }

    @Test func aLineThatWasTypedHasNoPosition() {
        #expect(
            rendered("wacth shop:checkout", name: nil) == """
                error: unknown command 'wacth' (did you mean 'watch'?)
                  wacth shop:checkout
                  ^~~~~

                """)
    }

    @Test func anErrorInLineSeven() {
        let text = """
            # a script
            param fn = "shop:checkout"
            let slow = (watch $fn --for 1s
                        | select cost, args)
            if len(slow) == 0 {
                echo "none"
                expct len(slow) < 10
            }
            """
        #expect(
            rendered(text) == """
                t.sonde:7:5: error: unknown command 'expct' (did you mean 'expect'?)
                      expct len(slow) < 10
                      ^~~~~

                """)
    }

    @Test func anExpressionOverSeveralLines() {
        #expect(
            rendered("expect any([\n  limit > 1,\n  limt\n])") == """
                t.sonde:3:3: error: unknown name 'limt' (did you mean 'limit'?)
                    limt
                    ^~~~

                """)
    }

    @Test func wideCharactersAndTabsKeepTheMarkInPlace() {
        #expect(
            rendered("\techo \"日本\" $limt", name: nil) == """
                error: unknown variable '$limt' (did you mean 'limit'?)
                   echo "日本" $limt
                               ^~~~~

                """)
    }

    @Test func whatTheTerminalWouldObeyIsEscaped() {
        let failure = Failure(
            .failed, "no \u{1B}[2Jmodule", hint: "see\nps", details: ["a\u{9B}b"])
        #expect(failure.rendered() == "error: no \\x1b[2Jmodule (see\\nps)\n  a\\x9bb\n")
        #expect(failure.rendered(color: true).hasPrefix("\u{1B}[1;31merror:\u{1B}[0m no \\x1b"))
    }

    @Test func aLongLineIsShownAroundThePlace() {
        let text = rendered(
            "echo " + String(repeating: "x", count: 500) + " $nope " + String(repeating: "y", count: 500))
        let lines = text.split(separator: "\n")
        #expect(lines.count == 3)
        #expect(lines[1].count < 200)
        let mark = lines[2].firstIndex(of: "^").map { lines[2].distance(from: lines[2].startIndex, to: $0) } ?? 0
        #expect(lines[1].dropFirst(mark).hasPrefix("$nope"))
    }

    @Test func theEndOfTheTextIsAPlace() {
        #expect(
            rendered("ps |", name: nil) == """
                error: a stage is missing behind '|' (such as where, select or head)
                  ps |
                      ^

                """)
    }
}
