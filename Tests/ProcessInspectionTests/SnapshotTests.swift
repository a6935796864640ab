import Glibc
import Testing

@testable import ProcessInspection

/// Reading a snapshot: out of trees of files for what this machine does not have, and of real processes.
@Suite struct SnapshotTests {
    private func check(_ name: String, of pid: Int32, in processes: ProcFileSystem = .live) throws -> Check? {
        try ProcessSnapshot(of: pid, in: processes).checks.first { $0.name == name }
    }

    @Test func readsATree() throws {
        let proc = FakeProc(yama: 1)
        proc.process(
            7, exe: "/nowhere/python3.11",
            status: [
                "PPid": "50", "TracerPid": "77", "State": "t (tracing stop)", "Seccomp": "2",
                "CapPrm": "00000000000000ff",
                "NSpid": "7\t3",
            ], namespaces: ["pid": "pid:[9]", "user": "user:[8]"],
            environment: ["A=1", "PYTHON_DISABLE_REMOTE_DEBUG=1"])
        proc.process(77, exe: "/usr/bin/gdb", arguments: ["gdb"], status: ["Name": "gdb"])
        proc.process(50, status: ["PPid": "100"])
        let snapshot = try ProcessSnapshot(of: 7, in: proc.fileSystem)
        #expect(snapshot.observer.ptraceScope == 1 && snapshot.observer.pid == 100)
        #expect(snapshot.tracer == .init(pid: 77, name: "gdb") && snapshot.state == "t")
        #expect(snapshot.seccomp == 2 && snapshot.permittedCapabilities == 0xff)
        #expect(snapshot.users == Array(repeating: FakeProc.user, count: 3) && snapshot.isDumpable == true)
        #expect(snapshot.namespacePid == 3 && snapshot.container == "ns-9")
        #expect(snapshot.isDescendant)
        #expect(snapshot.remoteDebuggingSwitch == RemoteDebugging.variable)
        #expect(snapshot.interpreter?.version == PythonVersion(3, 11))
        let failing = Set(snapshot.checks.filter { $0.status == .fail }.map(\.name))
        #expect(failing == ["capabilities", "tracer"])
    }

    @Test(.enabled(if: geteuid() == 0, "giving files away needs root"))
    func notDumpable() throws {
        let proc = FakeProc()
        proc.process(7)
        chown("\(proc.root)/7/maps", 0, 0)
        #expect(try check("dumpable", of: 7, in: proc.fileSystem)?.status == .fail)
    }

    @Test func zombieAndKernelThread() throws {
        let proc = FakeProc()
        proc.process(7, exe: nil, arguments: [], status: ["State": "Z (zombie)"])
        proc.process(8, exe: nil, arguments: [], status: ["Name": "kthreadd"])
        #expect(try check("process", of: 7, in: proc.fileSystem)?.message.contains("has ended") == true)
        #expect(try check("process", of: 8, in: proc.fileSystem)?.message.contains("thread of the kernel") == true)
        #expect(try check("process", of: 9, in: proc.fileSystem)?.message == "there is no process 9")
    }

    @Test func noProcAtAll() {
        #expect(throws: InspectionError.self) { try ProcessSnapshot(of: 1, in: ProcFileSystem(root: "/nowhere")) }
    }

    @Test(arguments: Interpreters.all)
    func everyVersionIsHealthy(_ interpreter: Interpreters.Found) throws {
        let child = try Child.python(interpreter.path)
        let blocked = try eventually {
            let snapshot = try ProcessSnapshot(of: child.pid)
            return snapshot.systemCall == nil ? nil : snapshot
        }
        let snapshot = try #require(blocked)
        #expect(snapshot.interpreter?.version?.description == interpreter.version)
        #expect(snapshot.interpreter?.missingSymbols == [])
        let series = try #require(PythonVersion(parsing: interpreter.version))
        #expect(snapshot.interpreter?.hasDebugOffsets == (series >= PythonVersion(3, 13)))
        #expect(snapshot.interpreter?.isFreeThreaded == false)
        #expect(["clock_nanosleep", "select", "pselect6"].contains(snapshot.systemCall))
        #expect(snapshot.openWays.first == (series >= PythonVersion(3, 14) ? .remoteExec : .ptrace))
        if Rights.mayTraceAnyone { #expect(!snapshot.checks.contains { $0.status == .fail }) }
    }

    @Test func otherThanPython() throws {
        let child = try Child(["sleep", "600"], awaiting: nil)
        let found = try eventually { try check("interpreter", of: child.pid)?.status == .fail ? true : nil }
        #expect(found == true)
        #expect(try check("process", of: Int32.max)?.status == .fail)
        #expect(try check("process", of: getpid())?.message.contains("this sonde itself") == true)
    }

    @Test func aThreadIsNoProcess() throws {
        let child = try Child.python(
            Interpreters.any, "import threading\nthreading.Thread(target=time.sleep, args=(600,), daemon=True).start()")
        let thread = try #require(ThreadState.threads(of: child.pid).first { $0 != child.pid })
        #expect(try check("process", of: thread)?.mend == "sonde \(child.pid)")
        #expect(throws: InspectionError.self) { try PythonProcess.find(thread) }
    }

    @Test func stoppedBySignal() throws {
        let child = try Child.python(Interpreters.any)
        kill(child.pid, SIGSTOP)
        let failing = try eventually { try check("state", of: child.pid).flatMap { $0.status == .fail ? $0 : nil } }
        #expect(failing?.mend == "kill -CONT \(child.pid)")
    }

    @Test func ended() throws {
        let child = try Child.python(Interpreters.any)
        kill(child.pid, SIGKILL)
        let failing = try eventually {
            try check("process", of: child.pid).flatMap { $0.message.contains("has ended") ? $0 : nil }
        }
        #expect(failing != nil)
        #expect(try PythonProcess.find(child.pid) == nil)
    }

    @Test func itsAgent() throws {
        // The first listens and accepts nothing, the second is left behind, the third belongs to somebody else.
        let listen = "import socket\ns = socket.socket(socket.AF_UNIX)\ns.bind('/tmp/sonde-%d.sock' % os.getpid())\n"
        let child = try Child.python(Interpreters.any, listen + "s.listen(1)")
        let path = try AgentSocket.path(for: child.pid).fromHere
        defer { unlink(path) }
        #expect(try ProcessSnapshot(of: child.pid).agent == .listening)
        let other = try Child.python(Interpreters.any)
        #expect(AgentPresence(at: path, of: other.pid) == .foreign(pid: child.pid))
        #expect(AgentPresence(at: path + "-none", of: child.pid) == .absent)
        #expect(AgentPresence(at: "/tmp", of: child.pid) == .unreachable("something else than a socket is there"))

        let left = try Child.python(Interpreters.any, listen + "s.listen(1)\ns.close()")
        let leftPath = try AgentSocket.path(for: left.pid).fromHere
        defer { unlink(leftPath) }
        #expect(try ProcessSnapshot(of: left.pid).agent == .stale)
        #expect(try check("socket", of: left.pid)?.status == .warn)
    }

    @Test func remoteDebuggingSwitchedOff() throws {
        let byVariable = try Child.python(Interpreters.any, environment: [RemoteDebugging.variable: "1"])
        #expect(try ProcessSnapshot(of: byVariable.pid).remoteDebuggingSwitch == RemoteDebugging.variable)
        let byOption = try Child.python(Interpreters.any, options: ["-X", "disable-remote-debug"])
        #expect(try ProcessSnapshot(of: byOption.pid).remoteDebuggingSwitch == "-X disable-remote-debug")
    }
}
