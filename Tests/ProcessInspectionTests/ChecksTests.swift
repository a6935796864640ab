import ProcessInspection
import Testing

/// Each obstacle alone, made by changing one thing in a process that has none.
@Suite struct ChecksTests {
    static var observer: Observer {
        let initial = Namespaces(mount: "mnt:[1]", pid: "pid:[2]", user: "user:[4026531837]")
        return Observer(pid: 100, user: 1000, group: 1000, namespaces: initial, ptraceScope: 0)
    }

    static var healthy: ProcessSnapshot {
        var snapshot = ProcessSnapshot(pid: 7, observer: observer)
        snapshot.name = "python3.11"
        snapshot.arguments = ["python3.11", "app.py"]
        snapshot.users = [1000, 1000, 1000]
        snapshot.groups = [1000, 1000, 1000]
        snapshot.namespaces = observer.namespaces
        snapshot.isDumpable = true
        snapshot.python = .interpreter(interpreter(3, 11))
        return snapshot
    }

    static func interpreter(_ major: Int, _ minor: Int, missing: [String] = [], offsets: Bool = false) -> Interpreter {
        Interpreter(
            path: "/usr/bin/python", isShared: false, version: PythonVersion(major, minor, 1), isFreeThreaded: false,
            hasDebugOffsets: offsets, missingSymbols: missing)
    }

    /// One obstacle, and the one check it should show in.
    struct Case: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var check: String
        var status: Check.Status
        var says: String
        var mend: String?
        var change: @Sendable (inout ProcessSnapshot) -> Void

        init(
            _ check: String, _ status: Check.Status, _ says: String, mend: String? = nil,
            _ change: @escaping @Sendable (inout ProcessSnapshot) -> Void
        ) {
            testDescription = "\(check): \(says)"
            (self.check, self.status, self.says, self.mend, self.change) = (check, status, says, mend, change)
        }
    }

    static let sudo = "sudo sonde 7"
    static let noSymbols = ["Py_AddPendingCall"]

    /// Nothing further is looked at.
    static let ends: [Case] = [
        Case("process", .fail, "there is no process 7", mend: "sonde ps") { $0.existence = .missing },
        Case("process", .fail, "hidden", mend: sudo) { $0.existence = .hidden },
        Case("process", .fail, "this sonde itself", mend: "sonde ps") { $0.observer.pid = 7 },
        Case("process", .fail, "a thread of process 5", mend: "sonde 5") { $0.threadGroup = 5 },
        Case("process", .fail, "a thread of the kernel", mend: "sonde ps") { $0.isKernelThread = true },
        Case("process", .fail, "has ended") { $0.state = "Z" },
        Case("interpreter", .fail, "is not a Python process", mend: "sonde ps") { $0.python = .none },
        Case("interpreter", .fail, "runs Python 3.7.1") { $0.python = .interpreter(interpreter(3, 7)) },
        Case("interpreter", .fail, "runs Python 2.7.1") { $0.python = .interpreter(interpreter(2, 7)) },
    ]

    static let obstacles: [Case] = [
        Case("state", .fail, "stopped by a signal", mend: "kill -CONT 7") { $0.state = "T" },
        Case("state", .warn, "waits in the kernel") { $0.state = "D" },
        Case("interpreter", .warn, "the kernel refuses") { $0.python = .unknown },
        Case("interpreter", .warn, "nothing tells its version") {
            $0.python = .interpreter(Interpreter(path: "/x", isShared: true, version: nil))
        },
        Case("interpreter", .warn, "was replaced") {
            var deleted = interpreter(3, 11)
            deleted.isDeleted = true
            $0.python = .interpreter(deleted)
        },
        Case("symbols", .fail, "Py_AddPendingCall cannot be found: the file is stripped") {
            $0.python = .interpreter(interpreter(3, 11, missing: noSymbols))
        },
        Case("symbols", .warn, "only remote debugging is left") {
            $0.python = .interpreter(interpreter(3, 14, missing: noSymbols, offsets: true))
        },
        Case("remote debugging", .warn, "switched off by PYTHON_DISABLE_REMOTE_DEBUG") {
            $0.python = .interpreter(interpreter(3, 14, offsets: true))
            $0.remoteDebuggingSwitch = RemoteDebugging.variable
        },
        Case("user", .fail, "belongs to root (0); you are", mend: sudo) { $0.users = [0, 0, 0] },
        Case("user", .fail, "has changed its user", mend: sudo) { $0.users = [1000, 0, 0] },
        Case("user", .fail, "under other groups", mend: sudo) { $0.groups = [1000, 5, 5] },
        Case("capabilities", .fail, "rights that you lack", mend: sudo) { $0.permittedCapabilities = 1 << 12 },
        Case("ptrace_scope", .fail, "1: only", mend: "sudo sysctl kernel.yama.ptrace_scope=0") {
            $0.observer.ptraceScope = 1
        },
        Case("ptrace_scope", .fail, "2: only administrators", mend: sudo) { $0.observer.ptraceScope = 2 },
        Case("ptrace_scope", .fail, "3: nobody") { $0.observer.ptraceScope = 3 },
        Case("user namespace", .warn, "another one", mend: sudo) { $0.namespaces.user = "user:[9]" },
        Case("user namespace", .warn, "cannot be seen") { $0.namespaces.user = nil },
        Case("dumpable", .fail, "asked not to be looked into", mend: sudo) { $0.isDumpable = false },
        Case("seccomp", .fail, "this shell refuses ptrace", mend: "docker run") {
            $0.observer.filteredCalls = ["ptrace"]
        },
        Case("seccomp", .fail, "strict mode") { $0.seccomp = 1 },
        Case("seccomp", .warn, "runs under a filter") { $0.seccomp = 2 },
        Case("no_new_privs", .warn, "sudo gives no rights here") { $0.observer.gainsNoRights = true },
        Case("tracer", .fail, "by gdb (process 77)", mend: "kill 77") { $0.tracer = .init(pid: 77, name: "gdb") },
        Case("tracer", .fail, "outside our view") { $0.tracer = .init(pid: 0, name: "") },
        Case("tracer", .warn, "by strace (process 77)", mend: "kill 77") {
            $0.python = .interpreter(interpreter(3, 14, offsets: true))
            $0.tracer = .init(pid: 77, name: "strace")
        },
        Case("socket", .warn, "left of an agent that is gone") { $0.agent = .stale },
        Case("socket", .fail, "process 12 listens at /tmp/sonde-7.sock", mend: "rm /tmp/sonde-7.sock") {
            $0.agent = .foreign(pid: 12)
        },
        Case("socket", .fail, "Permission denied", mend: sudo) { $0.agent = .unreachable("Permission denied") },
        Case("socket", .fail, "can write none of /tmp, /var/tmp", mend: "docker run --tmpfs") {
            $0.socket.canBeMade = false
        },
    ]

    @Test func nothingStandsInTheWay() {
        let checks = Self.healthy.checks
        #expect(checks.allSatisfy { $0.status == .ok && $0.mend == nil })
        let names = [
            "process", "state", "interpreter", "symbols", "remote debugging", "user", "capabilities", "user namespace",
            "dumpable", "ptrace_scope", "seccomp", "no_new_privs", "tracer", "main thread", "agent", "socket",
            "container",
        ]
        #expect(checks.map(\.name) == names)
    }

    @Test(arguments: ends) func end(_ obstacle: Case) throws {
        let checks = try Self.expect(obstacle)
        #expect(checks.last?.name == obstacle.check)
    }

    @Test(arguments: obstacles) func obstacle(_ obstacle: Case) throws {
        let checks = try Self.expect(obstacle)
        // The others are not drawn in; where a socket cannot be told, neither can the agent.
        let others = checks.filter { $0.status != .ok && $0.name != obstacle.check && $0.name != "agent" }
        #expect(others.filter { $0.name != "main thread" && $0.name != "symbols" }.isEmpty)
    }

    private static func expect(_ obstacle: Case) throws -> [Check] {
        var snapshot = healthy
        obstacle.change(&snapshot)
        let checks = snapshot.checks
        let check = try #require(checks.first { $0.name == obstacle.check })
        #expect(check.status == obstacle.status && check.message.contains(obstacle.says), "\(check)")
        #expect(!checks.contains { $0.message.contains("\n") })
        if let mend = obstacle.mend {
            #expect(check.mend?.hasPrefix(mend) == true, "\(check)")
        } else {
            #expect(check.mend == nil, "\(check)")
        }
        return checks
    }

    @Test func rightsOvercomeWhatOnlyConcernsRights() {
        for obstacle in Self.obstacles
        where ["user", "capabilities", "dumpable", "user namespace"].contains(obstacle.check) {
            var snapshot = Self.healthy
            obstacle.change(&snapshot)
            snapshot.observer.capabilities = Observer.tracingCapability
            #expect(snapshot.checks.allSatisfy { $0.status == .ok }, "\(obstacle.testDescription)")
        }
        for scope in 0...3 {
            var snapshot = Self.healthy
            snapshot.observer.capabilities = Observer.tracingCapability
            snapshot.observer.ptraceScope = scope
            #expect(snapshot.checks.contains { $0.status == .fail } == (scope == 3))
        }
    }

    @Test func rightsEndAtTheBorderOfAnotherNamespace() {
        var snapshot = Self.healthy
        snapshot.users = [0, 0, 0]
        snapshot.observer.capabilities = Observer.tracingCapability
        snapshot.observer.namespaces.user = "user:[5]"
        snapshot.namespaces.user = "user:[6]"
        #expect(snapshot.checks.first { $0.name == "user" }?.status == .fail)
        // A process outside it may look like one's own, and its namespace cannot even be seen.
        snapshot = Self.healthy
        snapshot.observer.capabilities = Observer.tracingCapability
        snapshot.observer.namespaces.user = "user:[5]"
        snapshot.namespaces.user = nil
        let failing = snapshot.checks.filter { $0.status == .fail }
        #expect(failing.map(\.name) == ["user namespace"] && failing[0].mend == nil)
    }

    @Test func descendantsUnderYama() {
        var snapshot = Self.healthy
        snapshot.observer.ptraceScope = 1
        snapshot.isDescendant = true
        #expect(snapshot.checks.allSatisfy { $0.status == .ok })
    }

    @Test func noSudoWhereItGivesNothing() {
        var snapshot = Self.healthy
        snapshot.users = [0, 0, 0]
        snapshot.observer.gainsNoRights = true
        #expect(snapshot.checks.first { $0.name == "user" }?.mend == nil)
        // Root in a container without the capability cannot become more by sudo.
        snapshot = Self.healthy
        snapshot.observer.user = 0
        #expect(snapshot.checks.first { $0.name == "user" }?.mend?.contains("--cap-add SYS_PTRACE") == true)
    }

    @Test func anAgentInsideMakesObstaclesHarmless() {
        for obstacle in Self.obstacles where obstacle.check != "socket" {
            var snapshot = Self.healthy
            obstacle.change(&snapshot)
            snapshot.agent = .listening
            #expect(!snapshot.checks.contains { $0.status == .fail }, "\(obstacle.testDescription)")
        }
    }

    @Test func mainThread() {
        func message(_ snapshot: ProcessSnapshot) -> String? {
            snapshot.checks.first { $0.name == "main thread" }.map { "\($0.status) \($0.message)" }
        }
        var snapshot = Self.healthy
        snapshot.state = "R"
        #expect(message(snapshot) == "ok running")
        snapshot.systemCall = "poll"
        #expect(message(snapshot) == "ok blocked in poll; the agent gets in at the call's border")
        snapshot.python = .interpreter(Self.interpreter(3, 14, missing: Self.noSymbols, offsets: true))
        #expect(message(snapshot) == "warn blocked in poll; without ptrace the agent waits until that returns")
    }

    @Test func containerIsNamed() {
        var snapshot = Self.healthy
        snapshot.container = "0123456789ab"
        snapshot.namespacePid = 1
        let check = snapshot.checks.first { $0.name == "container" }
        #expect(check?.message == "in container 0123456789ab, as process 1; its files are reached from here")
    }
}
