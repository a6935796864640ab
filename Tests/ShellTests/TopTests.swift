import SafeExpression
import Sessions
import Testing

@testable import Shell

@Suite struct TopTests {
    private static let reply = """
        {"rows":[{"func":"shop.<lambda>","own":75.0,"total":100.0,"own_ms":300.0,"total_ms":400.0,"file":"/s/shop.py",
        "line":7}],"functions":3,"samples":40,"threads":2,"seconds":0.4,"cost_ms":2.0,
        "frames":[["(too many to keep)","",0],["shop.<lambda>","/s/shop.py",7],["shop.a&b\\u0001","/s/shop.py",9]],
        "stacks":[[[1],300.0],[[2,1],100.0],[[99],5.0],[[],1.0]]}
        """

    private func shell(_ format: OutputFormat = .jsonl) async throws -> TestShell {
        let shell = await TestShell(options: .init(format: format))
        try shell.session.on("top", json: Self.reply)
        return shell
    }

    @Test func theRequest() async throws {
        let shell = try await shell()
        await shell.mustExec("top --for 400ms --hz 250 -n 1 --idle --thread worker")
        let params = try #require(shell.session.requests.last?.params)
        #expect(params["seconds"]?.asDouble == 0.4)
        #expect(params["hz"]?.asDouble == 250)
        #expect(params["limit"]?.asInt == 1)
        #expect(params["thread"]?.asString == "worker")
        #expect(params["idle"]?.asBool == true)
        #expect(params["stacks"]?.asBool == false)
        #expect(
            shell.front.reports
                == "top: 40 samples of 2 threads in 0.4 s, at 0.50 % of a processor; 1 of 3 functions, -n gives more\n")
    }

    @Test func rows() async throws {
        let shell = try await shell()
        await shell.assertExec("top | select func, own, line", "{\"func\":\"shop.<lambda>\",\"own\":75.0,\"line\":7}\n")
    }

    @Test func whatExcludesEachOther() async throws {
        let shell = try await shell()
        #expect(await shell.interpreter.run(line: "top --gil --idle") == .usage)
        #expect(shell.session.requests.isEmpty)
    }

    @Test func aFlameGraph() throws {
        let profile = Profile(try Value(json: Self.reply))
        #expect(profile.stacks.map(\.frames) == [[1], [1, 2]])
        #expect(profile.weight == 400)
        let svg = FlameGraph(profile).svg(title: "a < b")
        #expect(svg.hasPrefix("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<svg xmlns="))
        #expect(svg.hasSuffix("</svg>\n"))
        #expect(svg.contains(">a &lt; b</text>"))
        #expect(svg.contains("<title>shop.&lt;lambda&gt; (/s/shop.py:7): 100.00 %, 400.0 ms</title>"))
        #expect(
            svg.contains(
                "<title>shop.a&amp;b? (/s/shop.py:9): 25.00 %, 100.0 ms</title><rect x=\"0.00\" y=\"30\" width=\"300.00\""
            ))
        #expect(FlameGraph(Profile(.dict([]))).svg(title: "").hasSuffix("</svg>\n"))
    }

    @Test func speedscope() throws {
        let text = Speedscope.text(of: Profile(try Value(json: Self.reply)), name: "n")
        let value = try Value(json: text)
        #expect(value["$schema"]?.asString == "https://www.speedscope.app/file-format-schema.json")
        let profile = try #require(value["profiles"]?.asList?.first)
        #expect(profile["samples"]?.json == "[[1],[1,2]]")
        #expect(profile["weights"]?.json == "[300.0,100.0]")
        #expect(profile["endValue"]?.asDouble == 400)
        #expect(value["shared"]?["frames"]?.asList?.count == 3)
    }
}
