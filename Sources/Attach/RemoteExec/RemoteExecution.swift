internal import Glibc
internal import ProcessInspection

/// One injection through CPython's own remote debugging interface (3.14 and later, PEP 768): the path of a script and
/// a flag are written into a thread's state, and that thread runs the script at its next safe point.
///
/// The main thread is asked, whose state lives as long as its interpreter. When it is blocked, a thread that is running is
/// asked instead; its state could go away at any moment, so that thread is stopped while it is written to.
struct RemoteExecution: ~Copyable {
    private let pid: Int32
    private let status: ProcessStatus
    private let source: [UInt8]
    private let deadline: Deadline
    private let memory: TargetMemory
    private let offsets: DebugOffsets
    private let debugging: RequestOffsets
    private let runtime: Range<UInt64>
    private let interpreter: UInt64
    private let executor: Injector.RemoteExecutor?
    private var use = ThreadUse()

    // Bits of the word that makes a thread look up at its next safe point (3.14 and 3.15): "please stop" is the one that
    // CPython's own request sets. We cannot set it atomically, so a bit that the target sets in the same microsecond could
    // be lost; those of signals, pending calls and asynchronous exceptions are set along, since looking in vain does no
    // harm, and those of the GIL and the collector are set again by themselves.
    private static let pleaseStop: UInt8 = 1 << 5
    private static let lookAgain: UInt8 = 1 << 1 | 1 << 2 | 1 << 3

    /// Looks at the target.
    ///
    /// - Throws: ``AttachError`` of kind `unsupported` when its interpreter has no such interface, or has it switched off.
    init(
        _ source: [UInt8], in pid: Int32, deadline: Deadline, executor: Injector.RemoteExecutor?
    ) throws(AttachError) {
        let target = try TargetProcess(pid)
        let image = target.image
        guard let section = image.elf.section(named: ".PyRuntime"), let start = image.address(ofSection: ".PyRuntime")
        else { throw Self.tooOld(pid) }
        let memory = try TargetMemory(of: pid)
        guard let bytes = memory.read(min(DebugOffsets.sizeToRead, Int(section.size)), at: start),
            let offsets = DebugOffsets(bytes), let debugging = RequestOffsets(offsets)
        else { throw Self.tooOld(pid) }
        guard let interpreter = Self.mainInterpreter(start, offsets, memory) else {
            throw AttachError(.unsupported, "the Python interpreter of process \(pid) is starting or shutting down")
        }
        guard memory.word(at: interpreter + debugging.isEnabled) == 1 else {
            throw AttachError(
                .unsupported, "remote debugging is switched off in process \(pid)",
                hint: "by PYTHON_DISABLE_REMOTE_DEBUG or -X disable-remote-debug")
        }
        self.pid = pid
        status = target.status
        self.source = source
        self.deadline = deadline
        self.memory = memory
        self.offsets = offsets
        self.debugging = debugging
        runtime = start..<(start + section.size)
        self.interpreter = interpreter
        self.executor = executor
    }

    /// Runs the source.
    ///
    /// - Parameter mayWait: Whether to wait until the deadline when no thread is running, because there is no other way.
    mutating func run(mayWait: Bool) throws(AttachError) -> Injection {
        repeat {
            for (thread, state) in candidates() {
                let script = try ScriptFile(source, for: pid, status)
                // Half a second is a hundred turns of the GIL.
                let patience = mayWait ? deadline : deadline.atMost(.milliseconds(500))
                guard try request(script, thread, state) else { continue }
                if try follow(script, thread, state, patience) {
                    return Injection(way: .remoteExec, use: use)
                }
            }
            deadline.pause(microseconds: 2000)
        } while mayWait && !deadline.isOver
        throw AttachError(
            .timedOut, "no thread of process \(pid) is running Python code that could be asked",
            hint: "all are blocked or inside long calls into C")
    }

    private mutating func request(
        _ script: borrowing ScriptFile, _ thread: Int32, _ state: UInt64
    ) throws(AttachError) -> Bool {
        guard thread != pid else {
            if let executor, (try? executor(pid, script.path, offsets.minor)) != nil { return true }
            try write(script, state)
            return true
        }
        guard var tracee = try? Tracee(seizing: thread, of: pid),
            (try? tracee.interrupt(by: deadline.atMost(.milliseconds(200)))) == SIGTRAP
        else { return false }
        let start = Deadline.now
        use.stops += 1
        defer {
            use.standingNanoseconds += Deadline.now - start
            use.awayNanoseconds += Deadline.now - start
        }
        let isStill = offsets.threadNativeID.flatMap { requestable(thread, $0) } == state
        if isStill { try write(script, state) }
        try tracee.detach()
        return isStill
    }

    private func write(_ script: borrowing ScriptFile, _ state: UInt64) throws(AttachError) {
        let path = Array(script.path.utf8) + [0]
        guard path.count <= debugging.scriptPathSize else {
            throw AttachError(.unsupported, "the script's path is too long")
        }
        let support = state + debugging.support
        try memory.write(path, at: support + debugging.scriptPath, at: .written)
        try memory.write([1, 0, 0, 0], at: support + debugging.pendingCall, at: .written)
        guard let bits = memory.read(1, at: state + debugging.evalBreaker)?.first else { throw .exited(pid) }
        try memory.write([bits | Self.pleaseStop | Self.lookAgain], at: state + debugging.evalBreaker, at: .called)
    }

    // True when the script has run. When it was not begun in time, it is taken back, and can not run any more.
    private func follow(
        _ script: borrowing ScriptFile, _ thread: Int32, _ state: UInt64, _ patience: Deadline
    ) throws(AttachError) -> Bool {
        try script.follow(in: pid, by: deadline) { looks in
            let isHopeless = looks > 20 && isBlocked(thread)
            return (patience.isOver || isHopeless) && cancel(script, state)
        }
    }

    private func cancel(_ script: borrowing ScriptFile, _ state: UInt64) -> Bool {
        let flag = state + debugging.support + debugging.pendingCall
        let wasPending = memory.word(at: flag) == 1
        try? memory.write([0, 0, 0, 0], at: flag, at: .unmapped)
        // A thread that had just taken the request needs the file a moment longer, or it would complain on the
        // target's standard error.
        if !wasPending { usleep(2000) }
        return script.withdraw()
    }

    // The thread states to be asked, the main thread's first; those of blocked threads are left out.
    private mutating func candidates() -> [(thread: Int32, state: UInt64)] {
        guard let main = word(interpreter + debugging.threadsMain), belongs(main) else { return [] }
        if !isBlocked(pid) { return [(pid, main)] }
        guard let nativeID = offsets.threadNativeID,
            word(main + nativeID) == UInt64(status.namespacePids.last ?? pid)
        else { return [] }
        for thread in ThreadState.threads(of: pid).prefix(1000) where thread != pid && !isBlocked(thread) {
            if let state = requestable(thread, nativeID) { return [(thread, state)] }
        }
        return []
    }

    // The state of another thread, if it still is among those of the interpreter. While the thread stands still, it stays.
    private func requestable(_ thread: Int32, _ nativeID: UInt64) -> UInt64? {
        guard let inside = try? ProcessStatus(of: thread).namespacePids.last,
            var state = word(interpreter + offsets.threadsHead)
        else { return nil }
        for _ in 0..<10_000 where state != 0 {
            guard belongs(state) else { return nil }
            if word(state + nativeID) == UInt64(inside) { return state }
            guard let next = word(state + offsets.threadNext) else { return nil }
            state = next
        }
        return nil
    }

    private func isBlocked(_ thread: Int32) -> Bool { BlockedThread.isBlocked(thread, of: pid, gil: runtime) }

    private func belongs(_ state: UInt64) -> Bool {
        word(state + offsets.threadInterpreter) == interpreter
    }

    private func word(_ address: UInt64) -> UInt64? {
        memory.read(8, at: address).map { ByteOrder.u64($0, at: 0) }
    }

    // The list begins with the newest interpreter; the main one has number 0.
    private static func mainInterpreter(
        _ runtime: UInt64, _ offsets: DebugOffsets, _ memory: borrowing TargetMemory
    ) -> UInt64? {
        var address = runtime + offsets.interpretersHead
        for _ in 0..<10_000 {
            guard let bytes = memory.read(8, at: address) else { return nil }
            let interpreter = ByteOrder.u64(bytes, at: 0)
            guard interpreter != 0, let id = memory.read(8, at: interpreter + offsets.interpreterID) else { return nil }
            if ByteOrder.u64(id, at: 0) == 0 { return interpreter }
            address = interpreter + offsets.interpreterNext
        }
        return nil
    }

    private static func tooOld(_ pid: Int32) -> AttachError {
        AttachError(
            .unsupported, "the interpreter of process \(pid) has no remote debugging interface",
            hint: "CPython has it since 3.14")
    }
}
