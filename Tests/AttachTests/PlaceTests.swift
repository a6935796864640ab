import Attach
import Glibc
import ProcessInspection
import Testing

/// Targets in other places: long C code without the GIL, containers, other users.
@Suite(.serialized) struct PlaceTests {
    private static let source = Array("import posix; posix.write(1, b'hit\\n')".utf8)

    private static func isRootWith(_ tool: String) -> Bool {
        geteuid() == 0 && access("/usr/bin/\(tool)", X_OK) == 0
    }

    /// The main thread computes in C without the GIL for seconds; another thread is blocked, and serves.
    @Test(arguments: Interpreter.all)
    func longCallWithoutTheGIL(interpreter: Interpreter) async throws {
        let target = try Situation(
            name: "long call without the GIL",
            text: """
                import hashlib
                threading.Thread(target=lambda: os.read(0, 1), daemon=True).start()
                start = time.thread_time()
                hashlib.pbkdf2_hmac("sha256", b"x", b"y", 20000)
                rounds = int(20000 * 2.5 / (time.thread_time() - start))
                say("ready")
                hashlib.pbkdf2_hmac("sha256", b"x", b"y", rounds)
                say("finished")
                """
        ).start(with: interpreter)
        let injection = try await Injector.run(Self.source, in: target.pid, options: .init(way: .ptrace))
        #expect(injection.way == .ptrace)
        try target.expect("hit")
        #expect(target.count("finished") == 0, "the main thread was waited for")
        try target.expect("finished")
        #expect(try target.end() == 0)
    }

    /// No other thread: the source waits in the queue until the main thread is back in the interpreter.
    @Test(arguments: Interpreter.all)
    func longCallWithoutTheGILOfTheOnlyThread(interpreter: Interpreter) async throws {
        let target = try Situation(
            name: "long call without the GIL, one thread",
            text: """
                import hashlib
                start = time.monotonic()
                hashlib.pbkdf2_hmac("sha256", b"x", b"y", 20000)
                rounds = int(20000 * 0.4 / (time.monotonic() - start))
                say("ready")
                while True: hashlib.pbkdf2_hmac("sha256", b"x", b"y", rounds)
                """
        ).start(with: interpreter)
        _ = try await Injector.run(Self.source, in: target.pid, options: .init(way: .ptrace))
        try target.expect("hit")
    }

    /// Another pid namespace, and a /tmp of its own.
    @Test(
        .enabled(if: Self.isRootWith("unshare"), "needs root and unshare"), arguments: Interpreter.all,
        ["busy", "condition"])
    func container(interpreter: Interpreter, name: String) async throws {
        let situation = try #require(Situation.all.first { $0.name == name })
        // The checkout, with interpreters in it, may itself lie below /tmp: it is carried over into the new one.
        let script = """
            here=$(pwd -P)
            case $here in /tmp/*) mount --bind "$here" /mnt ;; esac
            mount -t tmpfs none /tmp
            case $here in /tmp/*) mkdir -p "$here" && mount --move /mnt "$here" ;; esac
            exec "$0" "$@"
            """
        let inside = ["/usr/bin/unshare", "--mount", "--pid", "--fork", "--kill-child", "/bin/sh", "-ec", script]
        let target = try situation.start(
            with: Interpreter(command: inside + interpreter.command, version: interpreter.version))
        let children = try File.contents(of: "/proc/\(target.pid)/task/\(target.pid)/children")
        let pid = try #require(Int32(String(decoding: children.prefix { $0 != 32 }, as: UTF8.self)))
        #expect(try ProcessStatus(of: pid).namespacePids.last == 1)
        for way in [nil, .ptrace] as [Way?] {
            _ = try await Injector.run(Self.source, in: pid, options: .init(way: way))
            try target.expect("hit")
        }
    }

    /// Somebody else's process: the reason is told, whoever asks.
    @Test(.enabled(if: Self.isRootWith("setpriv"), "needs root and setpriv"))
    func anotherUser() async throws {
        let target = try Situation.busy.start(with: Interpreter.all[0])
        await #expect(processExitsWith: .success) { [pid = target.pid as Int32] in
            guard setgid(65534) == 0, setuid(65534) == 0 else { fatalError("cannot become nobody") }
            do {
                _ = try await Injector.run(Array("pass".utf8), in: pid)
                fatalError("entered")
            } catch let error as AttachError {
                guard error.kind == .notPermitted,
                    error.message == "process \(pid) belongs to another user (uid 0, we are 65534)"
                else { fatalError("\(error)") }
            }
        }
        target.say("finish")
        try target.expect("finished")
    }

    /// The interpreter of another user's process, entered as root: the script file must be that user's to read.
    @Test(
        .enabled(if: Self.isRootWith("setpriv"), "needs root and setpriv"),
        arguments: Interpreter.all.filter { $0.command[0].hasPrefix("/usr/") }, ["busy", "condition"])
    func asRootIntoAnotherUsersProcess(interpreter: Interpreter, name: String) async throws {
        let target = try #require(Situation.all.first { $0.name == name }).start(
            with: Interpreter(
                command: ["/usr/bin/setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] + interpreter.command,
                version: interpreter.version))
        _ = try await Injector.run(Self.source, in: target.pid)
        try target.expect("hit")
    }
}
