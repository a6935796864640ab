import SafeExpression
import Testing

@testable import Shell

@Suite struct CompletionTests {
    private func complete(_ shell: TestShell, _ line: String) async -> [Completion] {
        await shell.interpreter.complete(line: line, cursor: line.unicodeScalars.count)
    }

    private func texts(_ line: String) async throws -> [String] {
        let shell = await TestShell()
        try shell.session.on(
            "sm",
            json:
                "{\"rows\":[{\"func\":\"shop.checkout\",\"kind\":\"function\",\"signature\":\"(cart, user: str = 'a, b', *, extra=None)\"}]}"
        )
        try shell.session.on("sc", json: "{\"rows\":[{\"class\":\"shop.Cart\"},{\"class\":\"shop.\\u001b[2J\"}]}")
        await shell.mustExec("let slow = [1]; let limit = 2")
        return await complete(shell, line).map(\.text)
    }

    @Test(arguments: [
        ("wat", ["watch"]), ("st", ["stack", "status"]), ("ps; us", ["use"]), ("sl", ["slow"]),
        ("i", ["inspect", "if"]),
        ("watch f --o", ["--on"]), ("watch f --on ret", ["return"]), ("watch f -", ["-n", "--times"]),
        ("ps | wh", ["where"]), ("ps | to js", ["json", "jsonl"]), ("ps | where ver", ["version"]),
        ("ps | select pid, us", ["user"]), ("ps | where len(wa", ["ways"]), ("help wa", ["watch"]),
        ("set for", ["format"]), ("watch sho", ["shop.checkout", "shop.Cart"]),
        ("watch shop.checkout if co", ["cost"]), ("watch shop.checkout if cost > 1 and us", ["user"]),
        ("watch shop.checkout | where ex", ["extra"]), ("watch $li", ["limit"]), ("echo \"$li", ["limit"]),
        ("if x { thr", ["thread"]), ("let x = (thr", ["thread"]), ("echo \"wat", []), ("watch f -n ", []),
        ("ps | save a", []), ("nothing x", []),
    ])
    func line(_ line: String, _ expected: [String]) async throws {
        let found = try await texts(line)
        if line == "watch f -" {
            #expect(found.starts(with: expected))
        } else {
            #expect(found == expected)
        }
    }

    @Test func rangesAreWhatIsReplaced() async {
        let shell = await TestShell()
        let stage = await complete(shell, "ps | where 日 + ver").first
        #expect(stage?.range == 15..<18)
        #expect(await shell.interpreter.complete(line: "wat f", cursor: 3).first?.range == 0..<3)
        #expect(stage?.summary == "its Python")
    }

    @Test func withoutATargetNothingIsAsked() async {
        let shell = await TestShell(isAttached: false)
        #expect(await complete(shell, "watch sho").isEmpty)
    }
}
