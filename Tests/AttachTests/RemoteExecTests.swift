import Glibc
import ProcessInspection
import Testing

@testable import Attach

/// The remote debugging interface of CPython 3.14 and later, and when it does not apply.
@Suite(.serialized) struct RemoteExecTests {
    static let source = Array("import os\nos.write(1, b'hit \\xc3\\xa9 it\\'s \\\\n\\n')\n".utf8)

    @Test(arguments: Interpreter.withRemoteDebugging, ["busy", "hashing", "threads", "allocating", "forking"])
    func runningThreads(interpreter: Interpreter, name: String) async throws {
        let target = try #require(Situation.all.first { $0.name == name }).start(with: interpreter)
        for number in 0..<5 {
            let injection = try await Injector.run(PtraceTests.source(number), in: target.pid)
            #expect(injection.way == .remoteExec || name == "threads" || name == "forking")
            try target.expect("hit \(number)")
        }
        try await until { scripts().isEmpty }
        target.say("finish")
        try target.expect("finished")
        #expect(try target.end() == 0)
    }

    /// The main thread is blocked: a running thread is asked; when none runs, ptrace does it.
    @Test(arguments: Interpreter.withRemoteDebugging, ["threads", "condition", "sleep", "poll", "asyncio"])
    func blockedMainThread(interpreter: Interpreter, name: String) async throws {
        let target = try #require(Situation.all.first { $0.name == name }).start(with: interpreter)
        for _ in 0..<5 {
            let injection = try await Injector.run(Self.source, in: target.pid)
            if name == "condition" || name == "asyncio" { #expect(injection.way == .ptrace) }
            try target.expect("hit é it's \\n")
        }
        try await until { scripts().isEmpty }
    }

    @Test(arguments: Interpreter.withRemoteDebugging)
    func switchedOff(interpreter: Interpreter) async throws {
        let target = try Target(
            interpreter.command + [
                "-X", "disable-remote-debug", "-c", "import os\nos.write(1, b'ready\\n')\nwhile 1: pass",
            ])
        try target.expect("ready")
        let options = Injector.Options(way: .remoteExec, deadline: .seconds(1))
        await #expect {
            try await Injector.run(Self.source, in: target.pid, options: options)
        } throws: {
            ($0 as? AttachError)?.message == "remote debugging is switched off in process \(target.pid)"
        }
        #expect(try await Injector.run(Self.source, in: target.pid).way == .ptrace)
        try target.expect("hit")
    }

    @Test(arguments: Interpreter.all.filter { !$0.hasRemoteDebugging }.suffix(1))
    func tooOld(interpreter: Interpreter) async throws {
        let target = try Situation.busy.start(with: interpreter)
        let options = Injector.Options(way: .remoteExec, deadline: .seconds(1))
        await #expect {
            try await Injector.run(Self.source, in: target.pid, options: options)
        } throws: {
            ($0 as? AttachError)?.kind == .unsupported
        }
    }

    @Test(arguments: Interpreter.withRemoteDebugging)
    func anErrorInTheSourceIsTold(interpreter: Interpreter) async throws {
        let target = try Situation.busy.start(with: interpreter)
        await #expect {
            try await Injector.run(Array("1 / 0".utf8), in: target.pid)
        } throws: {
            ($0 as? AttachError)?.message.contains("ZeroDivisionError") == true
        }
        try await until { scripts().isEmpty }
        target.say("finish")
        try target.expect("finished")
    }

    @Test func offsetsThatAreNone() {
        #expect(DebugOffsets([UInt8](repeating: 0, count: 2048)) == nil)
        #expect(DebugOffsets([]) == nil)
    }

    /// The script files of this process, in which other suites attach meanwhile.
    private func scripts() -> [String] {
        guard let directory = opendir("/tmp") else { return [] }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name.hasPrefix(".sonde-\(getpid())-") { names.append(name) }
        }
        return names
    }
}
