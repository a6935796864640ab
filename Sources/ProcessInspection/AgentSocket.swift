internal import Glibc

/// Where a target's agent listens: one path, as the target sees it and as we do.
///
/// This is the only place that knows the rule. Both forms fit a socket address: 107 bytes and a zero.
public struct AgentSocket: Sendable, Hashable {
    /// The longest path a Unix socket's address holds, in bytes.
    public static let maximumLength = 107
    /// The directories it may be in, best first: the usual one, and what can be written where the root is read-only.
    public static let directories = ["/tmp", "/var/tmp", "/dev/shm", "/run"]

    /// The path in the target's own view of the file system: what the agent binds.
    public var inTarget: String
    /// The same place in ours: what we connect to.
    public var fromHere: String
    /// Whether the target can make a file there, as far as can be seen from here.
    public var canBeMade = true

    /// Whether there is something to connect to, now: far cheaper than to try.
    public var exists: Bool { access(fromHere, F_OK) == 0 }

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
            for: pid, namespacePid: namespacePid, user: status.effectiveUser,
            sharesFiles: sharesFiles(pid, namespacePid: namespacePid, in: processes), in: processes)
    }

    /// The place of a process's agent.
    ///
    /// - Parameter process: The process.
    /// - Returns: Both forms of the path.
    public static func path(for process: PythonProcess) -> AgentSocket {
        path(
            for: process.pid, namespacePid: process.namespacePid, user: process.user, sharesFiles: process.sharesFiles,
            in: .live)
    }

    /// An agent that is there already is where it was put; otherwise it is the first directory that the target can write.
    static func path(
        for pid: Int32, namespacePid: Int32, user: UInt32, sharesFiles: Bool, in processes: ProcFileSystem
    ) -> AgentSocket {
        var places = places(for: pid, namespacePid: namespacePid, sharesFiles: sharesFiles, in: processes)
        if let there = places.first(where: { FileScratch.isSocket($0.fromHere, ofUser: user) }) { return there }
        let answers = places.map { canMake(in: $0.fromHereDirectory, user) }
        if let usable = answers.firstIndex(of: true) { return places[usable] }
        // What cannot be seen may still be there: the usual place is tried.
        places[0].canBeMade = answers.contains(nil)
        return places[0]
    }

    /// Every place it may be in, best first.
    static func places(
        for pid: Int32, namespacePid: Int32, sharesFiles: Bool, in processes: ProcFileSystem
    ) -> [AgentSocket] {
        directories.map { directory in
            // The number is the process's own, which it knows itself (os.getpid()); two containers that share a
            // /tmp may hold the same one, so whoever connects asks the socket for its peer.
            let path = "\(directory)/sonde-\(namespacePid).sock"
            return AgentSocket(
                inTarget: path, fromHere: sharesFiles ? path : processes.path("root\(path)", of: pid))
        }
    }

    /// Whether a user can make a file in a directory; nil when that cannot be seen.
    private static func canMake(in directory: String, _ user: UInt32) -> Bool? {
        var system = statvfs()
        var information = stat()
        guard statvfs(directory, &system) == 0, stat(directory, &information) == 0 else {
            return errno == ENOENT || errno == ENOTDIR ? false : nil
        }
        // ST_RDONLY is an enumeration's case that Swift does not see.
        if system.f_flag & 1 != 0 || information.st_mode & S_IFMT != S_IFDIR { return false }
        let isOwner = information.st_uid == user && information.st_mode & S_IWUSR != 0
        return isOwner || user == 0 || information.st_mode & S_IWOTH != 0
    }

    private var fromHereDirectory: String {
        fromHere.lastIndex(of: "/").map { String(fromHere[..<$0]) } ?? ""
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
