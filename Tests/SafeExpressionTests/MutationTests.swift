import ExpressionChecks
import SafeExpression
import Testing

/// The corpus with pieces exchanged, doubled and broken: what must hold of every input holds of these.
///
/// `scripts/fuzz` looks for longer and is guided by coverage; this is what every run can afford.
@Suite struct MutationTests {
    /// The same inputs in every run.
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

    private static let insertions: [[UInt8]] =
        [
            "(", ")", "[", "]", "{", "}", "'", "\"", "f'{", "}'", "\\", ":", ",", ".", "=", "!r", "\n", "\t", "\0", "é",
            "日",
            "👍", "\u{202E}", "\u{FEFF}", "not ", " in ", " if ", " else ", " for i in ", "**", "//", "%", "-", "~",
            "0x", "1_",
            "1e9", "9223372036854775807", "10**30", "nan", "inf", "big", "lone", "cut", "deep", "key=len", "[::-1]",
            ".upper()",
            "len(", "sorted(", "f'{x:>{n}}'",
        ].map { Array($0.utf8) } + [[0x80], [0xED, 0xA0, 0x80], [0xFF], [0xC3]]

    /// Splits into names, numbers and single characters.
    private static func tokens(_ source: [UInt8]) -> [ArraySlice<UInt8>] {
        var tokens: [ArraySlice<UInt8>] = []
        var place = 0
        while place < source.count {
            let start = place
            let isWord = { (byte: UInt8) in
                byte >= 0x80 || 0x30...0x39 ~= byte || 0x41...0x5A ~= byte || 0x61...0x7A ~= byte || byte == 0x5F
            }
            place += 1
            if isWord(source[start]) { while place < source.count, isWord(source[place]) { place += 1 } }
            tokens.append(source[start..<place])
        }
        return tokens
    }

    private static func mutated(_ source: [UInt8], with other: [UInt8], _ generator: inout Generator) -> [UInt8] {
        var bytes = source
        for _ in 0..<Int.random(in: 1...3, using: &generator) {
            var tokens = tokens(bytes)
            let place = Int.random(in: 0...tokens.count, using: &generator)
            let end = min(tokens.count, place + Int.random(in: 0...6, using: &generator))
            switch Int.random(in: 0..<7, using: &generator) {
            case 0: tokens.removeSubrange(place..<end)
            case 1: tokens.insert(contentsOf: tokens[place..<end], at: place)
            case 2, 3:
                let others = Self.tokens(other)
                let from = Int.random(in: 0...others.count, using: &generator)
                let upTo = min(others.count, from + Int.random(in: 1...8, using: &generator))
                tokens.replaceSubrange(place..<end, with: others[from..<upTo])
            case 4:
                if let piece = insertions.randomElement(using: &generator) { tokens.insert(piece[...], at: place) }
            case 5: tokens.removeSubrange(place...)
            default:
                bytes = Array(tokens.joined())
                if let index = bytes.indices.randomElement(using: &generator) {
                    bytes[index] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
                }
                continue
            }
            bytes = Array(tokens.joined())
        }
        return bytes
    }

    @Test(arguments: [1, 2]) func survives(seed: UInt64) throws {
        let sources = try Corpus.cases("random").map(\.source) + Corpus.cases("conformance").map(\.source)
        var generator = Generator(state: seed)
        var legal = 0
        for round in 0..<1_500 {
            let source = sources[Int.random(in: 0..<sources.count, using: &generator)]
            let other = sources[Int.random(in: 0..<sources.count, using: &generator)]
            let input = [0x30 + UInt8(round % 3)] + Self.mutated(source, with: other, &generator)
            if let complaint = InputCheck.complaint(about: input, slowness: CrasherTests.slowness) {
                Issue.record("\(String(decoding: input, as: UTF8.self)): \(complaint)")
            }
            if !InputCheck.isRefused(input) { legal += 1 }
        }
        #expect(legal > 100, "some of them are legal still")
    }

    /// The corpus' variables, broken in the same ways, for the JSON reader.
    @Test func survivesAsJSON() throws {
        let texts = try Corpus.cases("conformance").map { each in
            var bytes: [UInt8] = []
            Value.dict(each.variables.map { (.string($0.name), $0.value) }).encodeJSON(into: &bytes)
            return bytes
        }
        var generator = Generator(state: 3)
        for round in 0..<1_500 {
            let text = texts[Int.random(in: 0..<texts.count, using: &generator)]
            let other = texts[Int.random(in: 0..<texts.count, using: &generator)]
            let input = [0x33 + UInt8(round % 2)] + Self.mutated(text, with: other, &generator)
            if let complaint = InputCheck.complaint(about: input, slowness: CrasherTests.slowness) {
                Issue.record("\(String(decoding: input, as: UTF8.self)): \(complaint)")
            }
        }
    }
}
