internal import CSondeSystem
internal import Glibc

/// One thread of the target that we trace: the requests of ptrace, each checked, and no wait without a deadline.
///
/// It is seized and interrupted, never sent a SIGSTOP: nothing of that can be seen by the target or be left over.
/// It must be used from one thread only; see ``TracerThread``.
struct Tracee: ~Copyable {
    /// Why the thread stands still.
    enum Stop: Equatable {
        /// At the beginning or the end of a system call.
        case systemCall
        /// Because we asked, or because a stop signal reached the whole process.
        case event(stopSignal: Int32)
        /// About to be given a signal.
        case signal(Int32)
    }

    /// The process.
    let process: Int32
    /// The thread.
    let thread: Int32
    private var isTraced = true

    /// Begins to trace a thread, which runs on meanwhile.
    init(seizing thread: Int32, of process: Int32) throws(AttachError) {
        self.process = process
        self.thread = thread
        let options = SONDE_PTRACE_O_TRACESYSGOOD | SONDE_PTRACE_O_TRACEEXEC
        let result = sonde_ptrace(numericCast(SONDE_PTRACE_SEIZE), thread, 0, UInt(options))
        guard result >= 0 else { throw Obstacle.ofSeizing(process, thread: thread, errno: Int32(-result)) }
    }

    deinit {
        // Only a stopped thread can be let go by request; a running one is let go by the end of our thread.
        if isTraced { _ = sonde_ptrace(numericCast(SONDE_PTRACE_DETACH), thread, 0, 0) }
    }

    /// Brings the thread to a standstill.
    ///
    /// Signals that were on their way are delivered first, as if nobody were watching.
    ///
    /// - Parameter deadline: When to give up: a thread in an uninterruptible wait does not stop.
    /// - Returns: The signal of the standstill: SIGTRAP for ours, another when the whole process is stopped by one.
    mutating func interrupt(by deadline: Deadline) throws(AttachError) -> Int32 {
        try request(numericCast(SONDE_PTRACE_INTERRUPT), 0, 0, "interrupt it", .seized)
        while true {
            switch try wait(by: deadline) {
            case .event(let signal): return signal
            case .signal(let signal):
                // The kernel counts any standstill as the one asked for, so it is asked for again.
                try requestStop()
                try resume(numericCast(SONDE_PTRACE_CONT), signal: signal)
            case .systemCall:
                try requestStop()
                try resume(numericCast(SONDE_PTRACE_CONT))
            }
        }
    }

    /// Asks for a standstill without waiting for it.
    func requestStop() throws(AttachError) {
        try request(numericCast(SONDE_PTRACE_INTERRUPT), 0, 0, "interrupt it", .called)
    }

    /// Lets the thread run to the next beginning or end of a system call.
    func resumeToSystemCall() throws(AttachError) { try resume(numericCast(SONDE_PTRACE_SYSCALL)) }

    /// Lets the thread run until it stands still for another reason.
    func resumeFreely() throws(AttachError) { try resume(numericCast(SONDE_PTRACE_CONT)) }

    /// Waits until the thread stands still.
    ///
    /// - Parameter deadline: When to give up.
    /// - Returns: Why it does.
    /// - Throws: ``AttachError`` of kind `timedOut` at the deadline, `exited` when the thread is gone.
    mutating func wait(by deadline: Deadline) throws(AttachError) -> Stop {
        try wait(by: deadline) { () throws(AttachError) in false }!
    }

    /// Waits until the thread stands still, or until something else is the case.
    ///
    /// - Parameters:
    ///   - deadline: When to give up.
    ///   - isOver: Looks whether it is.
    /// - Returns: Why the thread stands still, or nil when the other thing is the case.
    /// - Throws: As the other one.
    mutating func wait(
        by deadline: Deadline, orUntil isOver: () throws(AttachError) -> Bool
    ) throws(AttachError) -> Stop? {
        // waitid knows no deadline. A stop comes within microseconds, so the first looks are made at once (giving
        // way to the target, which may share our processor), the later ones at growing distances.
        var looks = 0
        while true {
            var stop: Int32 = 0
            let found = sonde_wait_stop(thread, &stop)
            if found > 0 { return try understand(stop) }
            // Its end is only looked at: should it be a child of ours, somebody else waits for its status.
            if (found < 0 && found != -EINTR) || sonde_has_ended(thread) == 1 {
                isTraced = false
                throw .exited(process)
            }
            if try isOver() { return nil }
            guard !deadline.isOver else {
                throw AttachError(.timedOut, "thread \(thread) of process \(process) does not stop")
            }
            looks += 1
            if looks < 200 { sched_yield() } else { deadline.pause(microseconds: looks < 1000 ? 30 : 500) }
        }
    }

    private mutating func understand(_ stop: Int32) throws(AttachError) -> Stop {
        let signal = stop & 0xff
        switch stop >> 8 {
        case 0: return signal == SIGTRAP | 0x80 ? .systemCall : .signal(signal)
        case Int32(SONDE_PTRACE_EVENT_STOP): return .event(stopSignal: signal)
        default:
            // Only exec was asked for. The old program's registers and memory are gone; the new one is let go as it is.
            try detach()
            throw .replaced(process)
        }
    }

    /// Lets the thread go for good.
    mutating func detach() throws(AttachError) {
        isTraced = false
        try request(numericCast(SONDE_PTRACE_DETACH), 0, 0, "let it go", .restored)
    }

    /// The signals that wait for the thread to allow them.
    func signalMask() throws(AttachError) -> UInt64 {
        var mask: UInt64 = 0
        try check(sonde_ptrace_get_signal_mask(thread, &mask), "read its signal mask", .stopped)
        return mask
    }

    /// Sets which signals wait.
    func setSignalMask(_ mask: UInt64, at step: Step) throws(AttachError) {
        try check(sonde_ptrace_set_signal_mask(thread, mask), "set its signal mask", step)
    }

    /// The number and origin of the signal the thread is about to be given: whether another process sent it.
    func signalWasSent() -> Bool {
        // siginfo_t: si_signo, si_errno, si_code; a code of zero or less means that a process sent it.
        var information = [Int32](repeating: 0, count: 32)
        let result = information.withUnsafeMutableBytes { bytes in
            sonde_ptrace(0x4202, thread, 0, UInt(bitPattern: bytes.baseAddress))
        }
        return result >= 0 && information[2] <= 0
    }

    /// Reads a register set whole, however large it is on this processor.
    func registerSet(_ type: Int32) throws(AttachError) -> [UInt8] {
        let (bytes, result) = readRegisterSet(type)
        try check(result, "read its registers", .stopped)
        return bytes
    }

    /// Reads a register set that some processors lack; empty then.
    func optionalRegisterSet(_ type: Int32) throws(AttachError) -> [UInt8] {
        let (bytes, result) = readRegisterSet(type)
        if [-Int(EINVAL), -Int(ENODEV), -Int(ENODATA), -Int(EIO)].contains(result) { return [] }
        try check(result, "read its registers", .stopped)
        return bytes
    }

    private func readRegisterSet(_ type: Int32) -> (bytes: [UInt8], result: Int) {
        var capacity = 16 << 10
        while true {
            var got = 0
            let bytes = [UInt8](unsafeUninitializedCapacity: capacity) { buffer, filled in
                got = sonde_ptrace_get_register_set(thread, type, buffer.baseAddress!, capacity)
                filled = max(got, 0)
            }
            if got < capacity { return (bytes, got) }
            capacity *= 2
        }
    }

    /// Writes a register set whole.
    func setRegisterSet(_ type: Int32, _ bytes: [UInt8], at step: Step) throws(AttachError) {
        let taken = bytes.withUnsafeBytes {
            sonde_ptrace_set_register_set(thread, type, $0.baseAddress!, $0.count)
        }
        try check(taken, "set its registers", step)
        guard taken == bytes.count else {
            throw AttachError(
                .failed, "process \(process): the kernel took \(taken) of \(bytes.count) bytes of registers",
                step: step.rawValue)
        }
    }

    private func resume(_ how: Int32, signal: Int32 = 0) throws(AttachError) {
        try request(how, 0, UInt(signal), "let it run", .stopped)
    }

    private func request(
        _ what: Int32, _ address: UInt, _ data: UInt, _ words: String, _ step: Step
    ) throws(AttachError) {
        try check(sonde_ptrace(what, thread, address, data), words, step)
    }

    // Killed, a thread is gone for ptrace before it is gone for everybody else.
    private var hasEnded: Bool {
        for _ in 0..<100 {
            if sonde_has_ended(thread) != 0 { return true }
            usleep(100)
        }
        return false
    }

    private func check(_ result: Int, _ words: String, _ step: Step) throws(AttachError) {
        guard result < 0 else { return }
        if result == -Int(ESRCH), hasEnded { throw .exited(process) }
        throw .failed(process, words, errno: Int32(-result), at: step)
    }
}
