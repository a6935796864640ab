import SafeExpression
import Sessions
import Testing

@testable import Shell

@Suite struct TimeTunnelTests {
    private static let reply = """
        {"rows":[{"type":"observation","index":3,"timestamp":1705586200.5,"func_name":"shop.take","duration_ms":1.5,
        "args":[1],"kwargs":{},"arg":{"n":1},"result":2,"error":null,"thread":"MainThread","now":{"n":4}}]}
        """

    private func shell(allow: Command.AllowLevel = .read) async throws -> TestShell {
        let shell = await TestShell(options: .init(format: .jsonl, allow: allow))
        try shell.session.on("tt_calls", json: Self.reply)
        return shell
    }

    @Test func oneThingAtATime() async throws {
        let shell = try await shell()
        for line in ["tt", "tt shop:take --list", "tt --list --index 1", "tt --delete 1 --delete-all"] {
            #expect(await shell.interpreter.run(line: line) == .usage, "\(line)")
        }
        #expect(shell.session.requests.isEmpty)
    }

    @Test func theList() async throws {
        let shell = try await shell()
        await shell.assertExec(
            "tt --list | select index, func, cost, arg, result",
            "{\"index\":3,\"func\":\"shop.take\",\"cost\":1.5,\"arg\":{\"n\":1},\"result\":2}\n")
        #expect(shell.session.requests.last?.params["action"]?.asString == "list")
    }

    @Test func oneCall() async throws {
        let shell = try await shell()
        await shell.assertExec("tt --index 3 -x 5 | select now", "{\"now\":{\"n\":4}}\n")
        let params = try #require(shell.session.requests.last?.params)
        #expect(params["index"]?.asInt == 3 && params["expand"]?.asInt == 5)
    }

    @Test func replayNeedsPermission() async throws {
        let refused = try await shell()
        #expect(await refused.interpreter.run(line: "tt --replay 3") == .notPermitted)
        #expect(refused.session.requests.isEmpty)
        let shell = try await shell(allow: .exec)
        try shell.session.on("tt_calls", json: #"{"stdout":"out\n","stderr":"","value":7,"error":null}"#)
        await shell.assertExec("tt --replay 3 | select value, stdout", "{\"value\":7,\"stdout\":\"out\\n\"}\n")
        #expect(shell.session.requests.last?.params["allow"]?.asString == "exec")
    }

    @Test func deleting() async throws {
        let shell = try await shell()
        try shell.session.on("tt_calls", json: #"{"deleted":2}"#)
        await shell.mustExec("tt --delete-all")
        #expect(shell.front.reports == "tt: 2 calls deleted\n")
    }
}
