/// Everything about a process that decides whether and how it can be attached to, as it was at one moment.
///
/// ``checks`` is computed from it alone, so each obstacle can be tried without having one.
public struct ProcessSnapshot: Sendable {
    /// The process's tracer.
    public struct Tracer: Sendable, Hashable {
        /// Its number, 0 when it is outside our view.
        public var pid: Int32
        /// Its command's name.
        public var name: String

        /// Takes the parts.
        ///
        /// - Parameters:
        ///   - pid: Its number.
        ///   - name: Its command's name.
        public init(pid: Int32, name: String) {
            self.pid = pid
            self.name = name
        }
    }

    /// Whether there is such a process.
    public enum Existence: Sendable, Hashable {
        /// There is.
        case present
        /// There is none.
        case missing
        /// There is, but `/proc` does not show it to us (`hidepid`).
        case hidden
    }

    /// What a process's interpreter was found to be.
    public enum Python: Sendable, Hashable {
        /// It holds this one.
        case interpreter(Interpreter)
        /// It holds none.
        case none
        /// The kernel does not let us look.
        case unknown
    }

    /// The process.
    public var pid: Int32
    /// Who looks.
    public var observer: Observer
    /// Whether it is there.
    public var existence: Existence = .present
    /// The process that it is a thread of; its own number for a process.
    public var threadGroup: Int32
    /// The command's name, at most 15 bytes.
    public var name = ""
    /// The words of the command line; none for a kernel thread and a zombie.
    public var arguments: [String] = []
    /// Whether it runs no program: a thread of the kernel.
    public var isKernelThread = false
    /// The state's letter.
    public var state: Character = "S"
    /// The real, effective and saved user.
    public var users: [UInt32] = []
    /// The real, effective and saved group.
    public var groups: [UInt32] = []
    /// Its capabilities; the kernel compares them with ours.
    public var permittedCapabilities: UInt64 = 0
    /// Its seccomp mode: 0 none, 1 strict, 2 filtered.
    public var seccomp = 0
    /// Who traces it already.
    public var tracer: Tracer?
    /// Its namespaces.
    public var namespaces = Namespaces()
    /// Its number in its own pid namespace.
    public var namespacePid: Int32
    /// The container's short name when it lives in other namespaces than we do.
    public var container: String?
    /// Whether others of the same user may look into it; nil when that cannot be told.
    public var isDumpable: Bool?
    /// Whether it descends from us, which Yama's scope 1 allows.
    public var isDescendant = false
    /// Its interpreter.
    public var python = Python.none
    /// What switched remote debugging off: a variable's or an option's name.
    public var remoteDebuggingSwitch: String?
    /// The system call that the main thread sits in; nil when it runs, or the kernel does not tell.
    public var systemCall: String?
    /// What is found at the agent's socket.
    public var agent = AgentPresence.absent
    /// The socket's place.
    public var socket: AgentSocket

    /// A process of which nothing is known yet but that it is there.
    ///
    /// - Parameters:
    ///   - pid: The process.
    ///   - observer: Who looks.
    public init(pid: Int32, observer: Observer) {
        self.pid = pid
        self.observer = observer
        threadGroup = pid
        namespacePid = pid
        socket = AgentSocket.places(for: pid, namespacePid: pid, sharesFiles: true, in: .live)[0]
    }

    /// The interpreter, if one was found.
    public var interpreter: Interpreter? {
        if case .interpreter(let interpreter) = python { return interpreter }
        return nil
    }
}
