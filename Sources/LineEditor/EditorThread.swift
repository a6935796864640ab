internal import CEditLine
internal import Glibc

/// The thread that owns the terminal: it waits for requests in the mailbox and reads lines, edited or plain.
///
/// `@unchecked Sendable`: everything but the mailbox is set before the thread starts and touched by no other afterwards.
final class EditorThread: @unchecked Sendable {
    let mailbox = Mailbox()
    private let configuration: LineEditor.Configuration
    private let isEditing: Bool
    /// Readable once the thread has restored the terminal and is about to end.
    private let ended = eventfd(0, Int32(EFD_CLOEXEC))

    init(_ configuration: LineEditor.Configuration, editing: Bool) {
        self.configuration = configuration
        isEditing = editing
    }

    deinit {
        Glibc.close(ended)
    }

    func start() {
        // Signals belong to threads that expect them: a handler on this one would break into libedit. But those that
        // stop a background process must stop it before this thread changes the foreground's terminal.
        var all = sigset_t()
        var before = sigset_t()
        sigfillset(&all)
        for signal in [SIGTTIN, SIGTTOU] { sigdelset(&all, signal) }
        pthread_sigmask(SIG_SETMASK, &all, &before)
        var thread = pthread_t()
        let result = pthread_create(
            &thread, nil,
            { argument in
                Unmanaged<EditorThread>.fromOpaque(argument!).takeRetainedValue().run()
                return nil
            }, Unmanaged.passRetained(self).toOpaque())
        precondition(result == 0, "pthread_create failed: \(result)")
        pthread_detach(thread)
        pthread_sigmask(SIG_SETMASK, &before, nil)
    }

    func close() {
        mailbox.signal(.close)
        // A second is plenty, and a terminal that accepts nothing must not keep the shell from leaving.
        var done = pollfd(fd: ended, events: Int16(POLLIN), revents: 0)
        _ = poll(&done, 1, 1000)
    }

    private func run() {
        let source: any LineSource =
            isEditing ? EditedInput(configuration, mailbox) : PlainInput(configuration, mailbox)
        while true {
            let mail = mailbox.take()
            Terminal.write(mail.text, to: configuration.output)
            if let request = mail.request {
                let early: LineEditor.Input? = mail.closed ? .endOfInput : mail.interrupted ? .interrupted : nil
                request.reply.resume(returning: early ?? source.readLine(prompt: request.prompt))
            } else if mail.closed {
                break
            } else {
                var wakeup = pollfd(fd: mailbox.wakeup, events: Int16(POLLIN), revents: 0)
                _ = poll(&wakeup, 1, -1)
            }
        }
        source.end()
        var one: UInt64 = 1
        _ = write(ended, &one, MemoryLayout<UInt64>.size)
    }
}

/// A way to read lines; used on the editor's thread only.
protocol LineSource {
    /// Reads one line, and looks at the mailbox meanwhile.
    func readLine(prompt: String) -> LineEditor.Input
    /// Leaves the terminal as it was found.
    func end()
}

extension Mailbox.Contents {
    /// What is to be printed, with a last line about what was left out.
    var text: [UInt8] {
        linesLeftOut == 0 ? output : output + Array("… \(linesLeftOut) lines left out\n".utf8)
    }
}
