import Glibc
import ProcessInspection
import Testing

@testable import Attach

/// The way in that is only taken when it is asked for.
@Suite(.serialized) struct GdbTests {
    // The oldest, a static build, and the newest before and after remote debugging came.
    private static let interpreters = Interpreter.all.filter { ["3.8", "3.11", "3.13", "3.14"].contains($0.version) }
    private static let situations = ["busy", "hashing", "allocating"].compactMap { name in
        Situation.all.first { $0.name == name }
    }

    @Test(
        .enabled(if: access("/usr/bin/gdb", X_OK) == 0, "needs gdb"), arguments: interpreters, situations)
    func running(interpreter: Interpreter, situation: Situation) async throws {
        let target = try situation.start(with: interpreter)
        // Vector registers that gdb writes back wrongly would show in most rounds of the situation “hashing”.
        for number in 0..<(situation.name == "hashing" ? 8 : 2) {
            let options = Injector.Options(way: .gdb, deadline: .seconds(30))
            let injection = try await Injector.run(PtraceTests.source(number), in: target.pid, options: options)
            #expect(injection.way == .gdb)
            #expect(injection.use.stops >= 1)
            try target.expect("hit \(number)")
        }
        #expect(pages(in: target.pid) == 0)
        try await PtraceTests.finish(target, situation)
    }

    @Test(
        .enabled(if: access("/usr/bin/gdb", X_OK) == 0, "needs gdb"), arguments: interpreters, ["condition", "asyncio"])
    func blocked(interpreter: Interpreter, name: String) async throws {
        let target = try #require(Situation.all.first { $0.name == name }).start(with: interpreter)
        let error = await failure(in: target, .init(way: .gdb, deadline: .seconds(30)))
        #expect(error?.kind == .unsupported)
        #expect(error?.message.contains("is blocked") == true)
        #expect(error?.hint?.contains("ptrace") == true)
    }

    /// A long call that holds the GIL: what was queued does nothing when it is run at last.
    @Test(.enabled(if: access("/usr/bin/gdb", X_OK) == 0, "needs gdb"), arguments: interpreters)
    func theDeadline(interpreter: Interpreter) async throws {
        let target = try Situation(
            name: "a long sum",
            text: """
                n = 400_000_000
                say("ready")
                if sum(range(n)) != n * (n - 1) // 2: say("bad sum")
                for i in range(1000000): pass
                say("finished")
                """
        ).start(with: interpreter)
        let error = await failure(in: target, .init(way: .gdb, deadline: .seconds(2)))
        #expect(target.count("finished") == 0, "the sum was too short for this machine")
        #expect(error?.kind == .timedOut)
        #expect(try ProcessStatus(of: target.pid).tracer == 0)
        try target.expect("finished", within: 120)
        #expect(target.count("hit") == 0)
        #expect(try target.end() == 0)
    }

    @Test(arguments: [
        ("GNU gdb (Debian 13.1-3) 13.1\nCopyright", [13, 1]),
        ("GNU gdb (Ubuntu 15.0.50.20240403-0ubuntu1) 15.0.50.20240403-git\n", [15, 0, 50, 20_240_403]),
        ("GNU gdb (GDB) Red Hat Enterprise Linux 10.2-13.el9\n", [10, 2]),
        ("GNU gdb (GDB) 14.1", [14, 1]),
    ])
    func versions(greeting: String, version: [Int]) { #expect(Gdb(greeting: greeting)?.version == version) }

    @Test(arguments: ["", "gdb: not found", "GNU gdb", "GNU gdb (GDB) none\n", "LLDB 13.1"])
    func noVersion(greeting: String) { #expect(Gdb(greeting: greeting) == nil) }

    @Test func tooOldForTheProcessor() throws {
        let old = try #require(Gdb(greeting: "GNU gdb (Debian 13.1-3) 13.1"))
        let new = try #require(Gdb(greeting: "GNU gdb (GDB) 14.1"))
        #expect(old.obstacle(processor: ["avx512f", "amx_tile"])?.contains("gdb 13.1 damages") == true)
        #expect(old.obstacle(processor: ["avx512f"]) == nil)
        #expect(new.obstacle(processor: ["avx512f", "amx_tile"]) == nil)
        #expect(!Gdb.processorFlags.isEmpty)
    }

    private func failure(in target: Target, _ options: Injector.Options) async -> AttachError? {
        do {
            _ = try await Injector.run(PtraceTests.source(1), in: target.pid, options: options)
            return nil
        } catch {
            return error
        }
    }

    // Pages that still hold the text that gdb has queued.
    private func pages(in pid: Int32) -> Int {
        let text = Array("try:\n __import__('builtins').exec(\"with open('".utf8)
        let regions = (try? MemoryMap(of: pid).regions) ?? []
        return regions.count { region in
            guard region.inode == 0, region.isWritable else { return false }
            return stride(from: region.start, to: min(region.end, region.start + (1 << 20)), by: 4096).contains {
                page in
                (try? ProcessMemory.read(text.count, at: page, of: pid)) == text
            }
        }
    }
}
