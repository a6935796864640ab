/// Where a target's agent listens: one path, as the target sees it and as we do.
///
/// This is the only place that knows the rule. Both forms fit a socket address: 107 bytes and a zero.
public struct AgentSocket: Sendable, Hashable {
    /// The longest path a Unix socket's address holds, in bytes.
    public static let maximumLength = 107

    /// The path in the target's own view of the file system: what the agent binds.
    public var inTarget: String
    /// The same place in ours: what we connect to.
    public var fromHere: String

    /// The place of a process's agent.
    ///
    /// - Parameters:
    ///   - pid: The process.
    ///   - processes: Where it is looked up.
    /// - Returns: Both forms of the path.
    /// - Throws: ``InspectionError`` when there is no such process.
    public static func path(
        for pid: Int32, in processes: ProcFileSystem = .live
    ) throws(InspectionError) -> AgentSocket {
        let status = ProcessStatus(parsing: try File.contents(of: processes.path("status", of: pid)))
        let namespacePid = status.namespacePids.last ?? pid
        return path(
            for: pid, namespacePid: namespacePid,
            sharesFiles: sharesFiles(pid, namespacePid: namespacePid, in: processes), in: processes)
    }

    /// The place of a process's agent.
    ///
    /// - Parameter process: The process.
    /// - Returns: Both forms of the path.
    public static func path(for process: PythonProcess) -> AgentSocket {
        path(for: process.pid, namespacePid: process.namespacePid, sharesFiles: process.sharesFiles, in: .live)
    }

    static func path(
        for pid: Int32, namespacePid: Int32, sharesFiles: Bool, in processes: ProcFileSystem
    ) -> AgentSocket {
        // The number is the process's own, which it knows itself (os.getpid()); two containers that share a
        // /tmp may hold the same one, so whoever connects asks the socket for its peer.
        let path = "/tmp/sonde-\(namespacePid).sock"
        return AgentSocket(
            inTarget: path, fromHere: sharesFiles ? path : processes.path("root\(path)", of: pid))
    }

    /// Whether a process sees the same files under the same paths as we do.
    ///
    /// The plain path is preferred then: the kernel refuses the way through `/proc/PID/root` for another
    /// user's process, and for one that is not dumpable. Where it refuses even to tell, only the plain path is left,
    /// which is right unless the process counts its pids otherwise.
    static func sharesFiles(_ pid: Int32, namespacePid: Int32, in processes: ProcFileSystem) -> Bool {
        guard let root = processes.link("root", of: pid), let mounts = processes.link("ns/mnt", of: pid) else {
            return namespacePid == pid
        }
        return root == processes.link("\(processes.root)/self/root")
            && mounts == processes.link("\(processes.root)/self/ns/mnt")
    }
}
