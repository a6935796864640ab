import Attach
import Glibc
import ProcessInspection
import Testing

/// Targets that cannot be entered, or only later: one clear line each, and nothing changed in them.
@Suite(.serialized) struct RefusalTests {
    private func failure(_ pid: Int32, _ options: Injector.Options = .init()) async -> AttachError? {
        do {
            _ = try await Injector.run(Array("import posix; posix.write(1, b'hit\\n')".utf8), in: pid, options: options)
            return nil
        } catch {
            return error
        }
    }

    @Test(arguments: [Int32.max, 0, -1])
    func noSuchProcess(pid: Int32) async {
        let error = await failure(pid)
        #expect(error?.kind == .noSuchProcess)
        #expect(error?.message == "there is no process \(pid)")
    }

    @Test func notPython() async throws {
        let target = try Target(["/bin/cat"])
        let error = await failure(target.pid)
        #expect(error?.kind == .notPython)
        #expect(error?.message == "process \(target.pid) (cat) holds no Python interpreter")
        #expect(try MemoryMap(of: target.pid).regions.count > 0)
        #expect(PythonImage.find(in: target.pid, map: try MemoryMap(of: target.pid)) == nil)
    }

    @Test func aThreadIsNoProcess() async throws {
        let target = try #require(Situation.all.first { $0.name == "threads" }).start(with: Interpreter.all[0])
        let thread = try #require(ThreadState.threads(of: target.pid).last)
        let error = await failure(thread)
        #expect(error?.kind == .noSuchProcess)
        #expect(error?.hint == "its process is \(target.pid)")
    }

    @Test func ourselves() async { #expect(await failure(getpid())?.kind == .unsupported) }

    @Test func aZombie() async throws {
        let target = try Target(["/bin/true"])
        try await until { (try? ProcessStatus(of: target.pid).state) == "Z" }
        #expect(await failure(target.pid)?.kind == .exited)
    }

    @Test func stoppedByASignal() async throws {
        let target = try Situation.busy.start(with: Interpreter.all[0])
        kill(target.pid, SIGSTOP)
        try await until { (try? ProcessStatus(of: target.pid).state) == "T" }
        let error = await failure(target.pid)
        #expect(error?.kind == .busy)
        #expect(error?.hint == "continue it with: kill -CONT \(target.pid)")
        #expect(try ProcessStatus(of: target.pid).state == "T")
        kill(target.pid, SIGCONT)
        #expect(await failure(target.pid) == nil)
        try target.expect("hit")
    }

    @Test(.enabled(if: access("/usr/bin/strace", X_OK) == 0, "needs strace"))
    func alreadyTraced() async throws {
        let target = try #require(Situation.all.first { $0.name == "condition" }).start(with: Interpreter.all[0])
        let tracer = try Target(["/usr/bin/strace", "-o", "/dev/null", "-p", "\(target.pid)"])
        try await until { (try? ProcessStatus(of: target.pid).tracer) == tracer.pid }
        let error = await failure(target.pid)
        #expect(error?.kind == .busy)
        #expect(error?.message == "process \(target.pid) is already traced by strace (process \(tracer.pid))")
    }

    /// A long call into C that holds the GIL: given up cleanly, and the source never runs afterwards.
    @Test(arguments: Interpreter.all)
    func holdingTheGIL(interpreter: Interpreter) async throws {
        let target = try Situation(
            name: "holding the GIL",
            text: """
                import ctypes
                libc = ctypes.PyDLL(None)
                say("ready")
                libc.usleep(800000)
                for i in range(100000): pass
                say("finished")
                """
        ).start(with: interpreter)
        let error = await failure(target.pid, .init(deadline: .milliseconds(300)))
        #expect(error?.kind == .timedOut)
        #expect(try ProcessStatus(of: target.pid).tracer == 0)
        #expect(target.count("hit") == 0)
        try target.expect("finished")
        #expect(target.count("hit") == 0)
        #expect(try target.end() == 0)
    }

    /// Another thread holds the GIL while the main thread sleeps: the call that waits for it is told to do nothing.
    @Test(arguments: Interpreter.all)
    func anotherThreadHoldsTheGIL(interpreter: Interpreter) async throws {
        let target = try Situation(
            name: "another thread holding the GIL",
            text: """
                import ctypes
                libc = ctypes.PyDLL(None)
                def hold():
                    time.sleep(0.3)
                    say("holding")
                    libc.usleep(1200000)
                threading.Thread(target=hold).start()
                say("ready")
                timed(1.8, lambda: time.sleep(1.8), None)
                say("finished")
                """
        ).start(with: interpreter)
        try target.expect("holding")
        let error = await failure(target.pid, .init(way: .ptrace, deadline: .milliseconds(300)))
        #expect(error?.kind == .timedOut)
        #expect(error?.message == "another thread of process \(target.pid) has held the GIL all the time")
        #expect(try ProcessStatus(of: target.pid).tracer == 0)
        try target.expect("finished")
        #expect(target.count("hit") == 0)
        #expect(try target.end() == 0)
    }

    /// Whatever moment it ends in, there is an answer, and its own exit status is untouched.
    @Test(arguments: Interpreter.all)
    func endingMeanwhile(interpreter: Interpreter) async throws {
        for round in 0..<(getenv("SONDE_REPEATS") == nil ? 12 : 200) {
            let target = try Target(
                interpreter.command + [
                    "-c", "import os, time; os.write(1, b'ready\\n'); time.sleep(\(Double(round % 12) / 1000))",
                ])
            if round % 2 == 0 { try target.expect("ready") }
            let error = await failure(target.pid, .init(deadline: .seconds(3)))
            let kinds: [AttachError.Kind] = [.exited, .noSuchProcess, .notPython, .unsupported]
            if let error { #expect(kinds.contains(error.kind), "\(error)") }
            #expect(try target.end() == 0, "round \(round), \(error?.description ?? "entered")")
        }
    }

    /// Replaced by another program in the middle: that program must not see anything of ours.
    @Test(arguments: Interpreter.all)
    func replacingItself(interpreter: Interpreter) async throws {
        for round in 0..<6 {
            let text = """
                import os, time
                os.write(1, b'ready\\n')
                time.sleep(\(Double(round) / 2000))
                os.execv('/bin/sh', ['sh', '-c', 'for i in 1 2 3 4 5 6 7 8 9; do :; done; echo replaced'])
                """
            let target = try Target(interpreter.command + ["-c", text])
            try target.expect("ready")
            let error = await failure(target.pid, .init(deadline: .seconds(3)))
            if let error { #expect([.exited, .notPython, .noSuchProcess].contains(error.kind), "\(error)") }
            try target.expect("replaced")
            #expect(try target.end() == 0)
        }
    }

    @Test func anErrorInTheSourceIsTold() async throws {
        let target = try Situation.busy.start(with: Interpreter.all[0])
        await #expect {
            try await Injector.run(Array("raise SystemError".utf8), in: target.pid)
        } throws: {
            ($0 as? AttachError)?.message.contains("raised an error in process") == true
        }
        target.say("finish")
        try target.expect("finished")
        #expect(try target.end() == 0)
    }
}
