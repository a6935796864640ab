import Attach
import Glibc
import ProcessInspection
import Testing

/// Real interpreters in real situations: entered again and again, and all that they do checked by themselves.
@Suite(.serialized) struct PtraceTests {
    static let repeats = getenv("SONDE_REPEATS").flatMap { Int(String(cString: $0)) } ?? 6

    static func source(_ number: Int) -> [UInt8] {
        // A few kilobytes of comment, as the agent's own source would have.
        Array("# \(String(repeating: "x", count: 9000))\nimport os as _os\n_os.write(1, b'hit \(number)\\n')\n".utf8)
    }

    @Test(arguments: Interpreter.all, Situation.chosen)
    func everySituation(interpreter: Interpreter, situation: Situation) async throws {
        let target = try situation.start(with: interpreter)
        let regions = try MemoryMap(of: target.pid).regions.count
        for number in 0..<Self.repeats {
            let injection: Injection
            do {
                injection = try await Injector.run(
                    Self.source(number), in: target.pid, options: .init(way: .ptrace))
            } catch {
                Issue.record("\(error), step \(error.step ?? "-"), wait status \(target.poll() ?? -1)")
                return
            }
            #expect(injection.way == .ptrace)
            StopTimes.shared.add(injection.use)
            try target.expect("hit \(number)")
            #expect(try ProcessStatus(of: target.pid).tracer == 0)
        }
        // Programs that allocate and load change their map themselves; in those that do not, ours would show.
        if situation.name.hasPrefix("C ") {
            #expect(try MemoryMap(of: target.pid).regions.count <= regions + 3)
        }
        let own = try MemoryMap(of: target.pid).regions.filter { $0.inode == 0 && $0.isExecutable && $0.path.isEmpty }
        #expect(own.isEmpty, "a page of ours was left behind")
        try await Self.finish(target, situation)
    }

    static func finish(_ target: Target, _ situation: Situation) async throws {
        target.say("finish")
        if situation.name == "sleep" {
            _ = try await Injector.run(
                Array("import __main__; __main__.stop = True".utf8), in: target.pid, options: .init(way: .ptrace))
        }
        try target.expect("finished")
        #expect(try target.end() == 0)
    }

    /// The other tests' stop times; the bound is generous, for this may be a debug build on a busy machine.
    @Test func stopTimes() {
        let standing = StopTimes.shared.sorted(by: \.standingNanoseconds)
        guard !standing.isEmpty else { return }
        for (name, times) in [
            ("stood still", standing), ("away from its own work", StopTimes.shared.sorted(by: \.awayNanoseconds)),
        ] {
            print(
                "a thread \(name), µs, of \(times.count): median \(times[times.count / 2]), 99th percentile",
                "\(times[min(times.count - 1, times.count * 99 / 100)]), longest \(times.last!)")
        }
        #expect(standing[standing.count / 2] < 10_000)
    }
}

/// The stop times of all injections so far.
final class StopTimes: @unchecked Sendable {
    static let shared = StopTimes()
    private var lock = pthread_mutex_t()
    private var uses: [ThreadUse] = []

    func add(_ use: ThreadUse) {
        pthread_mutex_lock(&lock)
        uses.append(use)
        pthread_mutex_unlock(&lock)
    }

    /// Microseconds, shortest first.
    func sorted(by part: (ThreadUse) -> Int64) -> [Int64] {
        pthread_mutex_lock(&lock)
        defer { pthread_mutex_unlock(&lock) }
        return uses.map { part($0) / 1000 }.sorted()
    }
}
