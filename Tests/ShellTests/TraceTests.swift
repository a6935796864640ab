import AgentProtocol
import SafeExpression
import Sessions
import Testing

@testable import Shell

@Suite struct TraceTests {
    private static let row = """
        {"type":"observation","watch_id":"trace_001","timestamp":1705586200.5,"func_name":"shop.checkout",
        "duration_ms":12.5,"running_ms":12.25,"error":null,"thread":"MainThread","left_out":0,"tree":[
        {"depth":0,"func":"shop.checkout","calls":1,"ms":12.25,"own_ms":2.0,"share":100.0,"errors":0},
        {"depth":1,"func":"shop.price\\u001b[1m","calls":10,"ms":10.25,"own_ms":10.25,"share":83.7,"errors":2}]}
        """

    private func shell(_ format: OutputFormat) async throws -> TestShell {
        let shell = await TestShell(options: .init(format: format))
        let observation = Observation(wire: try #require(try JSONObject(json: Array(Self.row.utf8)[...])))
        shell.session.onStream("trace") { _ in FakeStream([.observation(observation)], ending: .stops("limit")) }
        return shell
    }

    @Test func theRequest() async throws {
        let shell = try await shell(.jsonl)
        await shell.mustExec("trace shop:checkout --min 5 --depth 3 --skip-stdlib -n 2")
        let params = try #require(shell.session.requests.last?.params)
        #expect(params["min"]?.asDouble == 5)
        #expect(params["depth"]?.asInt == 3)
        #expect(params["skip_stdlib"]?.asBool == true)
        #expect(params["times"]?.asInt == 2)
    }

    @Test func theTree() async throws {
        let shell = try await shell(.table)
        let text = await shell.mustExec("trace shop:checkout | select func, cost, tree")
        #expect(
            text.split(separator: "\n").dropFirst().map { String($0) } == [
                "shop.checkout            12.500",
                "    100.0 %      12.250 ms       2.000 own  shop.checkout",
                "     83.7 %      10.250 ms      10.250 own    shop.price\\x1b[1m x10 (2 raised)",
            ])
    }

    @Test func theTreeIsData() async throws {
        let shell = try await shell(.jsonl)
        await shell.assertExec(
            "trace shop:checkout | where cost > 10 | select slow=[n[\"calls\"] for n in tree if n[\"share\"] > 50]",
            "{\"slow\":[1,10]}\n")
    }
}
