import Glibc
import Testing

@testable import LineEditor

/// A pseudo-terminal: the editor works on its `line` end, a test types and looks at the other.
final class PseudoTerminal {
    let line: Int32
    private let keyboard: Int32
    private var seen: [UInt8] = []

    init(columns: UInt16 = 80, rows: UInt16 = 24) throws {
        keyboard = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
        try #require(keyboard >= 0)
        // TIOCSPTLCK and TIOCGPTN: macros that Swift cannot import.
        var unlocked: Int32 = 0
        var number: Int32 = 0
        try #require(ioctl(keyboard, 0x4004_5431, &unlocked) == 0)
        try #require(ioctl(keyboard, 0x8004_5430, &number) == 0)
        line = open("/dev/pts/\(number)", O_RDWR | O_NOCTTY | O_CLOEXEC)
        try #require(line >= 0)
        var size = winsize(ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0)
        try #require(ioctl(line, UInt(TIOCSWINSZ), &size) == 0)
        Self.nameTerminal
    }

    // Once: changing the environment while another thread reads it crashes.
    private static let nameTerminal: Void = { _ = setenv("TERM", "xterm", 1) }()

    deinit {
        close(keyboard)
        close(line)
    }

    func editor(_ change: (inout LineEditor.Configuration) -> Void = { _ in }) -> LineEditor {
        var configuration = LineEditor.Configuration()
        configuration.input = line
        configuration.output = line
        change(&configuration)
        return LineEditor(configuration)
    }

    func type(_ keys: String) {
        Terminal.write(keys.utf8, to: keyboard)
    }

    /// Waits until a text has been shown, and forgets everything up to its end.
    func expect(_ text: String, _ place: SourceLocation = #_sourceLocation) async {
        let wanted = Array(text.utf8)
        for _ in 0..<1000 {
            readAll()
            if let end = end(of: wanted) {
                seen.removeFirst(end)
                return
            }
            try? await Task.sleep(for: .milliseconds(10))
        }
        Issue.record("not shown: \(text.debugDescription) in \(shown.debugDescription)", sourceLocation: place)
    }

    /// What was shown since the last expectation.
    var shown: String { String(decoding: seen, as: UTF8.self) }

    var isCanonical: Bool {
        var settings = termios()
        tcgetattr(line, &settings)
        return settings.c_lflag & tcflag_t(ICANON) != 0 && settings.c_lflag & tcflag_t(ISIG) != 0
    }

    private func readAll() {
        var ready = pollfd(fd: keyboard, events: Int16(POLLIN), revents: 0)
        while poll(&ready, 1, 0) > 0, ready.revents & Int16(POLLIN) != 0 {
            seen += [UInt8](unsafeUninitializedCapacity: 4096) { buffer, count in
                count = max(0, read(keyboard, buffer.baseAddress, buffer.count))
            }
        }
    }

    private func end(of text: [UInt8]) -> Int? {
        guard seen.count >= text.count else { return nil }
        for start in 0...(seen.count - text.count) where seen[start..<start + text.count].elementsEqual(text) {
            return start + text.count
        }
        return nil
    }
}
