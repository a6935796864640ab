internal import Glibc
internal import LineEditor
internal import Shell
internal import Synchronization

/// The front on the process' own streams: data on standard output, all else on standard error.
///
/// The same one serves a batch run and the prompt; at the prompt it has a line editor, and what comes while a line is
/// being typed appears above it.
final class StreamFront: Front {
    let output = Output(1)
    let errors = Output(2)
    private let choice: ColorChoice
    private let state = Mutex(State())

    private struct State: Sendable {
        var editor: LineEditor?
        var history: HistoryFile?
        /// Whether the note of what is waited for stands on the screen.
        var showsProgress = false
    }

    /// - Parameter color: When to use colour.
    init(color: ColorChoice) {
        choice = color
    }

    /// Sends what is shown above the prompt from now on, or no more.
    func showAbove(_ editor: LineEditor?) {
        state.withLock { $0.editor = editor }
    }

    /// Lets the `history` command read a history.
    func useHistory(_ file: HistoryFile?) {
        state.withLock { $0.history = file }
    }

    func write(_ text: String) -> Bool {
        state.withLock { state in
            wipeProgress(&state)
            if let editor = state.editor, output.isTerminal {
                editor.print(above: text)
                return true
            }
            return output.write(text)
        }
    }

    func report(_ text: String) {
        state.withLock { state in
            // The commands end because of it; it is told with its reason when all has ended.
            if output.end != nil { return }
            wipeProgress(&state)
            if let editor = state.editor, errors.isTerminal {
                editor.print(above: text)
            } else {
                errors.write(text)
            }
        }
    }

    func showProgress(_ text: String?) {
        guard errors.isTerminal, Terminal.canMoveCursor else { return }
        state.withLock { state in
            wipeProgress(&state)
            guard let text, state.editor == nil else { return }
            errors.write("\(text.prefix(max(20, width) - 2)) …")
            state.showsProgress = true
        }
    }

    private func wipeProgress(_ state: inout State) {
        if state.showsProgress { errors.write("\r\u{1B}[K") }
        state.showsProgress = false
    }

    var width: Int {
        Terminal.size(of: output.descriptor)?.columns ?? Process.environment("COLUMNS").flatMap { Int($0) } ?? 80
    }

    var isPersonLooking: Bool { output.isTerminal }
    var colorsData: Bool { choice.isOn(isTerminal: output.isTerminal) }
    var colorsReports: Bool { choice.isOn(isTerminal: errors.isTerminal) }

    func history() async -> [String] {
        let file = state.withLock { $0.history }
        do {
            return try file?.load() ?? []
        } catch {
            report("warning: \(error.message)\n")
            return []
        }
    }
}
