internal import ProcessInspection

/// Gets source text executed in the interpreter of a running process.
public enum Injector {
    /// What is rarely changed.
    public struct Options: Sendable {
        /// The way to take; nil for the first that fits.
        public var way: Way?
        /// When to give up.
        public var deadline: Duration
        /// The step after which this process kills itself, and at which of its occurrences: for the tests that prove
        /// that the target survives it.
        public var dieAfter: (step: Step, occurrence: Int)?

        /// Makes the options.
        public init(way: Way? = nil, deadline: Duration = .seconds(10)) {
            self.way = way
            self.deadline = deadline
        }
    }

    /// Runs source text in a process.
    ///
    /// When this returns, the source has run to its end in `__main__` of the target, on one of its threads, and no trace of
    /// the injection is left. The source should do next to nothing on that thread (start a thread of its own), must not
    /// sleep, and must not raise.
    ///
    /// - Parameters:
    ///   - source: Python source text, without zero bytes.
    ///   - pid: The process.
    ///   - options: The way, the deadline.
    /// - Returns: How it went in.
    /// - Throws: ``AttachError``; the target is then as it was.
    public static func run(
        _ source: [UInt8], in pid: Int32, options: Options = Options()
    ) async throws(AttachError) -> Injection {
        precondition(!source.contains(0), "the source holds a zero byte")
        return try await TracerThread.run { () -> Result<Injection, AttachError> in
            do throws(AttachError) {
                return .success(try inject(source, pid, options))
            } catch {
                return .failure(error)
            }
        }.get()
    }

    private static func inject(_ source: [UInt8], _ pid: Int32, _ options: Options) throws(AttachError) -> Injection {
        try Obstacle.beforeTracing(pid)
        #if arch(x86_64)
            var injection = try PtraceInjection(
                source, in: pid, deadline: Deadline(after: options.deadline), steps: StepWatch(death: options.dieAfter))
            return try injection.run()
        #else
            throw AttachError(.unsupported, "attaching by ptrace is written for x86-64 so far")
        #endif
    }

    static func notPython(_ pid: Int32) -> AttachError {
        let name = (try? ProcessStatus(of: pid))?.name ?? "?"
        return AttachError(
            .notPython, "process \(pid) (\(name)) holds no Python interpreter",
            hint: "sonde ps lists the processes that do")
    }
}
