import Glibc
import ProcessInspection

/// A directory of small files that stands for `/proc`, removed when the value goes.
final class FakeProc {
    let root: String
    /// The user whose processes these are: not root where we can choose, because root's are a case of their own.
    static let user: UInt32 = geteuid() == 0 ? 1000 : geteuid()
    var fileSystem: ProcFileSystem { ProcFileSystem(root: root) }

    /// Makes one in which we are process 100 of an ordinary user, without any rights.
    init(yama: Int? = nil, capabilities: UInt64 = 0) {
        var template = Array("/tmp/sonde-fake-proc-XXXXXX".utf8CString)
        root = String(cString: mkdtemp(&template)!)
        link("self", to: "100")
        process(100, status: ["CapEff": hex(capabilities), "CapPrm": hex(capabilities)])
        if let yama { file("sys/kernel/yama/ptrace_scope", "\(yama)\n") }
    }

    deinit {
        let child = ["rm", "-rf", root]
        var pid: pid_t = 0
        let words = child.map { strdup($0) } + [nil]
        posix_spawnp(&pid, "rm", nil, nil, words, environ)
        waitpid(pid, nil, 0)
        for word in words { free(word) }
    }

    /// Writes a process; what is not given is that of an ordinary sleeping Python 3.11 of the same user.
    func process(
        _ pid: Int32, exe: String? = "/usr/bin/python3.11", arguments: [String] = ["python3.11", "app.py"],
        status: [String: String] = [:], namespaces: [String: String] = [:], maps: String = "",
        environment: [String] = [], cgroup: String = "0::/\n"
    ) {
        let ids = Array(repeating: "\(Self.user)", count: 4).joined(separator: "\t")
        var fields = [
            "Name": "python3.11", "State": "S (sleeping)", "Tgid": "\(pid)", "TracerPid": "0",
            "Uid": ids, "Gid": ids, "NSpid": "\(pid)",
            "CapPrm": hex(0), "CapEff": hex(0), "NoNewPrivs": "0", "Seccomp": "0", "Threads": "1",
        ]
        fields.merge(status) { $1 }
        file("\(pid)/status", fields.map { "\($0.key):\t\($0.value)\n" }.sorted().joined())
        file("\(pid)/cmdline", arguments.map { $0 + "\0" }.joined())
        file("\(pid)/environ", environment.map { $0 + "\0" }.joined())
        file("\(pid)/maps", maps)
        // Owned by root when the process is not dumpable.
        _ = chown("\(root)/\(pid)/maps", Self.user, Self.user)
        file("\(pid)/cgroup", cgroup)
        file("\(pid)/task/\(pid)/stat", "\(pid) (python3.11) S " + (4...52).map { "\($0)" }.joined(separator: " "))
        file("\(pid)/task/\(pid)/syscall", "running\n")
        if let exe { link("\(pid)/exe", to: exe) }
        link("\(pid)/root", to: "/")
        for (name, number) in [("mnt", "4026531841"), ("pid", "4026531836"), ("user", "4026531837")] {
            link("\(pid)/ns/\(name)", to: namespaces[name] ?? "\(name):[\(number)]")
        }
    }

    func file(_ name: String, _ text: String) {
        let path = "\(root)/\(name)"
        makeDirectories(for: path)
        let stream = fopen(path, "w")!
        fwrite(text, 1, text.utf8.count, stream)
        fclose(stream)
    }

    func link(_ name: String, to target: String) {
        let path = "\(root)/\(name)"
        makeDirectories(for: path)
        unlink(path)
        symlink(target, path)
    }

    func remove(_ name: String) { unlink("\(root)/\(name)") }

    private func makeDirectories(for path: String) {
        for (offset, byte) in path.utf8.enumerated() where byte == UInt8(ascii: "/") && offset > root.utf8.count {
            mkdir(String(path.utf8.prefix(offset))!, 0o755)
        }
        mkdir(root, 0o755)
    }

    private func hex(_ value: UInt64) -> String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
