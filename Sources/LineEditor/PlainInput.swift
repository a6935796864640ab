internal import Glibc

/// Reads lines as they are: from a pipe, a file, or a terminal that cannot move its cursor.
final class PlainInput: LineSource {
    private let configuration: LineEditor.Configuration
    private let mailbox: Mailbox
    private let showsPrompt: Bool
    private var bytes: [UInt8] = []
    private var hasEnded = false

    init(_ configuration: LineEditor.Configuration, _ mailbox: Mailbox) {
        self.configuration = configuration
        self.mailbox = mailbox
        showsPrompt = Terminal.isTerminal(configuration.input)
    }

    func readLine(prompt: String) -> LineEditor.Input {
        if showsPrompt { Terminal.write(Prompt(prompt).visible.utf8, to: configuration.output) }
        var searched = 0
        while true {
            if let end = bytes[searched...].firstIndex(of: UInt8(ascii: "\n")) { return take(upTo: end) }
            if hasEnded { return bytes.isEmpty ? .endOfInput : take(upTo: bytes.count) }
            searched = bytes.count
            var events = [
                pollfd(fd: configuration.input, events: Int16(POLLIN), revents: 0),
                pollfd(fd: mailbox.wakeup, events: Int16(POLLIN), revents: 0),
            ]
            guard poll(&events, 2, -1) > 0 else { continue }
            if events[1].revents != 0 {
                let mail = mailbox.take()
                Terminal.write(mail.text, to: configuration.output)
                if mail.closed { return .endOfInput }
                if mail.interrupted {
                    if showsPrompt { Terminal.write("\n".utf8, to: configuration.output) }
                    return .interrupted
                }
            }
            if events[0].revents != 0 { fill() }
        }
    }

    func end() {}

    private func take(upTo end: Int) -> LineEditor.Input {
        var line = bytes[..<end]
        if line.last == UInt8(ascii: "\r") { line.removeLast() }
        let text = String(decoding: line, as: UTF8.self)
        bytes.removeFirst(min(end + 1, bytes.count))
        return .line(text)
    }

    private func fill() {
        let portion = [UInt8](unsafeUninitializedCapacity: 65_536) { buffer, count in
            count = max(0, read(configuration.input, buffer.baseAddress, buffer.count))
        }
        if portion.isEmpty { hasEnded = true }
        bytes += portion
    }
}
