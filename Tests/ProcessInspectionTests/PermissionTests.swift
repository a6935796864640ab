import Glibc
import Testing

@testable import ProcessInspection

/// Real refusals of the kernel: a thread that gives up root's rights looks at processes of root.
@Suite(.enabled(if: geteuid() == 0 && Rights.mayTraceAnyone, "rights can only be given up by who has them"))
struct PermissionTests {
    @Test func anotherUsersProcess() throws {
        let child = try Child.python(Interpreters.any, marker: "x-marker-x")
        let (snapshot, process) = try asNobody { () throws -> (ProcessSnapshot, PythonProcess?) in
            var observer = try Observer()
            #expect(observer.mayTraceAnyone, "the main thread's rights are what /proc/self tells")
            observer.capabilities = 0
            observer.permittedCapabilities = 0
            (observer.user, observer.group) = (65534, 65534)
            var snapshot = try ProcessSnapshot(of: child.pid)
            snapshot.observer = observer
            return (snapshot, ProcessScanner(.live, observer: observer).scan(child.pid))
        }
        // All that is left is the command line.
        let found = try #require(process)
        #expect(
            found.version == PythonVersion(fileName: Interpreters.any) && found.executable.isEmpty
                && found.interpreter.isEmpty)
        #expect(found.ways.isEmpty && found.commandLine.contains("x-marker-x") && found.user == 0)
        guard case .unknown = snapshot.python else {
            Issue.record("\(snapshot.python)")
            return
        }
        let checks = snapshot.checks
        #expect(checks.first { $0.name == "interpreter" }?.status == .warn)
        let user = try #require(checks.first { $0.name == "user" })
        #expect(user.status == .fail && user.message.hasPrefix("belongs to root (0); you are nobody (65534)"))
        #expect(user.mend == "sudo sonde \(child.pid)")
    }

    @Test func aProcessThatIsNoPythonAsFarAsCanBeSeen() throws {
        let child = try Child(["sleep", "600"], awaiting: nil)
        let process = try asNobody {
            var observer = try Observer()
            observer.capabilities = 0
            return ProcessScanner(.live, observer: observer).scan(child.pid)
        }
        #expect(process == nil)
    }

    @Test func aProcessThatChangedItsUserIsNotDumpable() throws {
        let child = try Child.python(Interpreters.any, "os.setgroups([])\nos.setgid(65534)\nos.setuid(65534)")
        var snapshot = try ProcessSnapshot(of: child.pid)
        #expect(snapshot.isDumpable == false && snapshot.users == [65534, 65534, 65534])
        #expect(!snapshot.checks.contains { $0.status == .fail })
        snapshot.observer = Observer(
            pid: 1, user: 65534, group: 65534, namespaces: snapshot.observer.namespaces)
        #expect(snapshot.checks.filter { $0.status == .fail }.map(\.name) == ["dumpable"])
    }

    @Test(.enabled(if: Rights.canMakeUserNamespaces, "user namespaces cannot be made here"))
    func inAnotherUserNamespace() throws {
        let child = try Child([
            "unshare", "--user", "--map-root-user", "--pid", "--fork", "--kill-child", Interpreters.any, "-c",
            "import time; print('ready', flush=True); time.sleep(600)", "sonde-test-userns-\(getpid())",
        ])
        let found = TargetQuery("sonde-test-userns-\(getpid())").resolve()
        guard case .found(let process) = found else {
            Issue.record("\(found)")
            return
        }
        #expect(process.pid != child.pid && process.namespacePid == 1 && process.container != nil)
        let check = try ProcessSnapshot(of: process.pid).checks.first { $0.name == "user namespace" }
        #expect(check == Check("user namespace", .ok, "another one; your rights reach into it"))
    }

    /// Runs something on a thread of its own whose user for files is nobody and that has no rights; both belong to
    /// a thread, not to the process, so the other tests go on as they are.
    private func asNobody<Result>(_ body: @escaping () throws -> Result) throws -> Result {
        var result: Swift.Result<Result, any Error>?
        let work = Work { result = Swift.Result { try Self.dropRights(then: body) } }
        var thread = pthread_t()
        let argument = Unmanaged.passRetained(work).toOpaque()
        let started = pthread_create(
            &thread, nil,
            { argument in
                Unmanaged<Work>.fromOpaque(argument!).takeRetainedValue().run()
                return nil
            }, argument)
        try #require(started == 0)
        pthread_join(thread, nil)
        return try #require(result).get()
    }

    private static func dropRights<Result>(then body: () throws -> Result) throws -> Result {
        // These three are in the C library, but not where Swift sees them.
        typealias SetUser = @convention(c) (UInt32) -> Int32
        typealias CapSet = @convention(c) (UnsafeMutableRawPointer, UnsafeRawPointer) -> Int32
        let setUser = unsafeBitCast(try #require(dlsym(nil, "setfsuid")), to: SetUser.self)
        let setGroup = unsafeBitCast(try #require(dlsym(nil, "setfsgid")), to: SetUser.self)
        let setRights = unsafeBitCast(try #require(dlsym(nil, "capset")), to: CapSet.self)
        _ = setGroup(65534)
        _ = setUser(65534)
        var header: [UInt32] = [0x2008_0522, 0]
        let none = [UInt32](repeating: 0, count: 6)
        try #require(setRights(&header, none) == 0)
        return try body()
    }
}

private final class Work: @unchecked Sendable {
    let run: () -> Void
    init(_ run: @escaping () -> Void) { self.run = run }
}
