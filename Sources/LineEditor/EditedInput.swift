internal import CEditLine
internal import Glibc
internal import Synchronization

/// Reads lines through libedit; every function runs on the editor's thread.
///
/// The drawing around libedit goes straight to the terminal: libedit has written out its own before it asks for a key, and
/// after each drawing it is told to draw anew.
final class EditedInput: LineSource {
    private let configuration: LineEditor.Configuration
    private let mailbox: Mailbox
    private let editor: OpaquePointer
    private let searchHistory: OpaquePointer
    /// The terminal's settings before the editor touched them.
    private var settings = termios()
    private var decoder = KeyDecoder()
    private var history = History()
    private var isHistoryLoaded = false
    private var hasReportedHistory = false
    private var prompt = Prompt("")
    private var promptBytes: UnsafeMutablePointer<CChar>
    /// Why the line ends, when it does not end with Return.
    private var outcome: LineEditor.Input?
    private var completionTicket = 0
    /// The line as the last press of Tab left it.
    private var lastTab: (line: [Unicode.Scalar], cursor: Int)?

    /// How long the words for a Tab are waited for, in milliseconds.
    private static let completionPatience: Int32 = 2000
    /// Held while an editor is made: the terminal descriptions and the locale are the process's, behind no lock of their own.
    private static let making = Mutex(())

    init(_ configuration: LineEditor.Configuration, _ mailbox: Mailbox) {
        self.configuration = configuration
        self.mailbox = mailbox
        promptBytes = strdup("")
        tcgetattr(configuration.input, &settings)
        // Streams of its own: libedit's buffered writes must not mix with others' on the process' streams.
        let input = fdopen(dup(configuration.input), "r")
        let output = fdopen(dup(configuration.output), "w")
        var made: OpaquePointer?
        Self.making.withLock { _ in
            // libedit measures and writes characters by LC_CTYPE; "C.UTF-8" is built into the C library.
            if setlocale(LC_CTYPE, "C.UTF-8") == nil { setlocale(LC_CTYPE, "") }
            made = el_init_fd(
                "sonde", input, output, output, configuration.input, configuration.output, configuration.output)
        }
        guard let editor = made, let searchHistory = history_winit() else { preconditionFailure("out of memory") }
        self.editor = editor
        self.searchHistory = searchHistory
        sonde_el_set_client_data(editor, Unmanaged.passUnretained(self).toOpaque())
        setUp()
    }

    func end() {
        // Not el_end: it throws away what was typed ahead for whoever reads the terminal next.
        tcsetattr(configuration.input, TCSADRAIN, &settings)
    }

    func readLine(prompt text: String) -> LineEditor.Input {
        prompt = Prompt(text)
        free(promptBytes)
        promptBytes = strdup(prompt.marked)
        outcome = nil
        lastTab = nil
        // Before the prompt is seen: a Ctrl-C typed at once is a key already.
        sonde_el_prepare_terminal(editor, 1)
        write("\u{1B}[?2004h")  // bracketed paste: pasted text comes marked, so its line breaks run nothing
        var count: Int32 = 0
        let characters = el_wgets(editor, &count)
        write("\u{1B}[?2004l")
        if let outcome { return outcome }
        guard let characters, count > 0 else { return .endOfInput }
        var line = String(Self.scalars(UnsafeBufferPointer(start: characters, count: Int(count))))
        if line.unicodeScalars.last == "\n" { line.unicodeScalars.removeLast() }
        remember(line)
        return .line(line)
    }

    // MARK: Setting up

    private func setUp() {
        sonde_el_set_key_map(editor, "emacs")
        // libedit's own handler would signal the whole process group.
        sonde_el_set_signal_handling(editor, 0)
        // Ctrl-C, Ctrl-Z and Ctrl-S are keys while a line is edited.
        for flag in ["-isig", "-ixon"] { sonde_el_set_editing_terminal_flag(editor, flag) }
        sonde_el_set_prompt(editor, { EditedInput.of($0).promptBytes }, CChar(Prompt.mark.value))
        sonde_el_set_reader(
            editor,
            { editor, character in
                guard let scalar = EditedInput.of(editor).nextCharacter() else { return -1 }
                character.pointee = wchar_t(truncatingIfNeeded: scalar.value)
                return 1
            })
        sonde_el_history_set_size(searchHistory, Int32(History.limit))
        sonde_el_set_history(editor, searchHistory)
        sonde_el_add_command(
            editor, "sonde-complete", "Complete the word", { editor, _ in EditedInput.of(editor).complete() })
        sonde_el_add_command(
            editor, "sonde-older", "Older line", { editor, _ in EditedInput.of(editor).recall(older: true) })
        sonde_el_add_command(
            editor, "sonde-newer", "Newer line", { editor, _ in EditedInput.of(editor).recall(older: false) })
        sonde_el_add_command(
            editor, "sonde-interrupt", "Give up the line", { editor, _ in EditedInput.of(editor).giveUp() })
        sonde_el_add_command(
            editor, "sonde-delete", "Delete, or end", { editor, _ in EditedInput.of(editor).deleteOrEnd() })
        sonde_el_add_command(
            editor, "sonde-paste", "Insert pasted text", { editor, _ in EditedInput.of(editor).paste() })
        for (keys, command) in Self.bindings { sonde_el_bind(editor, keys, command) }
    }

    private static let bindings: [(keys: String, command: String)] = [
        ("^I", "sonde-complete"), ("^C", "sonde-interrupt"), ("^D", "sonde-delete"),
        ("^P", "sonde-older"), ("\\e[A", "sonde-older"), ("\\eOA", "sonde-older"), ("\\e[5~", "sonde-older"),
        ("^N", "sonde-newer"), ("\\e[B", "sonde-newer"), ("\\eOB", "sonde-newer"), ("\\e[6~", "sonde-newer"),
        ("^R", "em-inc-search-prev"), ("^S", "em-inc-search-next"),
        ("\\e[H", "ed-move-to-beg"), ("\\eOH", "ed-move-to-beg"), ("\\e[1~", "ed-move-to-beg"),
        ("\\e[7~", "ed-move-to-beg"),
        ("\\e[F", "ed-move-to-end"), ("\\eOF", "ed-move-to-end"), ("\\e[4~", "ed-move-to-end"),
        ("\\e[8~", "ed-move-to-end"),
        ("\\e[3~", "ed-delete-next-char"), ("\\e[200~", "sonde-paste"),
        ("\\e[1;5D", "ed-prev-word"), ("\\e[1;3D", "ed-prev-word"), ("\\e[1;5C", "em-next-word"),
        ("\\e[1;3C", "em-next-word"), ("^W", "ed-delete-prev-word"), ("^U", "vi-kill-line-prev"),
    ]

    fileprivate static func of(_ editor: OpaquePointer) -> EditedInput {
        Unmanaged<EditedInput>.fromOpaque(sonde_el_client_data(editor)!).takeUnretainedValue()
    }

    // MARK: Keys

    /// Waits for the next character; nil when ``outcome`` ends the line.
    private func nextCharacter() -> Unicode.Scalar? {
        // The prompt is on the screen by now; before, this would have delayed it.
        loadHistory()
        while true {
            if let scalar = decoder.next() { return scalar }
            var events = [
                pollfd(fd: configuration.input, events: Int16(POLLIN), revents: 0),
                pollfd(fd: mailbox.wakeup, events: Int16(POLLIN), revents: 0),
            ]
            guard poll(&events, 2, -1) > 0 else { continue }
            if events[1].revents != 0 {
                handle(mailbox.take())
                if outcome != nil { return nil }
            }
            if events[0].revents != 0 { readKeys() }
            if outcome != nil { return nil }
        }
    }

    private func readKeys() {
        let keys = [UInt8](unsafeUninitializedCapacity: 1024) { buffer, count in
            count = max(0, read(configuration.input, buffer.baseAddress, buffer.count))
        }
        if keys.isEmpty { outcome = .endOfInput } else { decoder.feed(keys) }
    }

    private func handle(_ mail: Mailbox.Contents) {
        if !mail.text.isEmpty {
            erase()
            // Output processing is on while editing: a line feed also returns the carriage.
            Terminal.write(mail.text, to: configuration.output)
            sonde_el_refresh(editor)
        }
        if mail.redraw {
            // A stop may have handed the terminal to another program: set its mode again.
            sonde_el_prepare_terminal(editor, 0)
            sonde_el_prepare_terminal(editor, 1)
            el_resize(editor)
            erase()
            sonde_el_refresh(editor)
        }
        if mail.closed {
            leaveLine(showing: "")
            outcome = .endOfInput
        } else if mail.interrupted {
            _ = giveUp()
        }
    }

    // MARK: Commands that keys are bound to

    private func giveUp() -> UInt8 {
        leaveLine(showing: "^C")
        outcome = .interrupted
        return UInt8(CC_NEWLINE)
    }

    private func deleteOrEnd() -> UInt8 {
        let (line, cursor) = currentLine
        if line.isEmpty {
            leaveLine(showing: "")
            outcome = .endOfInput
            return UInt8(CC_EOF)
        }
        guard cursor < line.count else { return UInt8(CC_ERROR) }
        el_cursor(editor, 1)
        el_deletestr(editor, 1)
        return UInt8(CC_REFRESH)
    }

    private func recall(older: Bool) -> UInt8 {
        let (line, cursor) = currentLine
        let text = String(line)
        let found =
            older
            ? history.older(than: text, typed: String(line[..<cursor]))
            : history.newer(than: text, typed: String(line[..<cursor]))
        guard let found else { return UInt8(CC_ERROR) }
        el_cursor(editor, Int32(line.count - cursor))
        el_deletestr(editor, Int32(line.count))
        insert(found.unicodeScalars)
        return UInt8(CC_REFRESH)
    }

    private func paste() -> UInt8 {
        let end = Array("\u{1B}[201~".unicodeScalars)
        var text: [Unicode.Scalar] = []
        while !text.ends(with: end) {
            guard let scalar = nextCharacter() else { return UInt8(CC_NEWLINE) }
            // An end that never comes must not lock the keyboard.
            if scalar == "\u{3}" { return giveUp() }
            text.append(scalar)
        }
        text.removeLast(end.count)
        insert(Self.cleaned(pasted: text))
        return UInt8(CC_REFRESH)
    }

    /// Pasted text as it may stand in a line: line breaks at its end are dropped, tabs are spaces, other control
    /// characters are left out.
    static func cleaned(pasted text: [Unicode.Scalar]) -> [Unicode.Scalar] {
        var clean: [Unicode.Scalar] = []
        var previous: Unicode.Scalar = "\0"
        for scalar in text {
            switch (previous, scalar) {
            // The terminal's mode exchanges the two, so that a pair comes in either order.
            case ("\r", "\n"), ("\n", "\r"):
                previous = "\0"
                continue
            case (_, "\n"), (_, "\r"): clean.append("\n")
            case (_, "\t"): clean.append(" ")
            case (_, "\0"..<" "), (_, "\u{7F}"..<"\u{A0}"): break
            default: clean.append(scalar)
            }
            previous = scalar
        }
        while clean.last == "\n" { clean.removeLast() }
        return clean
    }

    private func complete() -> UInt8 {
        guard let completer = configuration.completer else { return UInt8(CC_ERROR) }
        let (line, cursor) = currentLine
        let isRepeated = lastTab.map { $0.line == line && $0.cursor == cursor } ?? false
        completionTicket += 1
        Task.detached { [mailbox, ticket = completionTicket, text = String(line)] in
            mailbox.complete(ticket: ticket, await completer(text, cursor))
        }
        guard let completions = awaitCompletions() else { return UInt8(outcome == nil ? CC_ERROR : CC_NEWLINE) }
        defer { lastTab = currentLine }
        switch completions.action(before: Array(line[..<cursor]), isRepeated: isRepeated) {
        case .replace(let start, let text):
            // Drawn as a whole, so that a log of the terminal holds the word and not only its new characters.
            erase()
            el_deletestr(editor, Int32(cursor - start))
            insert(text.unicodeScalars)
        case .list(let words):
            let size = Terminal.size(of: configuration.output) ?? (columns: 80, rows: 24)
            erase()
            write(Completions.layOut(words, columns: size.columns, rows: max(1, size.rows - 3)))
        case .beep:
            return UInt8(CC_ERROR)
        }
        sonde_el_refresh(editor)
        return UInt8(CC_NORM)
    }

    private func awaitCompletions() -> Completions? {
        var start = timespec()
        clock_gettime(CLOCK_MONOTONIC, &start)
        while true {
            var now = timespec()
            clock_gettime(CLOCK_MONOTONIC, &now)
            let waited = (now.tv_sec - start.tv_sec) * 1000 + (now.tv_nsec - start.tv_nsec) / 1_000_000
            let left = Self.completionPatience - Int32(waited)
            var wakeup = pollfd(fd: mailbox.wakeup, events: Int16(POLLIN), revents: 0)
            guard left > 0, poll(&wakeup, 1, left) != 0 else { return nil }
            let mail = mailbox.take()
            handle(mail)
            if outcome != nil { return nil }
            if let (ticket, answer) = mail.completions, ticket == completionTicket { return answer }
        }
    }

    // MARK: Drawing

    /// The line's characters and the cursor's place in it.
    private var currentLine: (line: [Unicode.Scalar], cursor: Int) {
        let info = el_wline(editor).pointee
        let line = UnsafeBufferPointer(start: info.buffer, count: info.lastchar - info.buffer)
        return (Self.scalars(line), info.cursor - info.buffer)
    }

    /// Wipes prompt and line from the screen and leaves the cursor where the prompt began.
    private func erase() {
        let size = Terminal.size(of: configuration.output) ?? (columns: 80, rows: 24)
        let (line, cursor) = currentLine
        var position = ScreenPosition(columns: size.columns)
        position.advance(over: prompt.visible.unicodeScalars)
        position.advance(over: line[..<cursor])
        // What is longer than the screen has scrolled.
        let up = min(position.row, size.rows - 1)
        write(up > 0 ? "\r\u{1B}[\(up)A\u{1B}[J" : "\r\u{1B}[J")
    }

    /// Goes on below the line, which stays on the screen with a mark behind it.
    private func leaveLine(showing mark: String) {
        let (line, cursor) = currentLine
        if cursor < line.count {
            erase()
            el_cursor(editor, Int32(line.count - cursor))
            sonde_el_refresh(editor)
        }
        write(mark + "\n")
    }

    private func write(_ text: String) {
        Terminal.write(text.utf8, to: configuration.output)
    }

    private func insert(_ scalars: some Collection<Unicode.Scalar>) {
        el_winsertstr(editor, Self.characters(scalars.filter { $0 != "\0" }))
    }

    /// Characters out of libedit's memory, which holds what came from ``KeyDecoder`` and is read as numbers all the same.
    private static func scalars(_ characters: UnsafeBufferPointer<wchar_t>) -> [Unicode.Scalar] {
        characters.map { Unicode.Scalar(UInt32(truncatingIfNeeded: $0)) ?? "\u{FFFD}" }
    }

    /// Characters for libedit, which wants them closed by a zero.
    private static func characters(_ scalars: some Collection<Unicode.Scalar>) -> [wchar_t] {
        scalars.map { wchar_t(truncatingIfNeeded: $0.value) } + [0]
    }

    // MARK: History

    private func loadHistory() {
        guard !isHistoryLoaded else { return }
        isHistoryLoaded = true
        guard let file = configuration.history else { return }
        do {
            for entry in try file.load().suffix(History.limit) where history.accepts(entry) { keep(entry) }
        } catch {
            report(error)
        }
    }

    private func remember(_ line: String) {
        guard history.accepts(line) else { return }
        keep(line)
        do {
            try configuration.history?.append(line)
        } catch {
            report(error)
        }
    }

    private func report(_ failure: HistoryFile.Failure) {
        if !hasReportedHistory { configuration.report?(failure.message) }
        hasReportedHistory = true
    }

    private func keep(_ line: String) {
        history.append(line)
        sonde_el_history_enter(searchHistory, Self.characters(line.unicodeScalars))
    }
}

extension [Unicode.Scalar] {
    fileprivate func ends(with other: [Unicode.Scalar]) -> Bool {
        suffix(other.count).elementsEqual(other)
    }
}

extension String {
    /// Text made of single scalars.
    fileprivate init(_ scalars: some Sequence<Unicode.Scalar>) {
        var view = UnicodeScalarView()
        view.append(contentsOf: scalars)
        self.init(view)
    }
}
