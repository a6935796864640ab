/// What a user names a target by on this machine: a pid, or a part of a command line.
public enum TargetQuery: Sendable, Hashable {
    /// A process by its number.
    case pid(Int32)
    /// Any process whose command line contains the text.
    case text(String)

    /// What was found.
    public enum Answer: Sendable, Hashable {
        /// The one process meant.
        case found(PythonProcess)
        /// Several, by ascending number; the user has to choose.
        case ambiguous([PythonProcess])
        /// No such process.
        case missing
        /// There is such a process, but it is no Python as far as can be seen.
        case notPython(pid: Int32)
        /// It is this very process.
        case ourselves
    }

    /// Takes what the user wrote: digits are a pid, everything else is text.
    ///
    /// - Parameter text: What the user wrote.
    public init(_ text: String) {
        if !text.isEmpty, text.utf8.allSatisfy({ $0 >= 48 && $0 <= 57 }), let pid = Int32(text) {
            self = .pid(pid)
        } else {
            self = .text(text)
        }
    }

    /// Looks for what is meant.
    ///
    /// - Parameter processes: Where it is looked up.
    /// - Returns: What was found; never this process.
    public func resolve(in processes: ProcFileSystem = .live) -> Answer {
        switch self {
        case .pid(let pid):
            if pid == processes.ownPid { return .ourselves }
            do throws(InspectionError) {
                return try PythonProcess.find(pid, in: processes).map { .found($0) } ?? .notPython(pid: pid)
            } catch {
                return error.kind == .missing ? .missing : .notPython(pid: pid)
            }
        case .text(let text):
            guard !text.isEmpty else { return .missing }
            let matches = PythonProcess.all(in: processes).filter { $0.commandLine.contains(text) }
            if matches.count > 1 { return .ambiguous(matches) }
            return matches.first.map { .found($0) } ?? .missing
        }
    }
}
