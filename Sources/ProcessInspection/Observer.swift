internal import CSondeSystem
internal import Glibc

/// Who looks: what this process may do to others, as far as it can tell.
public struct Observer: Sendable, Hashable {
    /// The bit of the right to trace any process.
    public static let tracingCapability: UInt64 = 1 << 19  // CAP_SYS_PTRACE

    /// Our process, as the directory of processes counts.
    public var pid: Int32
    /// The real user: what the kernel compares with a target's.
    public var user: UInt32
    /// The real group.
    public var group: UInt32
    /// The capabilities in force, a bit each.
    public var capabilities: UInt64
    /// The capabilities that could be put in force; the kernel compares these with a target's.
    public var permittedCapabilities: UInt64
    /// Whether a new program gains no rights any more: `sudo` does not work from here.
    public var gainsNoRights: Bool
    /// Our namespaces.
    public var namespaces: Namespaces
    /// Yama's `ptrace_scope`: 0 any of one's own processes, 1 descendants, 2 administrators, 3 nobody; nil without Yama.
    public var ptraceScope: Int?
    /// The system calls an attach needs that a filter on this process refuses.
    public var filteredCalls: [String]
    /// Whether rights here reach into every other user namespace: we are in the first one.
    public var isInInitialUserNamespace: Bool { namespaces.user == "user:[4026531837]" }  // PROC_USER_INIT_INO

    /// Whether the right to trace any process is in force.
    public var mayTraceAnyone: Bool { capabilities & Self.tracingCapability != 0 }

    /// Takes the parts.
    ///
    /// - Parameters:
    ///   - pid: Our process.
    ///   - user: The real user.
    ///   - group: The real group.
    ///   - capabilities: The capabilities in force.
    ///   - permittedCapabilities: The capabilities that could be.
    ///   - gainsNoRights: Whether a new program gains no rights any more.
    ///   - namespaces: Our namespaces.
    ///   - ptraceScope: Yama's `ptrace_scope`.
    ///   - filteredCalls: The needed system calls that a filter refuses.
    public init(
        pid: Int32, user: UInt32, group: UInt32, capabilities: UInt64 = 0, permittedCapabilities: UInt64 = 0,
        gainsNoRights: Bool = false, namespaces: Namespaces = Namespaces(), ptraceScope: Int? = nil,
        filteredCalls: [String] = []
    ) {
        self.pid = pid
        self.user = user
        self.group = group
        self.capabilities = capabilities
        self.permittedCapabilities = permittedCapabilities
        self.gainsNoRights = gainsNoRights
        self.namespaces = namespaces
        self.ptraceScope = ptraceScope
        self.filteredCalls = filteredCalls
    }

    /// Reads what this process may do.
    ///
    /// - Parameter processes: Where it is looked up.
    /// - Throws: ``InspectionError`` when `self` cannot be read there: no `/proc` is mounted, or another namespace's.
    public init(in processes: ProcFileSystem = .live) throws(InspectionError) {
        let status = ProcessStatus(parsing: try File.contents(of: "\(processes.root)/self/status"))
        let scope = try? File.contents(of: "\(processes.root)/sys/kernel/yama/ptrace_scope")
        self.init(
            pid: processes.ownPid ?? getpid(), user: status.realUser,
            group: status.groups.first ?? 0, capabilities: status.mask("CapEff"),
            permittedCapabilities: status.mask("CapPrm"), gainsNoRights: status["NoNewPrivs"] == "1",
            namespaces: Namespaces(ofDirectory: "\(processes.root)/self", in: processes),
            ptraceScope: scope.flatMap { Int(String(decoding: $0.prefix { $0 > 32 }, as: UTF8.self)) },
            filteredCalls: processes == .live && status.seccomp != 0 ? Self.probeFilter() : [])
    }

    /// Finds out which of the system calls a filter refuses, by calling each so that it can do nothing.
    ///
    /// Detaching from ourselves fails with ESRCH and reading our own memory succeeds, unless a filter answers first.
    private static func probeFilter() -> [String] {
        var refused: [String] = []
        if sonde_ptrace(Int32(SONDE_PTRACE_DETACH), getpid(), 0, 0) != -Int(ESRCH) { refused.append("ptrace") }
        var source: UInt8 = 1
        var copy: UInt8 = 0
        let got = withUnsafePointer(to: &source) { sonde_process_read(getpid(), UInt(bitPattern: $0), &copy, 1) }
        if got != 1 { refused.append("process_vm_readv") }
        return refused
    }
}

extension ProcessStatus {
    /// The real, effective, saved and file-system user.
    var users: [UInt32] { Self.numbers(self["Uid"]) }

    /// The real, effective, saved and file-system group.
    var groups: [UInt32] { Self.numbers(self["Gid"]) }

    /// A field that is a mask in hexadecimal, such as `CapEff`.
    func mask(_ name: String) -> UInt64 { self[name].flatMap { UInt64($0, radix: 16) } ?? 0 }

    private static func numbers(_ text: String?) -> [UInt32] {
        (text ?? "").split { $0 == "\t" || $0 == " " }.compactMap { UInt32($0) }
    }
}
