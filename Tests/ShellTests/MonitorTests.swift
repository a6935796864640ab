import AgentProtocol
import SafeExpression
import Sessions
import Testing

@testable import Shell

@Suite struct MonitorTests {
    private static let row = """
        {"type":"observation","watch_id":"monitor_001","timestamp":1705586200.5,"func_name":"shop.checkout","calls":20,
        "errors":1,"rate":4.0,"mean":1.5,"p50":1.25,"p95":3.0,"p99":4.0,"max":4.5}
        """

    private func shell(_ format: OutputFormat) async throws -> TestShell {
        let shell = await TestShell(options: .init(format: format))
        let observation = Observation(wire: try #require(try JSONObject(json: Array(Self.row.utf8)[...])))
        shell.session.onStream("monitor") { _ in FakeStream([.observation(observation)], ending: .stops("limit")) }
        return shell
    }

    @Test func theRequest() async throws {
        let shell = try await shell(.jsonl)
        await shell.mustExec("monitor shop:checkout --every 250ms -n 3 if cost > 1")
        let params = try #require(shell.session.requests.last?.params)
        #expect(params["every"]?.asDouble == 0.25)
        #expect(params["times"]?.asInt == 3)
        #expect(params["condition"]?.isNone == false)
        #expect(shell.front.reports == "monitor: 1 row of shop.checkout, stopped by -n 3\n")
    }

    @Test func rows() async throws {
        let shell = try await shell(.jsonl)
        await shell.assertExec(
            "monitor shop:checkout",
            "{\"ts\":1705586200.5,\"func\":\"shop.checkout\",\"calls\":20,\"errors\":1,\"rate\":4.0,\"mean\":1.5,"
                + "\"p50\":1.25,\"p95\":3.0,\"p99\":4.0,\"max\":4.5}\n")
    }

    @Test func aRowHasNoParameters() async throws {
        let shell = try await shell(.jsonl)
        await shell.assertExec(
            "monitor shop:checkout | where max > 4 and errors / calls < 0.1 | select p99", "{\"p99\":4.0}\n")
        #expect(await shell.interpreter.run(line: "monitor shop:checkout | where user == 1") == .usage)
    }

    @Test func aCapturedRowIsShownWithItsColumns() async throws {
        let shell = try await shell(.table)
        let text = await shell.mustExec("let rows = (monitor shop:checkout); rows | select func, p50")
        #expect(text == "func             p50\nshop.checkout  1.250\n")
    }
}
