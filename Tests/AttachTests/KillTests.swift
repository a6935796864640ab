import Attach
import Glibc
import ProcessInspection
import Testing

/// The injecting process is killed after each of its steps; the target must go on as if nothing had happened.
@Suite(.serialized) struct KillTests {
    static let situations = [
        "busy", "hashing", "sleep", "poll", "C read", "threads", "reading a pipe, one thread",
    ]
    .compactMap { name in Situation.all.first { $0.name == name } }

    // Two extremes of the interpreters found: each is killed at everything in every situation.
    static let interpreters = [Interpreter.all.first, Interpreter.all.last { !$0.hasRemoteDebugging }].compactMap { $0 }

    /// Steps with their occurrence: those of the first stop, and those of the second one in which a pending call's
    /// memory is unmapped.
    static let deaths = Step.allCases.map { ($0, 1) } + Step.allCases.map { ($0, 2) }

    @Test(arguments: interpreters, situations)
    func killedAtEveryStep(interpreter: Interpreter, situation: Situation) async throws {
        let target = try situation.start(with: interpreter)
        let pid = target.pid
        for (step, occurrence) in Self.deaths {
            let name = step.rawValue
            await #expect(processExitsWith: .signal(SIGKILL)) {
                [pid = pid as Int32, name = name as String, occurrence = occurrence as Int] in
                var options = Injector.Options(way: .ptrace, deadline: .seconds(10))
                options.dieAfter = (Step(rawValue: name)!, occurrence)
                _ = try await Injector.run(Array("pass".utf8), in: pid, options: options)
                // Not every step occurs a second time.
                if occurrence == 2 { kill(getpid(), SIGKILL) }
            }
        }
        // It is as good as new: it can be entered, and what it does is right to its end.
        _ = try await Injector.run(PtraceTests.source(1), in: pid, options: .init(way: .ptrace))
        try target.expect("hit 1")
        try await PtraceTests.finish(target, situation)
    }
}
