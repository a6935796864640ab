import SafeExpression
import Testing

@testable import Shell

@Suite struct ScriptTests {
    private func shell() async -> TestShell {
        let shell = await TestShell(options: .init(format: .jsonl))
        shell.watching([5, 200, 30])
        return shell
    }

    @Test func theWholeLanguage() async {
        let shell = await shell()
        let script = """
            #!/usr/bin/env -S sonde -f
            param fn
            param limit = 100
            let slow = (watch $fn --for 20s if cost > $limit | select cost, user)
            if len(slow) == 0 { echo "nothing slower than {limit} ms" }
            else if len(slow) > 100 { echo "far too many" }
            else {
              echo "{len(slow)} calls of $fn, the slowest {max(r.cost for r in slow):.1f} ms"
              slow | sort cost desc | head 1
            }
            for row in slow { echo row {row.cost} by {row.user} }
            expect len(slow) < 10, "too many slow calls"
            assert max(r.cost for r in slow) < 5000
            """
        #expect(await shell.run(script, ["shop:checkout"]) == .done, "\(shell.front.reports)")
        #expect(
            shell.front.output == """
                3 calls of shop:checkout, the slowest 200.0 ms
                {"cost":200.0,"user":"bob"}
                row 5.0 by ann
                row 200.0 by bob
                row 30.0 by ann

                """)
        let params = shell.session.requests.last?.params
        #expect(params?["pattern"]?.asString == "shop:checkout")
        #expect(params?["condition"]?.json.contains("100") == true)
    }

    @Test(arguments: [
        ("while i < 3 { let i = i + 1; echo $i }", "1\n2\n3\n"),
        ("for x in [1, 2, 3] { if x == 2 { continue }; echo $x }", "1\n3\n"),
        ("for x in [1, 2, 3] { if x == 2 { break }; echo $x }", "1\n"),
        ("for x in range(2) { for y in {5} { echo $x $y } }", "0 5\n1 5\n"),
        ("for k in {\"a\": 1} { echo $k }", "a\n"),
        ("repeat 2 every 1ms { echo x }", "x\nx\n"),
        ("defer { echo a }; defer { echo b }; echo c", "c\nb\na\n"),
        ("on error continue; use 9; echo on", "on\n"),
        ("let a = [1, 2]; echo {a[0]} {len(a)}", "1 2\n"),
        ("let d = {\"k\": (1, 2)}; echo {d[\"k\"]}", "(1, 2)\n"),
        ("timeout 10s { echo in }; echo out", "in\nout\n"),
        ("if not i { echo none }", "none\n"),
    ])
    func statements(_ script: String, _ output: String) async {
        let shell = await shell()
        _ = await shell.run("let i = 0\n" + script)
        #expect(shell.front.output == output)
    }

    @Test(arguments: [
        ("ps", 0), ("use 9", 1), ("nonsense", 2), ("attach 999", 3), ("attach 998", 4), ("exec 1", 4),
        ("expect 1 > 2", 5), ("assert 1 > 2", 5), ("exit 7", 7), ("expect 1 > 2; exit", 5), ("expect 1 > 2; exit 0", 5),
        ("timeout 20ms { watch f -n 0 }", 124), ("on error continue; use 9", 1),
        ("on error continue; use 9; expect 1 > 2", 1), ("expect 1 > 2; use 9", 1), ("let x = 1 / 0", 1),
        ("defer { use 9 }", 1), ("ps | where container.x", 1), ("repeat 1.5 { ps }", 1), ("for x in 5 { ps }", 1),
        ("on error continue\nassert 1 > 2\necho no", 5),
    ])
    func exitStatus(_ script: String, _ expected: Int32) async {
        let shell = await TestShell()
        shell.watching([], ending: .waits)
        #expect(await shell.run(script).rawValue == expected, "\(shell.front.reports)")
    }

    @Test func nothingRunsOfAScriptThatIsWrong() async {
        let shell = await shell()
        #expect(await shell.run("echo before\n\n\n\n\n\nwacth shop:checkout\necho after") == .usage)
        #expect(shell.front.output.isEmpty)
        #expect(
            shell.front.reports == """
                t.sonde:7:1: error: unknown command 'wacth' (did you mean 'watch'?)
                  wacth shop:checkout
                  ^~~~~

                """)
        #expect(shell.session.requests.isEmpty)
    }

    @Test func checkingRunsNothing() async {
        let shell = await shell()
        let check = { await shell.interpreter.check(script: $0, name: "t.sonde") }
        #expect(await check("param fn\nwatch $fn\necho hello") == .done)
        #expect(await check("watch f -n 0") == .usage)
        #expect(shell.front.reports.contains("nothing bounds this stream"))
        #expect(await check("let x = 1 +") == .usage)
        #expect(await shell.interpreter.check(line: "watch f -n 0") == .done)
        #expect(await shell.interpreter.check(line: "wacth f") == .usage)
        #expect(await shell.interpreter.check(script: "param a\necho $a", name: "t", arguments: []) == .usage)
        #expect(await shell.interpreter.check(script: "param a\necho $a", name: "t", arguments: ["1"]) == .done)
        #expect(shell.front.output.isEmpty)
        #expect(shell.session.requests.isEmpty)
    }

    @Test func aCommandThatFailsNamesItsPlace() async {
        let shell = await shell()
        #expect(await shell.run("echo a\nif True {\n  use 9 ; echo b\n}") == .failed)
        #expect(
            shell.front.reports == """
                t.sonde:3:3: error: there is no session 9 (see sessions)
                    use 9 ; echo b
                    ^~~~~

                """)
        #expect(shell.front.output == "a\n")
    }

    @Test func anExpectationShowsWhatItSaw() async {
        let shell = await shell()
        #expect(await shell.run("let n = 3\nexpect n > 5, \"only {n}\"\necho goes on") == .expectation)
        #expect(
            shell.front.reports == """
                t.sonde:2:8: error: expectation failed: only 3
                  expect n > 5, "only {n}"
                         ~~~~~
                  n = 3

                """)
        #expect(shell.front.output == "goes on\n")
        #expect(await shell.run("let n = 3\nassert n > 5\necho no") == .expectation)
        #expect(shell.front.output.isEmpty)
    }

    @Test func anErrorOfAnExpressionHasAPlace() async {
        let shell = await shell()
        #expect(await shell.run("let rows = []\necho first\necho {rows[0]}") == .failed)
        #expect(shell.front.reports.hasPrefix("t.sonde:3:7: error: list index"))
        #expect(shell.front.reports.hasSuffix("  echo {rows[0]}\n        ~~~~~~~\n"))
    }

    @Test func aVariableThatABranchDidNotSet() async {
        let shell = await shell()
        #expect(await shell.run("if False { let x = 1 }\necho $x") == .failed)
        #expect(shell.front.reports.contains("variable '$x' has no value yet"))
    }

    @Test func parameters() async {
        let shell = await shell()
        let script = "param a\nparam b = 5\nparam c = \"x\"\nparam d = [1]\necho {a!r} {b!r} {c!r} {d!r}"
        let run = { (arguments: [String]) async -> String in
            _ = await shell.run(script, arguments)
            return shell.front.output + shell.front.reports
        }
        #expect(await run(["shop:checkout"]) == "'shop:checkout' 5 'x' [1]\n")
        #expect(await run(["7", "8", "9", "[2, 3]"]) == "7 8 '9' [2, 3]\n")
        #expect(await run(["c=z", "1.5", "b=2.5"]) == "1.5 2.5 'z' [1]\n")
        #expect(await run(["007"]) == "'007' 5 'x' [1]\n")
        #expect(
            await run([]) == """
                t.sonde:1:1: error: the script needs a value for 'a' (give it as an argument: a [b] [c] [d])
                  param a
                  ^~~~~~~

                """)
        #expect(await run(["1", "x"]) == "error: 'b' needs a number, not 'x'\n")
        #expect(await run(["1", "2", "3", "[4]", "5"]) == "error: unexpected argument '5' (it takes a b c d)\n")
    }

    @Test func variablesOfAScriptAreItsOwn() async {
        let shell = await shell()
        await shell.mustExec("let x = 1")
        #expect(await shell.run("let x = 2; let y = 3") == .done)
        await shell.assertExec("echo $x", "1\n")
        #expect(await shell.interpreter.run(line: "echo $y") == .usage)
    }

    @Test func capturedRowsAreRowsAgain() async {
        let shell = await shell()
        await shell.mustExec("let all = (watch shop:checkout)")
        await shell.assertExec(
            "all | where user == \"bob\" | select cost, arg.user", "{\"cost\":200.0,\"arg.user\":\"bob\"}\n")
        await shell.mustExec("let costs = (all | select cost, user)")
        await shell.assertExec("costs | head 1 | to table", " cost  user\n5.000  ann\n")
        await shell.assertExec("all | count", "{\"count\":3}\n")
        await shell.assertExec("echo {[r.user for r in all]}", "['ann', 'bob', 'ann']\n")
        await shell.assertExec("let n = [1, 2]; n", "{\"value\":1}\n{\"value\":2}\n")
    }

    @Test func interruptEndsALoopThatWaitsForNothing() async {
        let shell = await shell()
        async let status = shell.run("echo started\nwhile True { let x = 1 }")
        await eventually("it runs") { shell.front.output == "started\n" }
        shell.interpreter.interrupt()
        #expect(await status == .interrupted)
    }

    @Test func deferredBlocksRunAfterAnInterrupt() async {
        let shell = await shell()
        shell.watching([], ending: .waits)
        async let status = shell.run("defer { echo cleaned }\nwatch f -n 0 --for 1h")
        await eventually("it watches") { shell.session.lastStream != nil }
        shell.interpreter.interrupt()
        #expect(await status == .interrupted)
        #expect(shell.front.output == "cleaned\n")
    }

    @Test func waitUntilAsksAgain() async throws {
        let shell = await shell()
        let rows = RowFeed([.int(3), .int(2), .int(1)])
        shell.session.on("thread") { _ in
            let count = rows.next()?.asInt ?? 0
            return .dict([
                (.string("rows"), .list(Array(repeating: .dict([(.string("id"), .int(1))]), count: count)))
            ])
        }
        #expect(await shell.run("wait until len(thread) < 2 timeout 20s\necho done") == .done, "\(shell.front.reports)")
        #expect(shell.front.output == "done\n")
        #expect(shell.session.requests.map(\.command) == ["thread", "thread", "thread"])
        #expect(await shell.run("let n = 5\nwait until n < 2 timeout 30ms") == .timedOut)
        #expect(shell.front.reports.hasPrefix("t.sonde:2:1: error: n < 2 did not hold within 30ms\n"))
    }

    @Test func aBlockThatTakesTooLong() async {
        let shell = await shell()
        shell.watching([1], ending: .waits)
        #expect(await shell.run("timeout 30ms {\n  watch f -n 0\n}\necho no") == .timedOut)
        #expect(
            shell.front.reports.hasSuffix(
                "t.sonde:1:1: error: the block took longer than 30ms\n  timeout 30ms {\n  ^~~~~~~~~~~~\n"))
        #expect(shell.session.lastStream?.isCancelled == true)
        #expect(!shell.front.output.contains("no"))
    }
}
