/// A running CPython process.
public struct PythonProcess: Sendable, Hashable {
    /// A way the agent can be brought in.
    public enum Way: String, Sendable, Hashable, CaseIterable {
        /// The remote debugging interface of 3.14 and later.
        case remoteExec = "remote-exec"
        /// Stopping one thread and calling the interpreter's own functions on it.
        case ptrace
    }

    /// The process, as we count.
    public var pid: Int32
    /// The process as it counts itself: in its own pid namespace.
    public var namespacePid: Int32
    /// The effective user's number.
    public var user: UInt32
    /// The words of the command line. A process may overwrite them, also with a single text.
    public var arguments: [String]
    /// The executable's path as the process sees it; empty when the kernel does not let us look.
    public var executable: String
    /// The file that holds the interpreter, as the process sees it; empty when we may not look.
    public var interpreter: String
    /// The version, or nil when nothing tells it.
    public var version: PythonVersion?
    /// The ways in that apply, best first; none when the kernel would refuse, or the version is too old.
    public var ways: [Way]
    /// The container's short name when the process lives in other namespaces than we do.
    public var container: String?
    /// Whether it sees the same files under the same paths as we do.
    public var sharesFiles: Bool
    /// Whether an agent's socket is there.
    public var hasAgent: Bool

    /// The command line as one text.
    public var commandLine: String { arguments.joined(separator: " ") }

    /// The words of the command line from the interpreter's own on, also where it was started through the loader.
    public var words: [String] { RemoteDebugging.withoutLoader(arguments) }

    /// The effective user's name.
    public var userName: String { UserName.name(of: user) }

    /// Every Python process of this machine but our own, by ascending number.
    ///
    /// - Parameter processes: Where they are looked up.
    /// - Returns: The processes. One that goes meanwhile is left out.
    public static func all(in processes: ProcFileSystem = .live) -> [PythonProcess] {
        guard let observer = try? Observer(in: processes) else { return [] }
        let scanner = ProcessScanner(processes, observer: observer)
        return processes.pids.sorted().compactMap { $0 == observer.pid ? nil : scanner.scan($0) }
    }

    /// One process.
    ///
    /// - Parameters:
    ///   - pid: The process.
    ///   - processes: Where it is looked up.
    /// - Returns: The process, or nil when it is no Python as far as can be seen.
    /// - Throws: ``InspectionError`` of kind `missing` when there is no such process, or `malformed` when the number is
    ///   that of a thread.
    public static func find(
        _ pid: Int32, in processes: ProcFileSystem = .live
    ) throws(InspectionError) -> PythonProcess? {
        guard processes.exists(pid) else {
            throw InspectionError(kind: .missing, message: "there is no process \(pid)")
        }
        let status = ProcessStatus(parsing: try File.contents(of: processes.path("status", of: pid)))
        guard status.threadGroup == pid else {
            throw .malformed("\(pid) is a thread of process \(status.threadGroup)")
        }
        let scanner = ProcessScanner(processes, observer: try Observer(in: processes))
        return scanner.scan(pid)
    }

    /// The ways in that a version has.
    ///
    /// - Parameters:
    ///   - version: The version; an unknown one is taken for one that has been out for long.
    ///   - isRemoteDebuggingDisabled: Whether the process was started with remote debugging switched off.
    static func ways(version: PythonVersion?, isRemoteDebuggingDisabled: Bool) -> [Way] {
        guard let version else { return [.ptrace] }
        guard version.major == 3, version.minor >= 8 else { return [] }
        return version.minor >= 14 && !isRemoteDebuggingDisabled ? [.remoteExec, .ptrace] : [.ptrace]
    }
}
