internal import ProcessInspection
public import Sessions

extension LocalSessions {
    /// Reads where a process's threads are from its memory alone.
    public func stacks(of name: TargetName, thread: UInt64?) async throws(SessionError) -> [ThreadStack] {
        let pid: Int32
        switch name {
        case .pid(let number): pid = number
        case .text(let text): pid = try process(named: text).pid
        case .unix, .network:
            throw SessionError(
                .unsupported, "only a process of this machine can be read from outside", hint: "name its pid")
        }
        do {
            let threads = try StackReader(of: pid).threads(thread)
            var lines = SourceLines(of: pid)
            return threads.map { ThreadStack($0, &lines) }
        } catch {
            throw Self.unreadable(pid, error)
        }
    }

    /// What to do where a process cannot be entered.
    static func readingHint(_ pid: Int32) -> String { "`sonde stack \(pid)` reads its stacks from outside" }

    private static func unreadable(_ pid: Int32, _ error: InspectionError) -> SessionError {
        switch error.kind {
        case .missing:
            SessionError(.noTarget, "there is no process \(pid)", hint: "`sonde ps` lists the Python processes")
        case .notPermitted:
            SessionError(
                .notPermitted, "the kernel does not let us read the memory of process \(pid)",
                hint: "`sonde doctor \(pid)` tells what stands in the way")
        default: SessionError(.unsupported, error.message)
        }
    }
}

extension ThreadStack {
    init(_ thread: PythonThread, _ lines: inout SourceLines) {
        var frames: [Frame] = []
        for frame in thread.frames {
            frames.append(
                Frame(
                    function: frame.function, file: frame.file, line: frame.line,
                    code: frame.line.flatMap { lines.line($0, of: frame.file) }))
        }
        self.init(
            id: thread.id, nativeID: thread.nativeID, name: thread.name, state: thread.state.map(Self.word),
            holdsLock: thread.holdsLock, isChanging: thread.isChanging, isCut: thread.isCut, frames: frames)
    }

    /// The agent's word for a state, as its `thread` tells it.
    private static func word(_ letter: Character) -> String {
        switch letter {
        case "R": "running"
        case "T", "t": "stopped"
        case "D": "disk"
        default: "waiting"
        }
    }
}
