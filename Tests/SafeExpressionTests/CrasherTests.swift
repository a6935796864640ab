import ExpressionChecks
import SafeExpression
import Testing

#if canImport(Glibc)
    import Glibc
#endif

/// Inputs that broke something once, found by `scripts/fuzz` or thought of, each a file of `Crashers/`.
///
/// A file is an input of ``InputCheck``: the first byte tells what the rest is. One whose name begins with `refused-` must
/// be refused, too.
@Suite struct CrasherTests {
    /// How many times slower than the shipped code this build may be.
    #if DEBUG
        static let slowness = 60.0
    #else
        static let slowness = 1.0
    #endif

    static let folder = "/" + #filePath.split(separator: "/").dropLast().joined(separator: "/") + "/Crashers"

    static let files: [String] = {
        guard let directory = opendir(folder) else { return [] }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if !name.hasPrefix(".") { names.append(name) }
        }
        return names.sorted()
    }()

    @Test func thereAreCrashers() {
        #expect(Self.files.count > 200)
        #expect(Self.files.contains { !$0.hasPrefix("refused-") })
    }

    @Test(arguments: files) func replays(file: String) throws {
        let input = try #require(readFile("\(Self.folder)/\(file)"))
        let complaint = InputCheck.complaint(about: input, slowness: Self.slowness)
        #expect(complaint == nil, "\(file)")
        let isRefused = InputCheck.isRefused(input)
        #expect(isRefused || !file.hasPrefix("refused-"), "\(file)")
    }

    /// Inputs too large for a file: brackets, chains and lines without end.
    static let large: [(name: String, make: @Sendable () -> [UInt8])] = {
        var large: [(name: String, make: @Sendable () -> [UInt8])] = []
        func add(_ name: String, _ mode: String, _ piece: String, _ count: Int, _ end: String = "") {
            large.append(
                (name, { Array((mode + String(repeating: piece, count: count) + end).utf8) })
            )
        }
        for (open, close) in [("(", ")"), ("[", "]"), ("{", "}"), ("([{", "}])"), ("len(", ")"), ("f'{", "}'")] {
            add("60,000 of \(open)", "1", open, 60_000)
            add("60,000 of \(close)", "1", close, 60_000)
            add("60,000 of \(open)\(close)", "1", open + close, 60_000)
        }
        for piece in ["-", "not ", "1+", "x.", "x,", "\"\"\"", "\\\n", "\n", "a", "日", "1 if 2 else ", "\0"] {
            add("100,000 of \(piece.debugDescription)", "1", piece, 100_000)
        }
        add("10 MB of an open string", "1", "'", 10_000_000)
        add("10 MB of digits", "1", "9", 10_000_000)
        add("10 MB of a comment", "1", "#", 10_000_000)
        add("10 MB of a number in JSON", "3", "9", 10_000_000)
        add("60,000 arrays", "3", "[", 60_000)
        add("60,000 objects", "3", "{\"a\":", 60_000)
        add("60,000 tuples", "3", "{\"$tuple\":[", 60_000)
        add("1 MB of an open text", "3", "\"a\\u00e9", 1, String(repeating: "b", count: 1_000_000))
        return large
    }()

    @Test(arguments: large.indices) func refusesAtOnce(index: Int) {
        let (name, make) = Self.large[index]
        let input = make()
        let start = ThreadClock.milliseconds
        let isRefused = InputCheck.isRefused(input)
        let taken = ThreadClock.milliseconds - start
        #expect(isRefused, "\(name)")
        // Reading ten megabytes takes its time without optimisation.
        #expect(taken < 100 * Self.slowness, "\(name) takes \(taken) ms")
    }

    /// Bytes that are not UTF-8, as long as a source may be and longer.
    @Test(arguments: [1, 4_095, 4_096, 4_097, 1_000_000]) func refusesOtherBytes(count: Int) {
        for byte: UInt8 in [0x80, 0xBF, 0xC3, 0xE2, 0xED, 0xF0, 0xFF] {
            let isRefused = InputCheck.isRefused([0x31] + Array(repeating: byte, count: count))
            #expect(isRefused, "\(byte)")
        }
    }

    /// No thread's stack is needed for what is refused.
    @Test func refusesOnASmallStack() {
        let names = Self.large.filter { $0.name.hasPrefix("60,000") }
        for (_, make) in names { _ = InputCheck.isRefused(make()) }
        onSmallStack {
            for (name, make) in names {
                if !InputCheck.isRefused(make()) { Issue.record("\(name) is not refused") }
            }
        }
    }
}
