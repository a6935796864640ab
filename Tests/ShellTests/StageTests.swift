import SafeExpression
import Testing

@testable import Shell

/// Stages over the rows of `ps` and over rows that are handed in.
@Suite struct StageTests {
    private func shell() async -> TestShell {
        await TestShell(options: .init(format: .jsonl), isAttached: false)
    }

    @Test(arguments: [
        ("ps | where pid > 11 | select pid", "{\"pid\":12}\n{\"pid\":13}\n"),
        ("ps | where \"ptrace\" in ways and not agent | select pid", "{\"pid\":11}\n"),
        ("ps | select pid, major=int(version.split(\".\")[1]) | head 1", "{\"pid\":11,\"major\":8}\n"),
        ("ps | select version[:3] | head 1", "{\"version[:3]\":\"3.8\"}\n"),
        ("ps | sort user desc | select pid", "{\"pid\":12}\n{\"pid\":11}\n{\"pid\":13}\n"),
        ("ps | sort container | select pid", "{\"pid\":12}\n{\"pid\":11}\n{\"pid\":13}\n"),
        ("ps | sort -pid | select pid | head 2", "{\"pid\":13}\n{\"pid\":12}\n"),
        ("ps | tail 2 | select pid", "{\"pid\":12}\n{\"pid\":13}\n"),
        ("ps | tail 0", ""),
        ("ps | head 0", ""),
        ("ps | uniq user | select pid", "{\"pid\":11}\n{\"pid\":12}\n"),
        ("ps | count", "{\"count\":3}\n"),
        ("ps | where pid > 100 | count", "{\"count\":0}\n"),
        ("ps | count by user", "{\"user\":\"ann\",\"count\":2}\n{\"user\":\"bob\",\"count\":1}\n"),
        ("ps | count by len(ways)", "{\"len(ways)\":1,\"count\":2}\n{\"len(ways)\":2,\"count\":1}\n"),
        (
            "ps | stats pid by user",
            "{\"user\":\"ann\",\"count\":2,\"mean\":12.0,\"min\":11.0,\"p50\":11.0,\"p95\":13.0,\"p99\":13.0,\"max\":13.0}\n"
                + "{\"user\":\"bob\",\"count\":1,\"mean\":12.0,\"min\":12.0,\"p50\":12.0,\"p95\":12.0,\"p99\":12.0,\"max\":12.0}\n"
        ),
        ("ps | hist pid | select from, to, count", "error"),
        ("ps | grep -i GUNI | select pid", "{\"pid\":12}\n"),
        ("ps | grep -v 'gunicorn|http' | select pid", "{\"pid\":11}\n"),
        ("let limit = 12; ps | where pid >= $limit | select pid, limit=$limit | head 1", "{\"pid\":12,\"limit\":12}\n"),
        ("let n = 2; ps | head $n | count", "{\"count\":2}\n"),
        ("ps | select pid | to csv", "pid\n11\n12\n13\n"),
    ])
    func line(_ line: String, _ expected: String) async {
        let shell = await shell()
        if expected == "error" {
            #expect(await shell.interpreter.run(line: line) == .usage)
        } else {
            await shell.assertExec(line, expected)
        }
    }

    @Test func histogram() async {
        let shell = await shell()
        await shell.assertExec(
            "ps | hist pid | to csv",
            "from,to,count,share\n10.0,20.0,3,\(String(repeating: "█", count: 30))\n")
        #expect(HistStage.bucket(of: 0) == 0)
        #expect(HistStage.lowerEnd(of: HistStage.bucket(of: 0.3)) == 0.2)
        #expect(HistStage.lowerEnd(of: HistStage.bucket(of: 5)) == 5)
        #expect(HistStage.lowerEnd(of: HistStage.bucket(of: 4999)) == 2000)
    }

    @Test func aRowThatFailsIsLeftOutAndTold() async {
        let shell = await shell()
        await shell.assertExecError(
            "ps | where container.startswith(\"c\") | select pid", .failed,
            """
            warning: where left out 2 rows: 'NoneType' object has no method 'startswith'
              ps | where container.startswith("c") | select pid
                         ~~~~~~~~~~~~~~~~~~~~~~~~~
            """ + "\n")
        #expect(shell.front.output == "{\"pid\":12}\n")
    }

    @Test func sortNeedsAnOrder() async {
        let shell = await shell()
        let status = await shell.interpreter.run(line: "ps | sort pid if pid > 11 else user")
        #expect(status == .failed)
        #expect(shell.front.reports.hasPrefix("error: sort: '<' not supported between"))
    }

    @Test func rowsThatAreHandedIn() async throws {
        let shell = await shell()
        let lines = try ["{\"cost\":5,\"a\":{\"b\":1}}", "{\"cost\":50}", "3"].map { try Value(json: $0) }
        let source = RowFeed(lines)
        let status = await shell.interpreter.run(stages: "where cost > 10 | select cost", rows: { source.next() })
        #expect(shell.front.output == "{\"cost\":50}\n")
        #expect(status == .failed, "the last row has no cost")
        #expect(shell.front.reports.contains("where left out 1 row: this row has no 'cost'"))
    }

    @Test func headEndsWhatIsHandedIn() async {
        let shell = await shell()
        let status = await shell.interpreter.run(
            stages: "head 2", rows: { .dict([(.string("a"), .int(1))]) })
        #expect(status == .done)
        #expect(shell.front.output == "{\"a\":1}\n{\"a\":1}\n")
    }

    @Test func aCutValuePassesUntilItIsNeeded() async throws {
        let shell = await shell()
        let row = try Value(json: "{\"a\":[1,{\"$cut\":5}],\"s\":{\"$repr\":\"abc\",\"$type\":\"str\",\"$cut\":9}}")
        let source = RowFeed([row])
        #expect(await shell.interpreter.run(stages: "select a, s", rows: { source.next() }) == .done)
        #expect(shell.front.output.contains("\"s\":\"abc"))
        let again = RowFeed([row])
        shell.front.clear()
        #expect(await shell.interpreter.run(stages: "where sum(a) > 1", rows: { again.next() }) == .failed)
        #expect(shell.front.reports.contains("left out 1 row"))
    }
}
