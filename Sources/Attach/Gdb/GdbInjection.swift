internal import Glibc
internal import ProcessInspection

/// One injection by gdb: a last resort, taken only when it is asked for by name.
///
/// gdb is made to queue one pending call, which runs a short text on the main thread at the interpreter's next safe point.
/// The text runs a ``ScriptFile``: so it is known when the source has run, and a source that was taken back never runs.
struct GdbInjection: ~Copyable {
    private let pid: Int32
    private let status: ProcessStatus
    private let source: [UInt8]
    private let deadline: Deadline
    private let memory: TargetMemory
    private let functions: PythonFunctions
    private let libraries: GdbFunctions
    private var use = ThreadUse()

    /// A main thread may be between two short waits: for so long it is looked at.
    private static let patience = Duration.milliseconds(200)
    /// How long gdb may take beyond the deadline for what it has begun.
    private static let grace = Duration.seconds(5)

    /// Looks at this machine and the target, which runs on.
    init(_ source: [UInt8], in pid: Int32, deadline: Deadline) throws(AttachError) {
        if let obstacle = try Gdb.find(by: deadline).obstacle(processor: Gdb.processorFlags) {
            throw AttachError(.unsupported, obstacle, hint: Gdb.noneIsNeeded)
        }
        let target = try TargetProcess(pid)
        let image = target.image
        let version = Interpreter(reading: image.elf, path: image.path, readsSymbols: false).version
        if let version, version < PythonVersion(3, 8) {
            throw TargetProcess.tooOld(pid, version)
        }
        let functions = try PythonFunctions(in: image, map: target.map, of: pid)
        let libraries = try GdbFunctions(in: image, map: target.map, of: pid)
        let memory = try TargetMemory(of: pid)
        self.pid = pid
        status = target.status
        self.functions = functions
        self.libraries = libraries
        self.memory = memory
        self.source = source
        self.deadline = deadline
    }

    /// Runs the source.
    mutating func run() throws(AttachError) -> Injection {
        try refuseBlocked()
        let script = try ScriptFile(source, for: pid, status)
        let text = Self.text(running: script.path)
        let page = try queue(text, running: script)
        let hasRun: Bool
        do {
            hasRun = try script.follow(in: pid, by: deadline) { _ in
                guard deadline.isOver, script.withdraw() else { return false }
                // A zero byte at its beginning makes it the empty text, at whatever moment it is written.
                try? memory.write([0], at: page, at: .unmapped)
                return true
            }
        } catch {
            // It has begun, so its text has been read.
            unmapQuietly(page, text)
            throw error
        }
        guard hasRun else { throw tooLate }
        unmapQuietly(page, text)
        return Injection(way: .gdb, use: use)
    }

    /// Python source that runs a script and raises nothing: an error would be one of the code that is running.
    ///
    /// It reads and leaves no name of the target's `__main__`.
    static func text(running path: String) -> [UInt8] {
        let names = "{'__name__':'__sonde__'}"
        let body = "with open('\(path)','rb') as f:s=f.read()\\nexec(s,\(names))"
        return Array("try:\n __import__('builtins').exec(\"\(body)\",\(names))\nexcept:pass\n".utf8)
    }

    private var tooLate: AttachError {
        AttachError(
            .timedOut, "the main thread of process \(pid) has not come back to the interpreter in time",
            hint: "the call that gdb queued does nothing any more, and 4 KB of memory stay behind it")
    }

    // A pending call is run by the main thread when it is back in the interpreter: one that is blocked never is.
    private func refuseBlocked() throws(AttachError) {
        let patience = deadline.atMost(Self.patience)
        while BlockedThread.isBlocked(pid, of: pid, gil: functions.runtime) {
            guard patience.isOver else {
                patience.pause(microseconds: 2000)
                continue
            }
            throw AttachError(
                .unsupported, "the main thread of process \(pid) is blocked, where gdb could only wait for it",
                hint: "leave --via out: ptrace gets in at a blocked call, remote-exec through another thread")
        }
    }

    // Returns the page with the text. Until the call is queued, nothing of ours is in the target.
    private mutating func queue(_ text: [UInt8], running script: borrowing ScriptFile) throws(AttachError) -> UInt64 {
        while true {
            var isLate = false
            let visit = try visit(GdbScript.queue(text, functions, libraries), by: deadline) {
                // Whatever gdb still queues has nothing to run.
                isLate = script.withdraw()
            }
            if isLate, visit.marks["queued"] != nil, let page = visit.marks["page"].flatMap({ UInt64($0) }) {
                try? memory.write([0], at: page, at: .unmapped)
                throw tooLate
            }
            if visit.marks["queued"] != nil, let page = visit.marks["page"].flatMap({ UInt64($0) }) { return page }
            if visit.marks["finalizing"] != nil {
                throw AttachError(.exited, "the Python interpreter of process \(pid) is shutting down")
            }
            if visit.marks["refused"] != nil {
                throw AttachError(
                    .unsupported, "process \(pid) may not have new memory",
                    hint: "its memory limit or a security policy forbids it")
            }
            if visit.marks["registers"] != nil {
                throw AttachError(
                    .unsupported, "this gdb cannot be told to leave the vector registers alone",
                    hint: Gdb.noneIsNeeded)
            }
            let problem =
                visit.marks["starting"] != nil
                ? "the Python interpreter of process \(pid) has not finished starting, or has ended"
                : visit.marks["held"] != nil
                    ? "the main thread of process \(pid) was queueing calls of its own"
                    : visit.marks["full"] != nil ? "the queue of pending calls of process \(pid) is full" : nil
            guard !deadline.isOver else {
                throw AttachError(.timedOut, problem ?? "gdb did not come to the call in process \(pid) in time")
            }
            guard problem != nil else {
                throw AttachError(.failed, "gdb could not make the call in process \(pid): \(visit.complaint)")
            }
            deadline.pause(microseconds: 20_000)
        }
    }

    // What gdb said at one run.
    private struct Visit {
        var marks: [String: String]
        var complaint: String
    }

    // One run of gdb: it stops the target, makes the calls, lets the target go, and ends.
    private mutating func visit(_ calls: String, by deadline: Deadline, late: () -> Void = {}) throws(AttachError)
        -> Visit
    {
        try Obstacle.before(pid)
        try Obstacle.beforeTracing(pid, by: deadline)
        let gate = try UnnamedFile(Array(calls.utf8))
        let registers = try UnnamedFile(Array(GdbRegisters.description.utf8))
        let start = Deadline.now
        let gdb = try GdbProcess(
            arguments: ["-nx", "-nh", "-q", "-batch", "-x", "/proc/self/fd/0"],
            input: Array(GdbScript.visit(to: pid, gate: gate.path, registers: registers.path).utf8))
        // It is never killed: in the middle of a call, that would be the target's end.
        if !gdb.wait(until: deadline) {
            late()
            gate.clear()
            if !gdb.wait(until: Deadline(after: Self.grace)) {
                if gdb.marks["calling"] == nil { kill(gdb.pid, SIGTERM) }
                guard gdb.wait(until: Deadline(after: Self.grace)) else {
                    throw AttachError(
                        .failed, "gdb (process \(gdb.pid)) does not come to its end in process \(pid)",
                        hint: "it lets go by itself; killing it may end the process it is at")
                }
            }
        }
        let marks = gdb.marks
        guard marks["attached"] != nil else {
            try Obstacle.before(pid)
            try Obstacle.beforeTracing(pid, by: deadline)
            if deadline.isOver { throw AttachError(.timedOut, "gdb has not attached to process \(pid) in time") }
            throw AttachError(.failed, "gdb cannot attach to process \(pid): \(gdb.complaint)")
        }
        use.stops += 1
        use.standingNanoseconds += Deadline.now - start
        use.awayNanoseconds += Deadline.now - start
        return Visit(marks: marks, complaint: gdb.complaint)
    }

    // The source has run. What of it is not unmapped, for whatever reason, is one page: nobody needs to be told.
    private mutating func unmapQuietly(_ page: UInt64, _ text: [UInt8]) {
        guard memory.read(text.count, at: page) == text else { return }
        _ = try? visit(GdbScript.unmap(page, text, libraries), by: Deadline(after: Self.grace))
    }
}
