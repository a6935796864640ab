import Glibc
import ProcessInspection
import Testing

@testable import Attach

/// The injecting process is killed after each of its steps; the target must go on as if nothing had happened.
@Suite(.serialized) struct KillTests {
    static let situations = [
        "busy", "hashing", "sleep", "poll", "C read", "threads", "reading a pipe, one thread",
    ]
    .compactMap { name in Situation.all.first { $0.name == name } }
    .filter { situation in Situation.chosen.contains { $0.name == situation.name } }

    // Two extremes of the interpreters found: each is killed at everything in every situation.
    static let interpreters = [Interpreter.all.first, Interpreter.all.last { !$0.hasRemoteDebugging }].compactMap { $0 }

    /// Steps with their occurrence: those of the first stop, and those of a second one, where it takes one.
    static let deaths = Step.allCases.map { ($0, 1) } + Step.allCases.map { ($0, 2) }

    /// From here on the target tidies up by itself, whoever dies.
    static let tidied: [Step] = [.called, .returned, .unmapped, .unmasked, .restored, .detached]
    /// Those in which the first look always finds the main thread where the source can be run or queued.
    static let certain = ["busy", "sleep", "poll", "C read", "reading a pipe, one thread"]

    @Test(arguments: interpreters, situations)
    func killedAtEveryStep(interpreter: Interpreter, situation: Situation) async throws {
        let target = try situation.start(with: interpreter)
        let pid = target.pid
        // What deaths before the source could run have left behind; the next injection removes it.
        var left: Set<UInt64> = []
        for (step, occurrence) in Self.deaths {
            let name = step.rawValue
            await #expect(processExitsWith: .signal(SIGKILL)) {
                [pid = pid as Int32, name = name as String, occurrence = occurrence as Int] in
                var options = Injector.Options(way: .ptrace, deadline: .seconds(10))
                options.dieAfter = (Step(rawValue: name)!, occurrence)
                _ = try await Injector.run(Array("pass".utf8), in: pid, options: options)
                // Not every step occurs a second time, and a queued source unmaps our memory itself.
                if occurrence == 2 || name == Step.unmapped.rawValue { kill(getpid(), SIGKILL) }
            }
            if Self.tidied.contains(step), Self.certain.contains(situation.name) {
                try expectNothingOfOurs(in: pid, but: left, "after a death at \(name), the \(occurrence). time")
            } else if !Self.tidied.contains(step) {
                left = try ours(in: pid)
            }
        }
        // It is as good as new: it can be entered, nothing of ours is in it, and what it does is right to its end.
        _ = try await Injector.run(PtraceTests.source(1), in: pid, options: .init(way: .ptrace))
        try target.expect("hit 1")
        try expectNothingOfOurs(in: pid, but: [], "after another attach")
        try await PtraceTests.finish(target, situation)
    }

    // Our memory, by its addresses: programs have no executable memory without a file, and nothing in our area.
    private func ours(in pid: Int32) throws -> Set<UInt64> {
        let regions = try MemoryMap(of: pid).regions.filter {
            $0.inode == 0 && $0.path.isEmpty && ($0.isExecutable || Room(at: $0.start, size: $0.size).isInOurArea)
        }
        return Set(regions.map(\.start))
    }

    private func expectNothingOfOurs(in pid: Int32, but left: Set<UInt64>, _ when: Comment) throws {
        var found: Set<UInt64> = []
        // A pending call waits for its turn; a thread that nobody came for waits a tenth of a second.
        for _ in 0..<5000 {
            found = try ours(in: pid).subtracting(left)
            if found.isEmpty { return }
            usleep(1000)
        }
        Issue.record("\(found.map { String($0, radix: 16) }) left \(when)")
    }
}
