internal import ProcessInspection

/// Gets source text executed in the interpreter of a running process.
public enum Injector {
    /// Asks a process to run a script file: its pid, the path as it sees it, and the minor version of its CPython.
    public typealias RemoteExecutor = @Sendable (_ pid: Int32, _ script: String, _ minor: Int) throws -> Void

    /// What is rarely changed.
    public struct Options: Sendable {
        /// The way to take; nil for the first that fits.
        public var way: Way?
        /// When to give up.
        public var deadline: Duration
        /// Whether the interpreter may still be starting: then ptrace comes first, which asks it whether it is ready.
        public var isStarting = false
        /// The step after which this process kills itself, and at which of its occurrences: for the tests that prove
        /// that the target survives it.
        public var dieAfter: (step: Step, occurrence: Int)?
        /// CPython's own `sys.remote_exec` of an embedded interpreter that fits; when it is missing or throws, the request
        /// is written by ourselves.
        public var remoteExecutor: RemoteExecutor?

        /// Makes the options.
        public init(way: Way? = nil, deadline: Duration = .seconds(10)) {
            self.way = way
            self.deadline = deadline
        }
    }

    /// Runs source text in a process.
    ///
    /// When this returns, the source has run to its end on one of the target's threads (in `__main__` by ptrace, in a
    /// namespace of its own by remote execution and by gdb), and no trace of the injection is left. The source should do next to
    /// nothing on that thread (start a thread of its own), import none but built-in modules there (the target may be in
    /// the middle of importing the others), must not sleep, and must not raise.
    ///
    /// - Parameters:
    ///   - source: Python source text, without zero bytes.
    ///   - pid: The process.
    ///   - options: The way, the deadline.
    /// - Returns: How it went in.
    /// - Throws: ``AttachError``; the target is then as it was. A task that is cancelled waits until that is so.
    public static func run(
        _ source: [UInt8], in pid: Int32, options: Options = Options()
    ) async throws(AttachError) -> Injection {
        precondition(!source.contains(0), "the source holds a zero byte")
        return try await TracerThread.run { departure -> Result<Injection, AttachError> in
            do throws(AttachError) {
                return .success(
                    try inject(source, pid, options, Deadline(after: options.deadline, departure: departure)))
            } catch {
                return .failure(error)
            }
        }.get()
    }

    private static func inject(
        _ source: [UInt8], _ pid: Int32, _ options: Options, _ deadline: Deadline
    ) throws(AttachError) -> Injection {
        try Obstacle.before(pid)
        switch options.way {
        case .remoteExec?: return try remoteExec(source, pid, options, deadline, mayWait: true)
        case .ptrace?: return try ptrace(source, pid, options, deadline)
        case .gdb?: return try gdb(source, pid, deadline)
        case nil where options.isStarting: return try either(.ptrace, .remoteExec, source, pid, options, deadline)
        case nil: return try either(.remoteExec, .ptrace, source, pid, options, deadline)
        }
    }

    private static func either(
        _ first: Way, _ second: Way, _ source: [UInt8], _ pid: Int32, _ options: Options, _ deadline: Deadline
    ) throws(AttachError) -> Injection {
        func attempt(_ way: Way) throws(AttachError) -> Injection {
            switch way {
            case .remoteExec: try remoteExec(source, pid, options, deadline, mayWait: way == second)
            case .ptrace: try ptrace(source, pid, options, deadline)
            case .gdb: try gdb(source, pid, deadline)
            }
        }
        let earlier: AttachError
        do {
            return try attempt(first)
        } catch {
            // What the other way cannot do better is told at once.
            guard [.unsupported, .timedOut, .failed].contains(error.kind), error.step == nil else { throw error }
            earlier = error
        }
        do {
            return try attempt(second)
        } catch {
            var error = error
            error.earlier.append("\(first.rawValue): \(earlier)")
            throw error
        }
    }

    private static func remoteExec(
        _ source: [UInt8], _ pid: Int32, _ options: Options, _ deadline: Deadline, mayWait: Bool
    ) throws(AttachError) -> Injection {
        var execution = try RemoteExecution(source, in: pid, deadline: deadline, executor: options.remoteExecutor)
        return try execution.run(mayWait: mayWait)
    }

    private static func ptrace(
        _ source: [UInt8], _ pid: Int32, _ options: Options, _ deadline: Deadline
    ) throws(AttachError) -> Injection {
        try Obstacle.beforeTracing(pid, by: deadline)
        var injection = try PtraceInjection(
            source, in: pid, deadline: deadline, steps: StepWatch(death: options.dieAfter))
        return try injection.run()
    }

    private static func gdb(_ source: [UInt8], _ pid: Int32, _ deadline: Deadline) throws(AttachError) -> Injection {
        #if arch(x86_64)
            var injection = try GdbInjection(source, in: pid, deadline: deadline)
            return try injection.run()
        #else
            throw AttachError(.unsupported, "attaching by gdb is written for x86-64 so far")
        #endif
    }

    static func notPython(_ pid: Int32) -> AttachError {
        // Where its files may not be opened, nothing tells what it holds.
        if let refusal = Obstacle.ofLooking(pid) { return refusal }
        let name = (try? ProcessStatus(of: pid))?.name ?? "?"
        return AttachError(
            .notPython, "process \(pid) (\(name)) holds no Python interpreter",
            hint: "sonde ps lists the processes that do")
    }
}
