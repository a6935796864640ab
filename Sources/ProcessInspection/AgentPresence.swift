internal import Glibc

/// What is found where a process's agent would listen.
public enum AgentPresence: Sendable, Hashable {
    /// Nothing is there.
    case absent
    /// The process listens there.
    case listening
    /// A socket is there on which nobody listens any more.
    case stale
    /// Another process listens there.
    case foreign(pid: Int32)
    /// The kernel does not let us connect, for the reason given.
    case unreachable(String)

    /// Tries to connect, and asks the socket who listens.
    ///
    /// - Parameters:
    ///   - path: The socket's path from here.
    ///   - pid: The process that should listen.
    init(at path: String, of pid: Int32) {
        var information = stat()
        guard lstat(path, &information) == 0 else {
            self = errno == EACCES ? .unreachable(Self.text(errno)) : .absent
            return
        }
        guard information.st_mode & S_IFMT == S_IFSOCK else {
            self = .unreachable("something else than a socket is there")
            return
        }
        // A listener whose queue is full must not hold us up.
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
        let descriptor = socket(AF_UNIX, kind, 0)
        guard descriptor >= 0 else {
            self = .unreachable(Self.text(errno))
            return
        }
        defer { close(descriptor) }
        guard Self.connect(descriptor, to: path) else {
            switch errno {
            case ECONNREFUSED: self = .stale
            case ENOENT: self = .absent
            default: self = .unreachable(Self.text(errno))
            }
            return
        }
        // struct ucred: pid, uid, gid; the pid as we count, 0 when the listener is outside our view.
        var credentials: (pid: Int32, user: UInt32, group: UInt32) = (0, 0, 0)
        var size = socklen_t(MemoryLayout.size(ofValue: credentials))
        let result = getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &credentials, &size)
        self = result == 0 && credentials.pid == pid ? .listening : .foreign(pid: credentials.pid)
    }

    private static func connect(_ descriptor: Int32, to path: String) -> Bool {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        guard bytes.count <= AgentSocket.maximumLength else {
            errno = ENAMETOOLONG
            return false
        }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        let size = socklen_t(MemoryLayout<sockaddr_un>.size)
        return withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { Glibc.connect(descriptor, $0, size) == 0 }
        }
    }

    private static func text(_ error: Int32) -> String { String(cString: strerror(error)) }
}
