internal import CEditLine
internal import Glibc
internal import Synchronization

/// What other threads want of the editor's thread, with the eventfd that wakes it.
///
/// The thread waits in `poll` for the keyboard and this eventfd alike; that is why no condition variable will do.
final class Mailbox: Sendable {
    /// A line that somebody waits for.
    struct Request: Sendable {
        /// From ``Mailbox/makeTicket()``; later requests have greater ones.
        let ticket: Int
        let prompt: String
        let reply: CheckedContinuation<LineEditor.Input, Never>
    }

    /// What may be asked of a line being edited.
    enum Signal: Sendable {
        case interrupt
        case redraw
        case close
    }

    /// Everything that has come since it was last looked at.
    struct Contents: Sendable {
        var request: Request?
        var output: [UInt8] = []
        var linesLeftOut = 0
        var interrupted = false
        var redraw = false
        var closed = false
        var completions: (ticket: Int, answer: Completions)?
    }

    /// What is known of the requests: their tickets, and one that was cancelled before it was submitted.
    private struct Tickets: Sendable {
        var last = 0
        var submitted = 0
        var cancelled = 0
    }

    /// More output than this, in bytes, between two looks at the mailbox is left out and counted: a terminal that
    /// stands still (Ctrl-S) must not make the shell grow.
    static let outputLimit = 1 << 20

    /// Readable when there is something to take.
    let wakeup: Int32
    private let contents = Mutex((mail: Contents(), tickets: Tickets()))

    init() {
        wakeup = eventfd(0, Int32(EFD_CLOEXEC) | Int32(EFD_NONBLOCK))
        precondition(wakeup >= 0, "eventfd failed: errno \(errno)")
    }

    deinit {
        Glibc.close(wakeup)
    }

    func makeTicket() -> Int {
        contents.withLock { contents in
            contents.tickets.last += 1
            return contents.tickets.last
        }
    }

    func submit(_ request: Request) {
        let answer: LineEditor.Input? = contents.withLock { contents in
            precondition(contents.mail.request == nil, "one line is read at a time")
            if contents.mail.closed { return .endOfInput }
            if contents.tickets.cancelled == request.ticket { return .interrupted }
            contents.tickets.submitted = request.ticket
            contents.mail.request = request
            contents.mail.interrupted = false
            return nil
        }
        if let answer { request.reply.resume(returning: answer) } else { wake() }
    }

    /// Gives up a request, which may already be answered, or not even be submitted.
    func cancel(ticket: Int) {
        contents.withLock { contents in
            if ticket > contents.tickets.submitted {
                contents.tickets.cancelled = ticket
            } else if ticket == contents.tickets.submitted {
                contents.mail.interrupted = true
            }
        }
        wake()
    }

    func print(_ text: String) {
        contents.withLock { contents in
            var bytes = Array(text.utf8)
            if bytes.last != UInt8(ascii: "\n") { bytes.append(UInt8(ascii: "\n")) }
            if contents.mail.output.count + bytes.count > Self.outputLimit {
                contents.mail.linesLeftOut += bytes.count { $0 == UInt8(ascii: "\n") }
            } else {
                contents.mail.output += bytes
            }
        }
        wake()
    }

    func signal(_ signal: Signal) {
        contents.withLock { contents in
            switch signal {
            case .interrupt: contents.mail.interrupted = true
            case .redraw: contents.mail.redraw = true
            case .close: contents.mail.closed = true
            }
        }
        wake()
    }

    func complete(ticket: Int, _ completions: Completions) {
        contents.withLock { $0.mail.completions = (ticket, completions) }
        wake()
    }

    /// Takes everything that has come. `closed` stays set.
    func take() -> Contents {
        var count: UInt64 = 0
        _ = read(wakeup, &count, MemoryLayout<UInt64>.size)
        return contents.withLock { contents in
            let taken = contents.mail
            contents.mail = Contents()
            contents.mail.closed = taken.closed
            return taken
        }
    }

    private func wake() {
        var one: UInt64 = 1
        _ = write(wakeup, &one, MemoryLayout<UInt64>.size)
    }
}
