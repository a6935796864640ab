import Attach
import Glibc
import ProcessInspection
import Testing

/// Several Sondes that attach to one process at the same moment: they wait for one another.
@Suite(.serialized) struct TogetherTests {
    @Test(arguments: [Interpreter.all[0], Interpreter.all.last!], ["busy", "condition", "sleep"])
    func manyAtOnce(interpreter: Interpreter, name: String) async throws {
        let situation = try #require(Situation.all.first { $0.name == name })
        let target = try situation.start(with: interpreter)
        let pid = target.pid
        for round in 0..<5 {
            let failures = await withTaskGroup(of: AttachError?.self) { group in
                for number in 0..<4 {
                    let source = Array("import posix; posix.write(1, b'hit \(round) \(number)\\n')".utf8)
                    group.addTask {
                        do throws(AttachError) {
                            _ = try await Injector.run(source, in: pid, options: .init(way: .ptrace))
                            return nil
                        } catch {
                            return error
                        }
                    }
                }
                return await group.reduce(into: []) { $0.append($1) }.compactMap { $0 }
            }
            #expect(failures.isEmpty, "\(failures)")
            #expect(target.count("hit \(round)") == 4)
        }
        try await PtraceTests.finish(target, situation)
    }
}
