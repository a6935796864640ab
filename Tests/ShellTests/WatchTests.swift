import SafeExpression
import Sessions
import Synchronization
import Testing

@testable import Shell

@Suite struct WatchTests {
    @Test func theRequest() async throws {
        let shell = await TestShell()
        shell.watching([])
        await shell.mustExec(
            "let limit = 20; watch shop:checkout -n 5 --for 1.5s -x 2 --rate 50 --sample 0.5 -b -e if cost > $limit")
        let params = try #require(shell.session.requests.last?.params)
        #expect(params["pattern"]?.asString == "shop:checkout")
        #expect(params["times"]?.asInt == 5)
        #expect(params["seconds"]?.asDouble == 1.5)
        #expect(params["expand"]?.asInt == 2)
        #expect(params["rate"]?.asInt == 50)
        #expect(params["sample"]?.asDouble == 0.5)
        #expect(params["on"]?.asList?.compactMap(\.asString) == ["enter", "error"])
        #expect(params["condition_names"]?.asList?.compactMap(\.asString) == ["cost"])
        let tree = try #require(params["condition"]).json
        #expect(tree.contains("[\"name\",0,4,\"cost\"]"))
        #expect(tree.contains("[\"lit\",7,13,20]"), "the variable is a literal: \(tree)")
    }

    @Test func theDefaults() async throws {
        let shell = await TestShell()
        shell.watching([])
        await shell.mustExec("watch shop:checkout")
        let params = try #require(shell.session.requests.last?.params)
        #expect(params["times"]?.asInt == 100)
        #expect(params["condition"]?.isNone == true)
        #expect(params["seconds"] == nil)
        #expect(params["on"]?.asList?.compactMap(\.asString) == ["return", "error"])
    }

    @Test func rows() async {
        let shell = await TestShell(options: .init(format: .jsonl))
        shell.watching([1.5, 30])
        let text = await shell.mustExec("watch shop:checkout -n 2")
        let lines = text.split(separator: "\n")
        #expect(lines.count == 2)
        #expect(
            lines.first.map(String.init) == "{\"ts\":1705586200.123,\"func\":\"shop.checkout\",\"cost\":1.5,"
                + "\"arg\":{\"cart\":{\"items\":3},\"user\":\"ann\"},\"args\":[{\"items\":3},\"ann\"],\"kwargs\":{},"
                + "\"result\":null,\"error\":null,\"thread\":\"MainThread\"}")
        #expect(shell.front.reports == "watch: 2 observations of shop.checkout, stopped by -n 2\n")
    }

    @Test func theLimitOfAVariableIsTold() async {
        let shell = await TestShell()
        shell.watching([1])
        await shell.mustExec("let n = 1; watch shop:checkout -n $n")
        #expect(shell.front.reports == "watch: 1 observation of shop.checkout, stopped by -n 1\n")
    }

    @Test func theLimitNobodyAskedForIsTold() async {
        let shell = await TestShell()
        shell.watching([1], dropped: 7)
        await shell.mustExec("watch shop:checkout")
        #expect(
            shell.front.reports
                == "watch: 1 observation of shop.checkout, stopped by -n 100, its limit unless told otherwise; "
                + "7 dropped because they came too fast\n")
    }

    @Test(arguments: [
        ("where cost > 100", "{\"cost\":200.0}\n"),
        ("where user == \"bob\"", "{\"cost\":200.0}\n"),
        ("where arg.user == \"bob\"", "{\"cost\":200.0}\n"),
        ("where params[1] == \"bob\" and cart[\"items\"] == 3", "{\"cost\":200.0}\n"),
        (
            "where error is None and len(args) == 2 and kwargs == {} and thread == \"MainThread\"",
            "{\"cost\":5.0}\n{\"cost\":200.0}\n"
        ),
    ])
    func aGuardMeansTheSameBehindTheBar(_ stage: String, _ expected: String) async {
        let shell = await TestShell(options: .init(format: .jsonl))
        shell.watching([5, 200])
        await shell.assertExec("watch shop:checkout | \(stage) | select cost", expected)
    }

    @Test func aMisspeltParameterIsFoundWhenTheStreamStarts() async {
        let shell = await TestShell()
        shell.watching([5], ending: .waits)
        #expect(await shell.interpreter.run(line: "watch shop:checkout | where usr == \"bob\"") == .usage)
        #expect(
            shell.front.reports.hasSuffix(
                """
                error: unknown name 'usr' (did you mean 'user'?)
                  watch shop:checkout | where usr == "bob"
                                              ^~~

                """))
        #expect(shell.session.lastStream?.isCancelled == true)
    }

    @Test func headCancelsTheStream() async {
        let shell = await TestShell(options: .init(format: .jsonl))
        shell.watching([1, 2, 3], ending: .waits)
        await shell.assertExec(
            "watch shop:checkout -n 0 | select cost | head 2", "{\"cost\":1.0}\n{\"cost\":2.0}\n")
        #expect(shell.session.lastStream?.isCancelled == true)
        #expect(shell.front.reports.hasPrefix("watch: "))
    }

    @Test func interruptEndsTheStreamAndKeepsWhatItGave() async {
        let shell = await TestShell(options: .init(format: .jsonl))
        shell.session.onStream("watch") { _ in
            FakeStream(
                FakeStream.observations([1, 2])
                    + [.event(name: "note", .dict([(.string("message"), .string("both came"))]))],
                ending: .waits)
        }
        async let status = shell.interpreter.run(line: "watch shop:checkout -n 0 | select cost | tail 1")
        await eventually("the observations were taken") { shell.front.reports == "watch: both came\n" }
        shell.interpreter.interrupt()
        #expect(await status == .interrupted)
        #expect(shell.session.lastStream?.isCancelled == true)
        #expect(shell.front.output == "{\"cost\":2.0}\n")
        #expect(shell.front.reports.hasSuffix("watch: 2 observations of shop.checkout\nerror: interrupted\n"))
        await shell.mustExec("echo alive")
    }

    @Test func interruptEndsAlsoAStreamThatDoesNotAnswer() async {
        let shell = await TestShell(options: .init(format: .jsonl))
        shell.watching([1], ending: .hangs)
        async let status = shell.interpreter.run(line: "watch shop:checkout -n 0 | select cost")
        await eventually("the observation is shown") { shell.front.output == "{\"cost\":1.0}\n" }
        shell.interpreter.interrupt()
        #expect(await status == .interrupted)
        #expect(shell.front.reports.contains("did not confirm that the probe"))
        shell.session.lastStream?.release()
    }

    @Test func aLostConnection() async {
        let shell = await TestShell(options: .init(format: .jsonl))
        shell.watching([1], ending: .lost)
        await shell.assertExecError(
            "watch shop:checkout | select cost", .noTarget, "error: the connection to the agent was lost\n")
        #expect(shell.front.output == "{\"cost\":1.0}\n")
    }

    @Test func aGuardThatFailsIsToldOnce() async {
        let shell = await TestShell(options: .init(format: .jsonl))
        shell.session.onStream("watch") { _ in
            FakeStream(
                [
                    .event(
                        name: "guard_error",
                        .dict([
                            (.string("kind"), .string("KeyError")), (.string("message"), .string("'x'")),
                            (.string("start"), .int(0)), (.string("end"), .int(9)),
                            (.string("func"), .string("shop.checkout")),
                        ]))
                ] + FakeStream.observations([7]), ending: .stops("time"), guardErrors: 3)
        }
        await shell.assertExecError(
            "watch shop:checkout --for 1s if cart['x'] > 1 | select cost", .failed,
            """
            warning: the guard failed in shop.checkout: KeyError: 'x'
              watch shop:checkout --for 1s if cart['x'] > 1 | select cost
                                              ~~~~~~~~~
            watch: 1 observation of shop.checkout, stopped by --for; the guard failed on 3 calls

            """)
        #expect(shell.front.output == "{\"cost\":7.0}\n")
    }

    @Test func theAgentsErrorsAreOneLine() async {
        let shell = await TestShell()
        shell.session.onStream("watch") { params throws(SessionError) in
            if params["pattern"]?.asString == "shop:chekout" {
                throw SessionError(
                    .agent("TargetNotFound"), "there is no shop:chekout", hint: "did you mean 'shop:checkout'?")
            }
            throw SessionError(
                .agent("UnknownName"), "unknown name 'usr'", hint: "did you mean 'user'?", range: 4..<7)
        }
        await shell.assertExecError(
            "watch shop:chekout", .failed,
            """
            error: there is no shop:chekout (did you mean 'shop:checkout'?)
              watch shop:chekout
                    ^~~~~~~~~~~~

            """)
        await shell.assertExecError(
            "watch shop:checkout if not usr", .usage,
            """
            error: unknown name 'usr' (did you mean 'user'?)
              watch shop:checkout if not usr
                                         ^~~

            """)
    }

    @Test func beginningsAreToldApart() async {
        let shell = await TestShell()
        shell.watching([1])
        #expect(await shell.mustExec("watch f --on all | to csv").hasPrefix("ts,at,func,cost,arg"))
        #expect(await shell.mustExec("watch f | to csv").hasPrefix("ts,func,cost,arg"))
    }

    @Test func severalFunctions() async {
        let shell = await TestShell()
        shell.session.onStream("watch") { _ in
            FakeStream([], ending: .stops("limit"), matched: ["shop.a", "shop.b"])
        }
        await shell.mustExec("watch shop.*")
        #expect(shell.front.reports.hasPrefix("watch: 2 functions match shop:checkout\n"))
    }

    @Test func aPersonSeesATable() async {
        let shell = await TestShell(RecordingFront(width: 100, isPersonLooking: true))
        shell.session.onStream("watch") { _ in
            FakeStream(
                [.observation(FakeStream.observation(cost: 12.3456, user: "ann", result: .string("ok\u{1B}[2J")))],
                ending: .stops("limit"))
        }
        let text = await shell.mustExec("watch shop:checkout")
        let lines = text.split(separator: "\n")
        #expect(lines.count == 2)
        #expect(lines.allSatisfy { DisplayWidth.of(String($0)) <= 100 })
        #expect(lines[0].contains("func") && lines[0].contains("cost") && !lines[0].contains("kwargs"))
        #expect(lines[1].contains("12.346") && lines[1].contains("\\x1b[2J"))
    }

    @Test func aClosedPipeEndsIt() async {
        let shell = await TestShell(options: .init(format: .jsonl))
        shell.watching([1, 2, 3], ending: .waits)
        shell.front.state.withLock { $0.writesLeft = 1 }
        let status = await shell.interpreter.run(line: "watch shop:checkout -n 0 | select cost")
        #expect(status == .failed)
        #expect(shell.session.lastStream?.isCancelled == true)
        #expect(shell.front.reports.hasSuffix("error: the output was closed by its reader\n"))
    }

    @Test func anotherGreatManyObservations() async {
        let shell = await TestShell(options: .init(format: .jsonl))
        shell.watching(Array(repeating: 1, count: 20_000))
        let text = await shell.mustExec("watch shop:checkout -n 0 | where cost > 0 | count")
        #expect(text == "{\"count\":20000}\n")
    }
}
