import Glibc
import Testing

@testable import ProcessInspection

@Suite struct PythonProcessTests {
    @Test(arguments: Interpreters.all)
    func findsEachVersion(_ interpreter: Interpreters.Found) throws {
        let child = try Child.python(interpreter.path)
        let process = try #require(try PythonProcess.find(child.pid))
        #expect(process.version?.description == interpreter.version)
        #expect(process.pid == child.pid && process.namespacePid == child.pid)
        #expect(process.user == geteuid() && process.userName == UserName.name(of: geteuid()))
        if Interpreters.direct.contains(where: { $0.path == interpreter.path }) {
            #expect(process.arguments.first == interpreter.path)
        }
        #expect(process.container == nil && process.sharesFiles && !process.hasAgent)
        #expect(PythonProcess.all().contains(process))
        guard Rights.mayTraceAnyone else { return }
        #expect(process.ways == (process.version! < PythonVersion(3, 14) ? [.ptrace] : [.remoteExec, .ptrace]))
    }

    @Test func otherProcessesAreNoPython() throws {
        let child = try Child(["sleep", "600"], awaiting: nil)
        #expect(try eventually { try PythonProcess.find(child.pid) == nil ? true : nil } == true)
        #expect(!PythonProcess.all().contains { $0.pid == child.pid || $0.pid == getpid() })
    }

    @Test func missingProcess() {
        #expect { try PythonProcess.find(Int32.max) } throws: { ($0 as? InspectionError)?.kind == .missing }
        #expect { try AgentSocket.path(for: Int32.max) } throws: { ($0 as? InspectionError)?.kind == .missing }
    }

    @Test func startedThroughItsLoader() throws {
        let loader = "/lib64/ld-linux-x86-64.so.2"
        try #require(access(loader, X_OK) == 0 || access("/lib/ld-linux-aarch64.so.1", X_OK) == 0)
        let path = access(loader, X_OK) == 0 ? loader : "/lib/ld-linux-aarch64.so.1"
        for interpreter in Interpreters.direct {
            let child = try Child([
                path, interpreter.path, "-c", "import time; print('ready', flush=True); time.sleep(600)",
            ])
            let process = try #require(try PythonProcess.find(child.pid))
            #expect(process.version?.description == interpreter.version, "\(interpreter)")
        }
    }

    @Test func aCopyUnderAnotherName() throws {
        // A program that has the interpreter built in, or linked, under any name.
        let copy = "/tmp/sonde-test-\(getpid())-host"
        for interpreter in Interpreters.direct {
            try #require(system("cp \(interpreter.path) \(copy)") == 0)
            defer { unlink(copy) }
            let child = try Child(
                [copy, "-S", "-c", "import time; print('ready', flush=True); time.sleep(600)"],
                environment: ["PYTHONHOME": home(of: interpreter.path)])
            #expect(try PythonProcess.find(child.pid)?.version?.description == interpreter.version)
            // What is mapped stays, also when its path leads nowhere.
            unlink(copy)
            #expect(try PythonProcess.find(child.pid)?.version?.description == interpreter.version)
        }
    }

    private func home(of interpreter: String) -> String {
        interpreter.split(separator: "/").dropLast(2).reduce("") { "\($0)/\($1)" }
    }

    @Test(.enabled(if: Rights.canMakeNamespaces, "namespaces cannot be made here"))
    func inAContainer() throws {
        let marker = "sonde-test-container-\(getpid())"
        let code = "import socket\ns = socket.socket(socket.AF_UNIX)\ns.bind('/tmp/sonde-%d.sock' % os.getpid())"
        let script = "import os, time\n\(code)\nprint('ready', flush=True)\ntime.sleep(600)"
        let child = try Child([
            "unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc", "sh", "-c",
            "mount -t tmpfs none /tmp && exec '\(Interpreters.any)' -c \"$0\" \(marker)", script,
        ])
        guard case .found(let process) = TargetQuery(marker).resolve() else {
            Issue.record("not found: \(TargetQuery(marker).resolve())")
            return
        }
        #expect(process.pid != child.pid && process.namespacePid == 1)
        #expect(process.container != nil && !process.sharesFiles && process.hasAgent)
        let socket = AgentSocket.path(for: process)
        #expect(socket.inTarget == "/tmp/sonde-1.sock")
        #expect(socket.fromHere == "/proc/\(process.pid)/root/tmp/sonde-1.sock")
        #expect(try AgentSocket.path(for: process.pid) == socket)
        #expect(access("/tmp/sonde-1.sock", F_OK) != 0)
    }

    @Test func agentsSocket() throws {
        let code = "import socket\ns = socket.socket(socket.AF_UNIX)\ns.bind('/tmp/sonde-%d.sock' % os.getpid())"
        let child = try Child.python(Interpreters.any, code)
        let socket = try AgentSocket.path(for: child.pid)
        defer { unlink(socket.fromHere) }
        #expect(socket.inTarget == "/tmp/sonde-\(child.pid).sock" && socket.fromHere == socket.inTarget)
        #expect(try PythonProcess.find(child.pid)?.hasAgent == true)
    }

    @Test func socketPathsFit() {
        let places = AgentSocket.places(
            for: Int32.max, namespacePid: Int32.max, sharesFiles: false, in: .live)
        // The file that tells why an agent could not start has 20 bytes more, and is no socket.
        #expect(places.allSatisfy { $0.fromHere.utf8.count <= AgentSocket.maximumLength })
        #expect(places.allSatisfy { $0.inTarget.utf8.count <= AgentSocket.maximumLength })
    }

    @Test func queries() throws {
        let marker = "sonde-test-query-\(getpid())"
        let first = try Child.python(Interpreters.any, marker: marker + "-a")
        let second = try Child.python(Interpreters.any, marker: marker + "-b")
        guard case .found(let process) = TargetQuery(marker + "-a").resolve() else {
            Issue.record("not found")
            return
        }
        #expect(process.pid == first.pid)
        guard case .ambiguous(let several) = TargetQuery(marker).resolve() else {
            Issue.record("not ambiguous")
            return
        }
        #expect(several.map(\.pid) == [first.pid, second.pid].sorted())
        #expect(TargetQuery("\(getpid())").resolve() == .ourselves)
        #expect(TargetQuery("\(Int32.max)").resolve() == .missing)
        #expect(TargetQuery("no such thing as this \(getpid())").resolve() == .missing)
        #expect(TargetQuery("").resolve() == .missing)
        let other = try Child(["sleep", "600"], awaiting: nil)
        let query = TargetQuery("\(other.pid)")
        #expect(eventually { query.resolve() == .notPython(pid: other.pid) ? true : nil } == true)
        #expect(TargetQuery("99999999999") == .text("99999999999"))
    }

    @Test func ways() {
        func ways(_ version: PythonVersion?, disabled: Bool = false) -> [PythonProcess.Way] {
            PythonProcess.ways(version: version, isRemoteDebuggingDisabled: disabled)
        }
        #expect(ways(PythonVersion(3, 14)) == [.remoteExec, .ptrace])
        #expect(ways(PythonVersion(3, 14), disabled: true) == [.ptrace])
        #expect(ways(PythonVersion(3, 8, 1)) == [.ptrace])
        #expect(ways(PythonVersion(3, 7)).isEmpty && ways(PythonVersion(2, 7)).isEmpty)
        #expect(ways(nil) == [.ptrace])
    }
}
