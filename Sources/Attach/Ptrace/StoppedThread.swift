#if arch(x86_64)

    internal import CSondeSystem
    internal import Glibc

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
        private var isRunning = false
        // What the kernel keeps for restart_syscall is one call's. Whatever sleeps or is interrupted on the thread meanwhile
        // takes its place.
        private var keepsRestartBlock = true
        private var heldSignals: [Int32] = []
        private let stoppedAt: Int64
        private var standsSince: Int64
        private var standing: Int64 = 0
        private var letGoAt: Int64?

        /// Signals that the processor raises by itself: they must not wait, for the kernel would rather end the process.
        private static let synchronous: UInt64 = [SIGILL, SIGTRAP, SIGBUS, SIGFPE, SIGSEGV, SIGSYS]
            .reduce(0) { $0 | 1 << UInt64($1 - 1) }

        /// Brings a thread to a standstill.
        init(
            stopping thread: Int32, of process: Int32, gadgets: Gadgets, steps: StepWatch, deadline: Deadline
        ) throws(AttachError) {
            var tracee = try Tracee(seizing: thread, of: process)
            steps.reached(.seized)
            let signal = try tracee.interrupt(by: deadline)
            let stoppedAt = Deadline.now
            steps.reached(.stopped)
            // The whole process was stopped by a signal in the meantime: it is to stay so.
            guard signal == SIGTRAP else {
                try tracee.detach()
                throw Obstacle.stopped(process)
            }
            snapshot = try ThreadSnapshot(of: tracee)
            steps.reached(.saved)
            self.tracee = tracee
            self.gadgets = gadgets
            self.steps = steps
            self.stoppedAt = stoppedAt
            standsSince = stoppedAt
        }

        /// For how long it has been used.
        var use: ThreadUse {
            var use = ThreadUse()
            use.stops = 1
            use.awayNanoseconds = (letGoAt ?? Deadline.now) - stoppedAt
            use.standingNanoseconds = standing + (isRunning ? 0 : (letGoAt ?? Deadline.now) - standsSince)
            return use
        }

        /// Makes a system call on the thread.
        ///
        /// - Returns: What it gave, a negated error number included.
        mutating func callSystem(
            _ number: UInt64, _ arguments: UInt64..., memory: borrowing TargetMemory, deadline: Deadline
        ) throws(AttachError) -> Int64 {
            try prepare(memory)
            try enter(snapshot.registers(callingSystem: number, arguments, at: gadgets.systemCall))
            // The call's beginning, then its end.
            _ = try runToSystemCall(by: deadline)
            let registers = try runToSystemCall(by: deadline)
            guard registers.rip == gadgets.systemCall + 2 else {
                throw AttachError(.failed, "a system call in the target did not come back", step: Step.chained.rawValue)
            }
            return Int64(bitPattern: registers.rax)
        }

        /// How a run of our code ended.
        enum Ending {
            /// At its end.
            case complete
            /// By a crash of the source, after which the GIL was let go.
            case crashed
            /// Not before the deadline. The thread was let go in the middle and will find back by itself.
            case abandoned
        }

        /// Runs our code on the thread.
        ///
        /// - Parameters:
        ///   - code: The code, already written to where it belongs.
        ///   - control: Its block.
        mutating func run(
            _ code: RemoteCode, control: ControlBlock, memory: borrowing TargetMemory, deadline: Deadline
        ) throws(AttachError) -> Ending {
            try prepare(memory)
            try enter(snapshot.registers(entering: code.entry))
            steps.reached(.called)
            var deadline = deadline
            var hasCrashed = false
            var isInCall = false
            var hasGrace = true
            while true {
                do {
                    let registers = try runToSystemCall(by: deadline)
                    isInCall.toggle()
                    // nanosleep and clock_nanosleep use what is kept for restart_syscall even when nothing interrupts them.
                    if [35, 230].contains(registers.orig_rax) { keepsRestartBlock = false }
                    if registers.rip == code.end, !isInCall { break }
                } catch {
                    if error.kind == .timedOut {
                        // The source is running already: give it a little more, since what has begun cannot be taken back.
                        if hasGrace, memory.word(at: control.state) == ControlBlock.State.running.rawValue {
                            hasGrace = false
                            deadline = Deadline(after: .seconds(2))
                            continue
                        }
                        try abandon(control, memory)
                        return .abandoned
                    }
                    guard error.step == Step.called.rawValue, !hasCrashed else { throw error }
                    hasCrashed = true
                    guard memory.word(at: control.holds) == 1 else {
                        try restore()
                        throw error
                    }
                    // The source crashed with the GIL in its hands: the GIL must be let go.
                    try enter(snapshot.registers(entering: code.release))
                    isInCall = false
                }
            }
            steps.reached(.returned)
            return hasCrashed ? .crashed : .complete
        }

        /// Brings the thread back to where it was and lets it go.
        mutating func restore() throws(AttachError) {
            if isChained {
                try tracee.setSignalMask(snapshot.mask, at: .unmasked)
                steps.reached(.unmasked)
                try tracee.setRegisterSet(numericCast(SONDE_NT_X86_XSTATE), snapshot.vectorState, at: .restored)
                try set(snapshot.resumedRegisters(keepsRestartBlock: keepsRestartBlock), at: .restored)
                isChained = false
            }
            steps.reached(.restored)
            try tracee.detach()
            letGoAt = Deadline.now
            resendHeldSignals()
            steps.reached(.detached)
        }

        private mutating func prepare(_ memory: borrowing TargetMemory) throws(AttachError) {
            guard !isChained else { return }
            let frame = snapshot.frame(returningThrough: gadgets.signalReturn)
            try memory.write(frame, at: snapshot.chainAddress, at: .framed)
            guard memory.read(frame.count, at: snapshot.chainAddress) == frame else {
                throw AttachError(.failed, "the target's stack cannot be written", step: Step.framed.rawValue)
            }
            steps.reached(.framed)
        }

        // The registers come first and the mask after them: from the moment they are set, the way back exists, and the mask
        // is part of it.
        private mutating func enter(_ registers: sonde_registers) throws(AttachError) {
            try set(registers, at: .chained)
            guard !isChained else { return }
            isChained = true
            steps.reached(.chained)
            try tracee.setSignalMask(~Self.synchronous, at: .masked)
            steps.reached(.masked)
        }

        private func set(_ registers: sonde_registers, at step: Step) throws(AttachError) {
            let bytes = withUnsafeBytes(of: registers) { Array($0) }
            try tracee.setRegisterSet(numericCast(SONDE_NT_PRSTATUS), bytes, at: step)
        }

        // A wait that ends at its deadline leaves the thread running, to be waited for again.
        private mutating func nextStop(by deadline: Deadline) throws(AttachError) -> Tracee.Stop {
            if !isRunning {
                standing += Deadline.now - standsSince
                try tracee.resumeToSystemCall()
            }
            isRunning = true
            let stop = try tracee.wait(by: deadline)
            isRunning = false
            standsSince = Deadline.now
            return stop
        }

        private mutating func runToSystemCall(by deadline: Deadline) throws(AttachError) -> sonde_registers {
            while true {
                switch try nextStop(by: deadline) {
                case .systemCall:
                    let bytes = try tracee.registerSet(numericCast(SONDE_NT_PRSTATUS))
                    return bytes.withUnsafeBytes { $0.loadUnaligned(as: sonde_registers.self) }
                case .event:
                    // The whole process is being stopped by a signal; our thread joins in when it is let go.
                    keepsRestartBlock = false
                case .signal(let signal):
                    guard tracee.signalWasSent() else {
                        throw AttachError(
                            .failed, "the injected call crashed (signal \(signal)) and was taken back",
                            step: Step.called.rawValue)
                    }
                    heldSignals.append(signal)
                }
            }
        }

        // Somebody else has the GIL and does not let it go. The call cannot be taken out of the middle, but it can be told to
        // do nothing when its turn comes; its end restores the thread. A call with a time limit then ends with EINTR.
        private mutating func abandon(
            _ control: ControlBlock, _ memory: borrowing TargetMemory
        ) throws(AttachError) {
            try tracee.requestStop()
            let deadline = Deadline(after: .seconds(2))
            // Any standstill will do, and is all that comes: the kernel counts the next one as the one asked for.
            while case .signal(let signal) = try nextStop(by: deadline) {
                heldSignals.append(signal)
                try tracee.requestStop()
            }
            if memory.word(at: control.state) == ControlBlock.State.armed.rawValue {
                try memory.write(ControlBlock.word(.disarmed), at: control.state, at: .called)
            }
            try tracee.setSignalMask(snapshot.mask, at: .unmasked)
            try tracee.detach()
            resendHeldSignals()
        }

        // Rare beyond testing (somebody sends a SIGSEGV within this millisecond): sent again, in order.
        private func resendHeldSignals() {
            for signal in heldSignals { _ = sonde_tgkill(tracee.process, tracee.thread, signal) }
        }
    }

#endif
