/// The code that runs in the target, the same for every machine.
///
/// It is written to finish by itself: it asks the interpreter where it stands, does what is possible, lets the GIL go,
/// tells the outcome, waits a moment for us to take over, and else brings its thread back by `rt_sigreturn`. Whoever has run
/// the source unmaps our memory with its last act, which are two instructions of the C library: nobody needs to be
/// watching. What it finds goes into the ``ControlBlock``.
struct RemoteCode<M: Machine> {
    /// What the code is made for.
    struct Surroundings {
        /// Our memory.
        var room: Room
        /// The interpreter's functions.
        var python: PythonFunctions
        /// The way back for the thread.
        var frame: SignalFrame
        /// Two instructions that make a system call and return.
        var systemCall: UInt64
        /// The target's process number as the target sees it.
        var pid: Int32
    }

    /// Where the call begins that is made on the standing thread.
    let entry: UInt64
    /// Where the code lets the GIL go, for when the source itself crashed.
    let release: UInt64
    /// What is queued for the interpreter to call: `int (*)(void *)`.
    let pendingCall: UInt64
    /// The bytes.
    let bytes: [UInt8]

    /// Makes the code.
    init(_ surroundings: Surroundings) {
        var writer = Writer(surroundings)
        let run = writer.writeRun()
        pendingCall = writer.writePendingCall(run)
        (entry, release) = writer.writeEntry(run: run, pendingCall: pendingCall)
        bytes = writer.code.bytes
    }

    private struct Writer {
        let around: Surroundings
        var code: M.Code

        init(_ around: Surroundings) {
            self.around = around
            code = M.Code(at: around.room.code)
        }

        private var block: UInt64 { around.room.control.address }

        // int run(): runs the source, once; 0 when it has raised nothing, or may not run any more.
        mutating func writeRun() -> UInt64 {
            let start = code.here
            code.beginFunction(block)
            code.exchange(
                ControlBlock.State.armed.rawValue, for: ControlBlock.State.running.rawValue,
                at: ControlBlock.stateOffset)
            let disarmed = code.jump(.ifNotEqual)
            code.call(around.python.runSimpleStringFlags, [.number(around.room.control.source), .number(0)])
            code.storeResult(at: ControlBlock.resultOffset)
            code.endFunction(.result)
            code.land(disarmed)
            code.endFunction(.zero)
            return start
        }

        // Any answer but 0 would raise an error in whatever Python code is running.
        mutating func writePendingCall(_ run: UInt64) -> UInt64 {
            let start = code.here
            code.beginFunction(block)
            // A fork may have taken the call along into a child, where only its copy of our memory has to go.
            code.callSystem(M.calls.getpid, [])
            code.compareResult(UInt32(bitPattern: around.pid))
            let otherProcess = code.jump(.ifNotEqual)
            // In 3.8 one queue serves all interpreters.
            var elsewhere: Jump?
            if let interpreters = around.python.interpreters {
                code.call(interpreters.main, [])
                code.keepResult(at: ControlBlock.keptOffset)
                code.call(interpreters.current, [])
                code.compareResult(withKept: ControlBlock.keptOffset)
                elsewhere = code.jump(.ifNotEqual)
            }
            // An interpreter may have been started by another thread than the first. Then the one that queued the call
            // may still be on its way out of our memory.
            code.callSystem(M.calls.gettid, [])
            code.storeResult(at: ControlBlock.runnerOffset)
            code.compareResult(UInt32(bitPattern: around.pid))
            let otherThread = code.jump(.ifNotEqual)
            code.call(run, [])
            code.compareResult(0)
            let raised = code.jump(.ifNotEqual)
            code.land(otherProcess)
            // The source and the words first: a target that refuses would have the second call answer with an error.
            unmapData()
            code.compareResultWithNull()
            let refused = code.jump(.ifNotEqual)
            code.endFunction(callingSystem: M.calls.munmap, around.room.codeRange, at: around.systemCall)
            code.land(otherThread)
            code.call(run, [])
            code.land(raised)
            code.store(ControlBlock.State.done.rawValue, at: ControlBlock.stateOffset)
            code.land(refused)
            code.endFunction(.zero)
            if let elsewhere {
                code.land(elsewhere)
                code.store(ControlBlock.State.elsewhere.rawValue, at: ControlBlock.stateOffset)
                code.endFunction(.zero)
            }
            return start
        }

        // The stack is aligned at the start, and every call below is made with it as it is.
        mutating func writeEntry(run: UInt64, pendingCall: UInt64) -> (entry: UInt64, release: UInt64) {
            let python = around.python
            var ends: [Jump] = []
            let entry = code.here
            code.loadBase(block)
            // The memory came readable and executable; nothing in it is ever writable and executable at a time.
            code.callSystem(M.calls.mprotect, around.room.dataRange + [3])
            code.compareResultWithNull()
            let refused = code.jump(.ifNotEqual)
            code.store(1, at: ControlBlock.enteredOffset)
            // An interpreter that is ending is no longer initialized either.
            if let function = python.isFinalizing {
                code.call(function, [])
                code.compareResult(0)
                ends.append(finish(.finalizing, unless: .ifEqual))
            }
            code.call(python.isInitialized, [])
            code.compareResult(0)
            ends.append(finish(.notInitialized, unless: .ifNotEqual))
            code.call(python.gilStateCheck, [])
            code.compareResult(0)
            var hasNoGIL = [code.jump(.ifEqual)]
            if let interpreters = python.interpreters { ends += writeHolder(interpreters, &hasNoGIL) }
            let holdsGIL = code.jump(.always)
            for jump in hasNoGIL { code.land(jump) }
            code.call(python.thisThreadState, [])
            code.compareResultWithNull()
            ends.append(finish(.noThreadState, unless: .ifNotEqual))
            if let interpreters = python.interpreters, let end = writeOwner(interpreters) { ends.append(end) }
            code.compare(ControlBlock.modeOffset, ControlBlock.Mode.mayRun.rawValue)
            let mayRun = code.jump(.ifEqual)
            code.compare(ControlBlock.modeOffset, ControlBlock.Mode.mayOnlyRun.rawValue)
            let mayNotRun = code.jump(.ifNotEqual)
            code.land(mayRun)
            code.call(python.gilStateEnsure, [])
            code.storeResult(at: ControlBlock.gilOffset)
            code.store(1, at: ControlBlock.holdsOffset)
            code.call(run, [])
            let release = code.here
            code.loadBase(block)
            code.store(0, at: ControlBlock.holdsOffset)
            code.call(python.gilStateRelease, [.word(ControlBlock.gilOffset)])
            code.store(ControlBlock.Outcome.executed.rawValue, at: ControlBlock.outcomeOffset)
            waitForUs()
            // What has raised an error stays, for us to see it.
            code.compare(ControlBlock.resultOffset, 0)
            let raised = code.jump(.ifNotEqual)
            unmapData()
            code.land(refused)
            code.leave(
                callingSystem: M.calls.munmap, around.room.codeRange, at: around.systemCall, around.frame)

            code.land(holdsGIL)
            code.compare(ControlBlock.modeOffset, ControlBlock.Mode.mayOnlyRun.rawValue)
            let mayQueue = code.jump(.ifNotEqual)
            let notHere = code.jump(.always)
            code.land(mayNotRun)
            code.compare(ControlBlock.modeOffset, ControlBlock.Mode.mustQueue.rawValue)
            let mustQueue = code.jump(.ifEqual)
            code.land(notHere)
            ends.append(finish(.notNow))
            code.land(mayQueue)
            code.land(mustQueue)
            code.call(python.addPendingCall, [.number(pendingCall), .number(0)])
            code.compareResult(0)
            ends.append(finish(.queueFull, unless: .ifEqual))
            ends.append(finish(.queued))

            for end in ends { code.land(end) }
            waitForUs()
            code.land(raised)
            code.signalReturn(M.calls.signalReturn, around.frame)
            return (entry, release)
        }

        // Once there are subinterpreters, PyGILState_Check always says yes. Goes on when the thread holds the GIL in the main
        // interpreter; gives the ends of the code where it is in none that is ours.
        private mutating func writeHolder(
            _ interpreters: PythonFunctions.InterpreterFunctions, _ hasNoGIL: inout [Jump]
        ) -> [Jump] {
            code.call(interpreters.currentThreadState, [])
            code.compareResultWithNull()
            hasNoGIL.append(code.jump(.ifEqual))
            code.keepResult(at: ControlBlock.keptOffset)
            code.call(around.python.thisThreadState, [])
            code.compareResult(withKept: ControlBlock.keptOffset)
            // Another thread's, or this one's in a subinterpreter.
            var ends = [finish(.notNow, unless: .ifEqual)]
            if let jump = writeOwner(interpreters) { ends.append(jump) }
            return ends
        }

        // Goes on when the thread state that was given last belongs to the main interpreter. Since 3.12 it is that of the
        // interpreter in which the thread is; before, always the main one's. Nothing that checks itself is asked: the
        // thread may be in the middle of going from one interpreter to another, and PyInterpreterState_Get would abort.
        private mutating func writeOwner(_ interpreters: PythonFunctions.InterpreterFunctions) -> Jump? {
            guard let function = interpreters.ofThreadState else { return nil }
            code.call(function, [.result])
            code.keepResult(at: ControlBlock.keptOffset)
            code.call(interpreters.main, [])
            code.compareResult(withKept: ControlBlock.keptOffset)
            return finish(.inSubinterpreter, unless: .ifEqual)
        }

        private mutating func unmapData() { code.callSystem(M.calls.munmap, around.room.dataRange) }

        // We take the thread over here, restart its system call with the time that is left, and let it go. Should nobody
        // come, it goes on after a tenth of a second. pselect6 (of no files) sleeps without using what the kernel keeps for
        // restart_syscall, whether it is interrupted or not.
        private mutating func waitForUs() {
            code.compare(ControlBlock.watchedOffset, 0)
            let unwatched = code.jump(.ifEqual)
            code.callSystem(M.calls.pselect6, [0, 0, 0, 0, around.room.control.time, 0])
            code.land(unwatched)
        }

        /// Writes the outcome and jumps to the end, unless the condition holds.
        private mutating func finish(_ outcome: ControlBlock.Outcome, unless condition: Condition? = nil) -> Jump {
            let skip = condition.map { code.jump($0) }
            code.store(outcome.rawValue, at: ControlBlock.outcomeOffset)
            let end = code.jump(.always)
            if let skip { code.land(skip) }
            return end
        }
    }
}
