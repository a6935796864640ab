import Testing

@testable import Shell

/// Texts that are nearly right: whatever stands in them, they are parsed or refused with a place within them.
@Suite struct FuzzTests {
    /// The same texts in every run.
    private struct Generator: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var value = state
            value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
            value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
            return value ^ (value >> 31)
        }
    }

    private static let seeds =
        CommandTable.standard.commands.flatMap { $0.examples.map(\.line) }
        + StageTable.standard.entries.map(\.example) + [
            "if len(slow) == 0 { echo \"none {limit}\" } else { slow | sort cost desc | head 5 }",
            "for r in (watch $fn --for 20s if cost > $limit | select ts, cost) { echo {r.cost:.1f} }",
            "timeout 60s {\n  repeat 3 every 5s { thread | count by state } # x\n}\ndefer { reset }",
            "let x = (\n ps |\n where pid > 1)\nexpect len(x) < 3, \"many: {x!r}\"; assert x",
            "wait until len(thread) < 50 timeout 20s; exit 3; on error continue",
        ]

    private static let insertions = Array(
        "|;&{}()[]\"'\\$#,=<>:!\n\r\t -0aé日\u{0}\u{1B}\u{200B}\u{FEFF}\u{202E}👍f\"{x}".unicodeScalars)

    private static func mutated(_ text: String, _ generator: inout Generator) -> String {
        var scalars = Array(text.unicodeScalars)
        for _ in 0..<Int.random(in: 1...4, using: &generator) {
            let place = Int.random(in: 0...scalars.count, using: &generator)
            switch Int.random(in: 0..<5, using: &generator) {
            case 0 where place < scalars.count: scalars.remove(at: place)
            case 1: scalars.removeSubrange(place...)
            case 2:
                let end = Int.random(in: place...scalars.count, using: &generator)
                scalars.insert(contentsOf: scalars[place..<end], at: place)
            default:
                let scalar = insertions.randomElement(using: &generator) ?? "|"
                scalars.insert(scalar, at: place)
            }
        }
        return String(scalars: scalars)
    }

    @Test(arguments: [1, 2, 3, 4]) func parser(_ seed: UInt64) {
        var generator = Generator(state: seed)
        var parsed = 0
        for round in 0..<3000 {
            let text = Self.mutated(Self.seeds[round % Self.seeds.count], &generator)
            let source = SourceText(text, name: round % 2 == 0 ? "t" : nil)
            var parser = Parser(
                source, variables: ["limit", "slow", "fn", "x"], options: .init(refusesUnboundedStreams: round % 3 == 0)
            )
            do {
                let statements = try parser.parseScript()
                _ = describe(statements)
                parsed += 1
            } catch {
                let place = error.place
                #expect(place != nil, "\(text)")
                #expect(error.status == .usage || error.message.hasPrefix("cannot read"), "\(text)")
                if let place { #expect(place.range.upperBound <= place.source.scalars.count, "\(text)") }
                let lines = error.rendered().split(separator: "\n", omittingEmptySubsequences: false)
                #expect(lines.count == 4, "\(text): \(lines)")
                #expect(safe(error.rendered().filter { $0 != "\n" }) == error.rendered().filter { $0 != "\n" })
            }
        }
        #expect(parsed > 100, "some of them are right still")
    }

    @Test func completion() async {
        let shell = await TestShell(isAttached: false)
        var generator = Generator(state: 7)
        for round in 0..<500 {
            let text = Self.mutated(Self.seeds[round % Self.seeds.count], &generator)
            let count = text.unicodeScalars.count
            let cursor = Int.random(in: 0...count, using: &generator)
            for completion in await shell.interpreter.complete(line: text, cursor: cursor) {
                #expect(completion.range.upperBound == cursor)
                #expect(completion.range.lowerBound >= 0)
            }
            _ = Interpreter.needsMore(text)
        }
    }
}
