/// The namespaces and the control group of a process, as far as we may see them.
public struct Namespaces: Sendable, Hashable {
    /// The mount namespace, such as `mnt:[4026531841]`; nil when the kernel does not let us look.
    public var mount: String?
    /// The pid namespace.
    public var pid: String?
    /// The user namespace.
    public var user: String?

    /// Takes the names.
    ///
    /// - Parameters:
    ///   - mount: The mount namespace.
    ///   - pid: The pid namespace.
    ///   - user: The user namespace.
    public init(mount: String? = nil, pid: String? = nil, user: String? = nil) {
        self.mount = mount
        self.pid = pid
        self.user = user
    }

    /// Reads the names.
    ///
    /// - Parameters:
    ///   - process: The process's directory, such as `/proc/7`.
    ///   - processes: Where it is looked up.
    init(ofDirectory process: String, in processes: ProcFileSystem) {
        self.init(
            mount: processes.link("\(process)/ns/mnt"), pid: processes.link("\(process)/ns/pid"),
            user: processes.link("\(process)/ns/user"))
    }

    /// Whether a process with these lives in a container when seen from one with those: another mount or pid namespace.
    ///
    /// What may not be seen counts as the same.
    func isContained(seenFrom own: Namespaces) -> Bool {
        (mount != nil && own.mount != nil && mount != own.mount) || (pid != nil && own.pid != nil && pid != own.pid)
    }

    /// The name to show for a container: the short form of the id in its control group, else the namespace's number.
    ///
    /// - Parameters:
    ///   - controlGroups: The text of `/proc/PID/cgroup`.
    ///   - own: Our own namespaces.
    /// - Returns: The name, such as `3f2a9c01d4e5`.
    func containerName(controlGroups: String, seenFrom own: Namespaces) -> String {
        if let id = Self.containerID(controlGroups) { return id }
        let differing = pid != own.pid ? pid ?? mount : mount ?? pid
        let number = (differing ?? "").filter { $0.isASCII && $0.isNumber }
        return number.isEmpty ? "container" : "ns-\(number)"
    }

    /// The first twelve digits of a container's id: Docker, containerd, podman and CRI-O all put 64 hexadecimal digits
    /// into a path component, some with a prefix (`docker-`, `cri-containerd-`, `libpod-`) and `.scope` behind.
    static func containerID(_ controlGroups: String) -> String? {
        for word in controlGroups.split(whereSeparator: { "/\n:.-".contains($0) })
        where word.utf8.count == 64 && word.utf8.allSatisfy({ isHexDigit($0) }) {
            return String(word.prefix(12))
        }
        return nil
    }

    private static func isHexDigit(_ byte: UInt8) -> Bool {
        (byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9"))
            || (byte >= UInt8(ascii: "a") && byte <= UInt8(ascii: "f"))
    }
}
