import Testing

@testable import Shell

@Suite struct TextTests {
    @Test(arguments: [
        ("250ms", 0.25), ("10s", 10), ("1.5s", 1.5), ("2m", 120), ("1h", 3600), ("5us", 0.000005), ("0s", 0),
    ])
    func duration(_ text: String, _ seconds: Double) {
        #expect(Duration(written: text)?.seconds == seconds)
    }

    @Test(arguments: ["", "10", "s", "-1s", "1 s", "10x", "1.2.3s", "9999999999h", "1e3s", "٣s", "."])
    func noDuration(_ text: String) {
        #expect(Duration(written: text) == nil)
    }

    @Test(arguments: [(0.25, "250ms"), (10, "10s"), (1.5, "1.5s"), (90, "90s"), (120, "2m")])
    func writtenDuration(_ seconds: Double, _ text: String) {
        #expect(Duration.nanoseconds(Int64(seconds * 1e9)).written == text)
    }

    @Test(arguments: [
        ("abc", 3), ("", 0), ("日本", 4), ("é", 1), ("e\u{301}", 1), ("👍", 2), ("👨‍👩‍👧", 2), ("한글", 4), ("…", 1), ("█", 1),
        ("ﾊ", 1), ("❤️", 2), ("🇩🇪", 2), ("\u{200B}", 0),
    ])
    func displayWidth(_ text: String, _ width: Int) {
        #expect(DisplayWidth.of(text) == width)
    }

    @Test(arguments: [("abcdef", 4, "abc…"), ("abc", 3, "abc"), ("日本語", 5, "日本…"), ("日本語", 4, "日…"), ("abc", 0, "")])
    func truncation(_ text: String, _ width: Int, _ expected: String) {
        #expect(DisplayWidth.truncated(text, to: width) == expected)
    }

    @Test func truncationThatKeepsTheEnd() {
        #expect(DisplayWidth.truncated("/usr/lib/queue.py", to: 10, keepingEnd: true) == "…/queue.py")
        #expect(DisplayWidth.truncated("queue.py", to: 10, keepingEnd: true) == "queue.py")
    }

    @Test(arguments: [
        ("plain ü 日", "plain ü 日"), ("\u{1B}[31mred", "\\x1b[31mred"), ("a\nb\tc\r", "a\\nb\\tc\\r"),
        ("\u{9B}2J", "\\x9b2J"), ("\u{7F}", "\\x7f"), ("\u{202E}evil", "\\u202eevil"), ("\0", "\\x00"),
    ])
    func escaping(_ text: String, _ expected: String) {
        #expect(safe(text) == expected)
    }

    @Test func positions() {
        let source = SourceText("ab\n\ncdé\r\nf", name: "x")
        #expect(source.position(of: 0) == (1, 1))
        #expect(source.position(of: 2) == (1, 3))
        #expect(source.position(of: 3) == (2, 1))
        #expect(source.position(of: 6) == (3, 3))
        #expect(source.position(of: 10) == (4, 2))
        #expect(String(source.range(ofLine: 3), in: source) == "cdé")
        #expect(SourceText("\u{FEFF}ps").text == "ps")
    }

    @Test(arguments: [
        ("watch f |", true), ("let x = (ps", true), ("if x {", true), ("ps \\", true), ("ps", false),
        ("echo \"a", false), ("echo \"\"\"a", true), ("ps # (", false), ("echo \"(\"", false), ("ps }", false),
        ("echo a\\|", false), ("if x { ps }", false), ("ps |  \n", true),
    ])
    func continuation(_ text: String, _ expected: Bool) {
        #expect(Interpreter.needsMore(text) == expected)
    }
}
