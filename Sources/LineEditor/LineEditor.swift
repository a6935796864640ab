/// Reads lines from the keyboard, with editing, history and completion, and prints above the line being typed.
///
/// One thread of its own owns libedit, whose state must not be touched from two sides; every function here may be
/// called from anywhere. When standard input is no terminal, or one that cannot move its cursor, lines are read plainly.
public final class LineEditor: Sendable {
    /// What came from the keyboard.
    public enum Input: Sendable, Equatable {
        /// A line, without its line break. It may hold line breaks that were pasted.
        case line(String)
        /// Ctrl-C, or a call of ``LineEditor/interrupt()``: what was typed is given up.
        case interrupted
        /// Ctrl-D on an empty line, the end of a pipe, or a terminal that went away.
        case endOfInput
    }

    /// Answers which words fit at a place of a line.
    ///
    /// The first argument is the line, the second the cursor's place, counted in Unicode scalars from the line's begin.
    public typealias Completer = @Sendable (_ line: String, _ cursor: Int) async -> Completions

    /// The descriptors, the history and the completion of an editor.
    public struct Configuration: Sendable {
        /// Where keys come from.
        public var input: Int32 = 0
        /// Where prompt and line are drawn. It must be a terminal for lines to be edited.
        public var output: Int32 = 1
        /// The history's file, or nil to keep the history in memory.
        public var history: HistoryFile?
        /// Asked when Tab is pressed.
        public var completer: Completer?
        /// Told, once, when the history cannot be read or written.
        public var report: (@Sendable (String) -> Void)?

        /// The process' standard streams, without history and completion.
        public init() {}
    }

    /// Whether lines are edited; false when they are read plainly.
    public let isEditing: Bool
    private let thread: EditorThread

    /// Makes an editor; the terminal is left as it is until a line is read.
    ///
    /// - Parameter configuration: The descriptors, the history and the completion.
    public init(_ configuration: Configuration) {
        isEditing =
            Terminal.isTerminal(configuration.input) && Terminal.isTerminal(configuration.output)
            && Terminal.canMoveCursor
        thread = EditorThread(configuration, editing: isEditing)
        thread.start()
    }

    deinit {
        thread.close()
    }

    /// Reads one line. Only one call may be under way.
    ///
    /// - Parameter prompt: What stands before the line. Colour sequences (`ESC [ … m`) take no room.
    /// - Returns: The line, or why there is none. Cancelling the task counts as an interruption.
    public func readLine(prompt: String) async -> Input {
        let ticket = thread.mailbox.makeTicket()
        return await withTaskCancellationHandler {
            await withCheckedContinuation { reply in
                thread.mailbox.submit(.init(ticket: ticket, prompt: prompt, reply: reply))
            }
        } onCancel: {
            thread.mailbox.cancel(ticket: ticket)
        }
    }

    /// Prints text above the prompt and the line being typed; without a prompt on the screen, just prints it.
    ///
    /// - Parameter text: One or more lines; a missing line break at the end is added.
    public func print(above text: String) {
        thread.mailbox.print(text)
    }

    /// Gives up the line being typed, as Ctrl-C does. Without one, nothing happens.
    public func interrupt() {
        thread.mailbox.signal(.interrupt)
    }

    /// Tells that the terminal changed its size, or that the process was continued after a stop: draws anew.
    public func terminalChanged() {
        thread.mailbox.signal(.redraw)
    }

    /// Restores the terminal and ends the editor; a line being read ends as the end of the input does.
    ///
    /// Returns when the terminal is as it was before. May be called more than once.
    public func close() {
        thread.close()
    }
}
