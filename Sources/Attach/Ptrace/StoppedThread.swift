internal import CSondeSystem
internal import Glibc
internal import ProcessInspection

/// A thread of the target that stands still, and the calls made on it.
///
/// From the first call until ``restore()`` its registers point into a chain that ends in the frame which brings it back
/// (``ThreadSnapshot``). So whatever fails, letting the thread go is enough; dropping this value does that.
struct StoppedThread: ~Copyable {
    private var tracee: Tracee
    /// The thread as it was.
    let snapshot: ThreadSnapshot
    private let gadgets: Gadgets
    private let steps: StepWatch
    private var isChained = false
    private var clock: ThreadClock
    // What the kernel keeps for restart_syscall is one call's. Whatever is interrupted on the thread meanwhile takes its
    // place. (The source must not sleep: that would, too.)
    private var keepsRestartBlock = true
    private var heldSignals: [Int32] = []

    /// Signals that the processor raises by itself: they must not wait, for the kernel would rather end the process.
    private static let synchronous: UInt64 = [SIGILL, SIGTRAP, SIGBUS, SIGFPE, SIGSEGV, SIGSYS]
        .reduce(0) { $0 | 1 << UInt64($1 - 1) }

    /// Brings a thread to a standstill.
    init(
        stopping thread: Int32, of process: Int32, memory: borrowing TargetMemory, gadgets: Gadgets, steps: StepWatch,
        deadline: Deadline
    ) throws(AttachError) {
        var tracee = try Tracee(seizing: thread, of: process)
        steps.reached(.seized)
        let seen =
            NativeMachine.hidesInterruptedCall ? (try? ThreadState.systemCall(of: thread, in: process)) ?? nil : nil
        let signal = try tracee.interrupt(by: deadline)
        let clock = ThreadClock()
        steps.reached(.stopped)
        // The whole process was stopped by a signal in the meantime: it is to stay so.
        guard signal == SIGTRAP else {
            try tracee.detach()
            throw Obstacle.stopped(process)
        }
        snapshot = try ThreadSnapshot(of: tracee, memory: memory, seen: seen, returnAddress: gadgets.signalReturn)
        steps.reached(.saved)
        self.tracee = tracee
        self.clock = clock
        self.gadgets = gadgets
        self.steps = steps
    }

    /// The thread's number.
    var thread: Int32 { tracee.thread }

    /// For how long it has been used.
    var use: ThreadUse { clock.use }

    /// Makes a system call on the thread.
    ///
    /// - Returns: What it gave, a negated error number included.
    mutating func callSystem(
        _ number: UInt64, _ arguments: [UInt64], memory: borrowing TargetMemory, deadline: Deadline
    ) throws(AttachError) -> Int64 {
        try prepare(memory)
        try enter(snapshot.registers(callingSystem: number, arguments, at: gadgets.systemCall))
        // The call's beginning, then its end. Another stop could be a breakpoint's, but then the target would be lost already
        // without us: no instruction of ours raises one.
        for _ in 0..<2 { try runToSystemCall(by: deadline) }
        let registers = try readRegisters()
        guard registers.programCounter == gadgets.systemCall + NativeMachine.systemCallSize else {
            throw AttachError(.failed, "a system call in the target did not come back", step: Step.chained.rawValue)
        }
        return Int64(bitPattern: registers.result)
    }

    /// How a run of our code ended.
    enum Ending: Equatable {
        /// At its end, where the thread stands now, or it has gone back by itself.
        case complete
        /// By a crash of the source, after which the GIL was let go.
        case crashed
        /// Not before the deadline. The thread was let go in the middle and will find back by itself.
        case abandoned
        /// Before it began: the target may not change what its memory is good for. The thread has gone back by itself.
        case refused
    }

    /// Runs our code on the thread.
    ///
    /// It runs freely: there is no stop before its end, where it waits for us a moment.
    ///
    /// - Parameters:
    ///   - entry: Where the call begins.
    ///   - release: Where the GIL is let go, for after a crash.
    ///   - room: Our memory, in which the code stands.
    mutating func run(
        _ entry: UInt64, release: UInt64, in room: Room, memory: borrowing TargetMemory, deadline: Deadline
    ) throws(AttachError) -> Ending {
        try prepare(memory)
        try enter(snapshot.registers(entering: entry))
        steps.reached(.called)
        var deadline = deadline
        var hasCrashed = false
        var hasGrace = true
        while true {
            do {
                if try runFreely(by: deadline, until: room, memory) { break }
            } catch {
                if error.kind == .timedOut {
                    // The source is running already: give it a little more, since what has begun cannot be taken back.
                    if hasGrace, memory.word(at: room.control.state) == ControlBlock.State.running.rawValue {
                        hasGrace = false
                        deadline = Deadline(after: .seconds(2))
                        continue
                    }
                    if try standsAtTheEnd(of: room, memory) { break }
                    try abandon(room.control, memory)
                    return .abandoned
                }
                guard error.step == Step.called.rawValue, !hasCrashed else { throw error }
                hasCrashed = true
                guard memory.word(at: room.control.holds) == 1 else {
                    try restore()
                    throw error
                }
                // The source crashed with the GIL in its hands: the GIL must be let go.
                try enter(snapshot.registers(entering: release))
            }
        }
        if clock.isRunning { try standStill() }
        if !room.holdsCode(try readRegisters().programCounter) {
            // Nobody came for a tenth of a second, and the frame has brought the thread back.
            isChained = false
            if memory.look(at: room.address) == .nothing, memory.look(at: room.control.state) != .nothing {
                return .refused
            }
        }
        steps.reached(.returned)
        return hasCrashed ? .crashed : .complete
    }

    /// Whether the thread is in our hands, so that further calls can be made on it.
    var isOurs: Bool { isChained }

    /// Brings the thread back to where it was, unless it is there, and lets it go.
    mutating func restore() throws(AttachError) {
        if isChained {
            try tracee.setSignalMask(snapshot.mask, at: .unmasked)
            steps.reached(.unmasked)
            for (set, bytes) in zip(NativeMachine.vectorSets, snapshot.vectors) where set.isRestored(bytes) {
                try tracee.setRegisterSet(set.type, bytes, at: .restored)
            }
            try set(snapshot.resumedRegisters(keepsRestartBlock: keepsRestartBlock), at: .restored)
            isChained = false
        }
        steps.reached(.restored)
        try letGo()
        steps.reached(.detached)
    }

    private mutating func prepare(_ memory: borrowing TargetMemory) throws(AttachError) {
        guard !isChained else { return }
        let frame = snapshot.frame
        try memory.write(frame.bytes, at: frame.address, at: .framed)
        guard memory.read(frame.bytes.count, at: frame.address) == frame.bytes else {
            throw AttachError(.failed, "the target's stack cannot be written", step: Step.framed.rawValue)
        }
        steps.reached(.framed)
    }

    // The registers come first and the mask after them: from the moment they are set, the way back exists, and the mask
    // is part of it.
    private mutating func enter(_ registers: NativeMachine.Registers) throws(AttachError) {
        try set(registers, at: .chained)
        guard !isChained else { return }
        isChained = true
        steps.reached(.chained)
        try tracee.setSignalMask(~Self.synchronous, at: .masked)
        steps.reached(.masked)
    }

    private func readRegisters() throws(AttachError) -> NativeMachine.Registers {
        guard let registers = NativeMachine.Registers(try tracee.registerSet(numericCast(SONDE_NT_PRSTATUS))) else {
            throw AttachError(.failed, "process \(tracee.process) changed its registers", step: Step.called.rawValue)
        }
        return registers
    }

    private func set(_ registers: NativeMachine.Registers, at step: Step) throws(AttachError) {
        try tracee.setRegisterSet(numericCast(SONDE_NT_PRSTATUS), registers.bytes, at: step)
        if let none = NativeMachine.noSystemCall { try tracee.setRegisterSet(none.type, none.bytes, at: step) }
    }

    private mutating func runToSystemCall(by deadline: Deadline) throws(AttachError) {
        while true {
            if clock.letRun() { try tracee.resumeToSystemCall() }
            let stop = try tracee.wait(by: deadline)
            clock.stand()
            if case .systemCall = stop { return }
            try keep(stop)
        }
    }

    // Whether the code has told its outcome; false when the thread stood still before and is to run on.
    private mutating func runFreely(
        by deadline: Deadline, until room: Room, _ memory: borrowing TargetMemory
    ) throws(AttachError) -> Bool {
        if clock.letRun() { try tracee.resumeFreely() }
        let outcome = room.control.outcome
        let stop = try tracee.wait(by: deadline) { () throws(AttachError) in
            switch memory.look(at: outcome) {
            case .word(ControlBlock.Outcome.none.rawValue): memory.look(at: room.address) == .nothing
            case .word, .nothing: true
            // Told by the next look at the thread.
            case .gone: false
            }
        }
        guard let stop else { return true }
        clock.stand()
        try keep(stop)
        return false
    }

    // Any standstill will do: the kernel counts the next one as the one asked for. Signals that others sent are kept.
    private mutating func standStill() throws(AttachError) {
        try tracee.requestStop()
        let stop = try tracee.wait(by: Deadline(after: .seconds(2)))
        clock.stand()
        if case .signal(let signal) = stop { heldSignals.append(signal) }
    }

    private mutating func keep(_ stop: Tracee.Stop) throws(AttachError) {
        // A wait for the GIL may have been interrupted, which uses what is kept for restart_syscall.
        keepsRestartBlock = false
        // At an event the whole process is being stopped by a signal; our thread joins in when it is let go.
        guard case .signal(let signal) = stop else { return }
        guard tracee.signalWasSent() else {
            throw AttachError(
                .failed, "the injected call crashed (signal \(signal)) and was taken back", step: Step.called.rawValue)
        }
        heldSignals.append(signal)
    }

    // Whether the code came to its end at the last moment. The thread stands still then, as it does if not.
    private mutating func standsAtTheEnd(
        of room: Room, _ memory: borrowing TargetMemory
    ) throws(AttachError) -> Bool {
        try standStill()
        keepsRestartBlock = false
        return memory.word(at: room.control.outcome) != ControlBlock.Outcome.none.rawValue
    }

    // Somebody else has the GIL and does not let it go. The call cannot be taken out of the middle, but it can be told to
    // do nothing when its turn comes, and not to wait for us; its end restores the thread and unmaps our memory. A call
    // with a time limit then ends with EINTR.
    private mutating func abandon(_ control: ControlBlock, _ memory: borrowing TargetMemory) throws(AttachError) {
        if memory.word(at: control.state) == ControlBlock.State.armed.rawValue {
            try memory.write(ControlBlock.word(ControlBlock.State.disarmed.rawValue), at: control.state, at: .called)
        }
        try memory.write(ControlBlock.word(0), at: control.watched, at: .called)
        try tracee.setSignalMask(snapshot.mask, at: .unmasked)
        isChained = false
        try letGo()
    }

    private mutating func letGo() throws(AttachError) {
        try tracee.detach()
        clock.end()
        // Rare beyond testing (somebody sends a SIGSEGV within this millisecond): sent again, in order.
        for signal in heldSignals { _ = sonde_tgkill(tracee.process, tracee.thread, signal) }
    }
}

/// For how long a thread has been used so far.
private struct ThreadClock {
    private let stoppedAt = Deadline.now
    private var standsSince = Deadline.now
    private var standing: Int64 = 0
    private(set) var isRunning = false
    private var endedAt: Int64?

    /// The thread is about to run on; false when it runs already.
    mutating func letRun() -> Bool {
        guard !isRunning else { return false }
        standing += Deadline.now - standsSince
        isRunning = true
        return true
    }

    /// The thread stands still again.
    mutating func stand() {
        isRunning = false
        standsSince = Deadline.now
    }

    /// The thread was let go.
    mutating func end() { endedAt = Deadline.now }

    var use: ThreadUse {
        var use = ThreadUse()
        use.stops = 1
        use.awayNanoseconds = (endedAt ?? Deadline.now) - stoppedAt
        use.standingNanoseconds = standing + (isRunning ? 0 : (endedAt ?? Deadline.now) - standsSince)
        return use
    }
}
