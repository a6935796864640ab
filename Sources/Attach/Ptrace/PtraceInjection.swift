internal import CSondeSystem
internal import Glibc
internal import ProcessInspection

/// One injection by ptrace, from the first look at the target to the last trace of it gone.
///
/// A thread is stopped, and code of ours asks the interpreter on it whether that thread holds the GIL. If so, the source is
/// queued as a pending call, which takes no memory and runs at the interpreter's next safe point; nothing else happens at
/// the stop, which may be anywhere, in the allocator too. If not, and the thread is blocked in a system call that
/// waits for something outside, the source is run right there, as a callback from C would be. In any other place
/// nothing is done and the thread is looked at again a little later.
struct PtraceInjection: ~Copyable {
    let pid: Int32
    let pidInside: Int32
    let source: [UInt8]
    let deadline: Deadline
    let steps: StepWatch
    let map: MemoryMap
    let functions: PythonFunctions
    let gadgets: Gadgets
    let memory: TargetMemory
    private let stackLimit: UInt64
    /// What we have mapped into the target.
    var room: Room?
    /// What others have left behind in it.
    var leftovers: [Leftover]
    var use = ThreadUse()

    /// Looks at the target, which runs on, and finds all that is needed.
    init(_ source: [UInt8], in pid: Int32, deadline: Deadline, steps: StepWatch) throws(AttachError) {
        let target = try TargetProcess(pid)
        let image = target.image
        let map = target.map
        let memory = try TargetMemory(of: pid)
        try Self.checkVersion(image, memory, pid)
        let functions: PythonFunctions
        let gadgets: Gadgets
        do {
            functions = try PythonFunctions(in: image, map: map, of: pid)
            gadgets = try Gadgets(in: map, of: pid)
        } catch {
            // What is missing may be so because the program changed while it was looked at.
            guard let now = try? MemoryMap(of: pid) else { throw .exited(pid) }
            guard now.files.contains(where: { $0.path == image.path }) else { throw .replaced(pid) }
            throw error
        }
        self.pid = pid
        pidInside = target.status.namespacePids.last ?? pid
        self.source = source
        self.deadline = deadline
        self.steps = steps
        self.map = map
        self.functions = functions
        self.gadgets = gadgets
        leftovers = Leftover.find(in: map, of: pid, memory)
        self.memory = memory
        stackLimit = ProcessLimits.stack(of: pid)
    }

    /// Runs the source.
    mutating func run() throws(AttachError) -> Injection {
        var injection = try enter()
        unmapLeftovers()
        injection.use = use
        return injection
    }

    private mutating func enter() throws(AttachError) -> Injection {
        var round = 0
        // An interpreter that is starting will be ready within milliseconds, and is caught before its program begins.
        var startingLooks = 0
        var wasInSubinterpreter = false
        while true {
            var isStarting = false
            for (thread, mode) in candidates(in: round) {
                switch try attempt(on: thread, mode) {
                case .executed?:
                    return Injection(way: .ptrace, use: use)
                case .queued?:
                    if try awaitPendingCall() { return Injection(way: .ptrace, use: use) }
                case .finalizing?:
                    unmapQuietly()
                    throw AttachError(.exited, "the Python interpreter of process \(pid) is shutting down")
                case .notInitialized? where deadline.isOver:
                    unmapQuietly()
                    throw AttachError(
                        .timedOut,
                        "the Python interpreter of process \(pid) has not finished starting, or has ended")
                case .notInitialized?: isStarting = true
                case .inSubinterpreter? where thread == pid: wasInSubinterpreter = true
                default: break
                }
            }
            guard !deadline.isOver else {
                unmapQuietly()
                guard !wasInSubinterpreter else {
                    throw AttachError(
                        .timedOut,
                        "the main thread of process \(pid) was in a subinterpreter whenever it was looked at",
                        hint: "it is entered when it comes back to the main one; --timeout waits longer")
                }
                throw AttachError(
                    .timedOut, "no thread of process \(pid) came to a place where it can run other code",
                    hint: "it may be inside a long call that holds the GIL; try again later")
            }
            if isStarting, startingLooks < 200 {
                startingLooks += 1
                deadline.pause(microseconds: 500)
            } else {
                deadline.pause(microseconds: min(200 << Int64(min(round, 6)), 10_000))
                round += 1
            }
        }
    }

    private static func checkVersion(
        _ image: PythonImage, _ memory: borrowing TargetMemory, _ pid: Int32
    ) throws(AttachError) {
        let name = image.path.split(separator: "/").last ?? ""
        if let version = PythonVersion(fileName: name), version < PythonVersion(3, 8) {
            throw TargetProcess.tooOld(pid, version)
        }
        // Since 3.13 the global state begins with a mark, the version, and whether the build is free-threaded. Without a
        // GIL nothing tells a thread that may be used from one that may not.
        if let state = image.address(ofSection: ".PyRuntime"), let bytes = memory.read(24, at: state),
            bytes.starts(with: Array("xdebugpy".utf8)), ByteOrder.u64(bytes, at: 16) != 0
        {
            throw AttachError(
                .unsupported, "process \(pid) runs a free-threaded CPython, which cannot be entered by ptrace",
                hint: "from 3.14 on it can through its remote debugging interface")
        }
    }

    // The main thread is asked first: a pending call runs there. When it does not come to a usable place within some
    // rounds (long C code without the GIL, an uninterruptible wait), other blocked threads are asked, and then
    // the call is queued for whenever the main thread comes back to the interpreter.
    private func candidates(in round: Int) -> [(thread: Int32, mode: ControlBlock.Mode)] {
        guard round >= 5 else { return [(pid, .mayRun)] }
        let others = ThreadState.threads(of: pid).lazy.filter { [pid] thread in
            guard thread != pid, let state = try? ThreadState(of: thread, in: pid) else { return false }
            return state.letter == "S"
        }
        return others.prefix(8).map { ($0, .mayRun) } + [(pid, round % 5 == 0 ? .mustQueue : .mayRun)]
    }

    // One stop of one thread. Nil when the thread was in no place to do anything.
    private mutating func attempt(
        on thread: Int32, _ wish: ControlBlock.Mode
    ) throws(AttachError) -> ControlBlock.Outcome? {
        var stop: StoppedThread
        do {
            stop = try stopped(thread, by: deadline.atMost(.seconds(2)))
        } catch  where thread != pid && error.kind == .exited {
            return nil
        } catch  where error.kind == .timedOut {
            return nil
        }
        defer { use += stop.use }
        guard let mode = mode(for: stop.snapshot, of: thread, wish) else {
            try stop.restore()
            return nil
        }
        let room = try mapped(on: &stop)
        let code = RemoteCode<NativeMachine>(
            .init(
                room: room, python: functions, frame: stop.snapshot.frame, systemCall: gadgets.systemCall,
                pid: pidInside))
        try write(code.bytes, in: room)
        try memory.write(ControlBlock.fresh(mode, on: thread), at: room.control.outcome, at: .written)
        steps.reached(.written)

        switch try stop.run(code.entry, release: code.release, in: room, memory: memory, deadline: deadline) {
        case .abandoned:
            // The thread is still in our code, and unmaps it when it leaves.
            self.room = nil
            throw AttachError(
                .timedOut, "another thread of process \(pid) has held the GIL all the time",
                hint: "it is inside a long call into C; try again later")
        case .refused:
            try stop.restore()
            throw refused(EACCES, "writable memory")
        case .crashed:
            try unmap(on: &stop)
            try stop.restore()
            throw AttachError(
                .failed, "the agent's first lines crashed in process \(pid) and were taken back",
                step: Step.called.rawValue)
        case .complete: return try finish(&stop, room)
        }
    }

    /// Stops a thread; another Sonde that has it in its hands is waited for.
    func stopped(_ thread: Int32, by deadline: Deadline) throws(AttachError) -> StoppedThread {
        while true {
            do {
                return try StoppedThread(
                    stopping: thread, of: pid, memory: memory, gadgets: gadgets, steps: steps, deadline: deadline)
            } catch {
                // Who may write a process's memory may trace it: what is refused is so because somebody did until just now.
                guard error.isPassing || error.kind == .notPermitted, !deadline.isOver else { throw error }
                deadline.pause(microseconds: 300)
            }
        }
    }

    // What the call on a standing thread may do; nil when the thread must be left alone.
    private func mode(
        for snapshot: ThreadSnapshot, of thread: Int32, _ wish: ControlBlock.Mode
    ) -> ControlBlock.Mode? {
        guard !isQueueing(snapshot), snapshot.interrupted.continuation != .unknown, !isOnTheWayBack(snapshot) else {
            return nil
        }
        // A thread that waits for the GIL must not be made to wait for it a second time: in glibc a condition's signaller
        // waits for the first wait to return, which it could not (seen as a deadlock of the whole target). It will be
        // back in the interpreter soon, so the source is queued for it.
        let waitsForGIL = snapshot.interrupted.futex.map { functions.runtime.contains($0) } ?? false
        let mayRun =
            snapshot.interrupted.isBlocked && !waitsForGIL && hasRoom(below: snapshot.registers.stackPointer)
        guard thread == pid else { return mayRun ? .mayOnlyRun : nil }
        return mayRun ? .mayRun : wish == .mustQueue || waitsForGIL ? .mustQueue : .queueOnly
    }

    // The code has told its outcome, or has unmapped our memory, which it does when it has run the source.
    private mutating func finish(
        _ stop: inout StoppedThread, _ room: Room
    ) throws(AttachError) -> ControlBlock.Outcome? {
        let outcome: ControlBlock.Outcome?
        switch memory.look(at: room.control.outcome) {
        case .word(let word): outcome = ControlBlock.Outcome(rawValue: word)
        case .nothing: outcome = .executed
        case .gone: throw goneOrReplaced()
        }
        guard outcome == .executed else {
            try stop.restore()
            return outcome
        }
        let hasRaised = (memory.word(at: room.control.result) ?? 0) != 0
        try unmap(on: &stop)
        try stop.restore()
        if hasRaised { throw raised() }
        return outcome
    }

    // The thread is at the end of what another Sonde, killed meanwhile, made it do, and will be back within a tenth of a second.
    // Entered here it would come back to memory that nobody knows to be in use.
    func isOnTheWayBack(_ snapshot: ThreadSnapshot) -> Bool {
        let place = snapshot.registers.programCounter
        let page = place & ~(Room.page - 1)
        return gadgets.contain(place) && !snapshot.interrupted.isBlocked
            || memory.read(8, at: page).map { ByteOrder.u64($0, at: 0) } == Room.mark
    }

    private func isQueueing(_ snapshot: ThreadSnapshot) -> Bool {
        if functions.isQueueing(at: snapshot.registers.programCounter) { return true }
        // From the queue's functions into the C library's lock and back it is two or three calls.
        guard let words = memory.read(512, at: snapshot.registers.stackPointer) else { return false }
        return stride(from: 0, to: 512, by: 8).contains { functions.isQueueing(at: ByteOrder.u64(words, at: $0)) }
    }

    // Compiling and running the source takes stack that a deep recursion may not have left.
    private func hasRoom(below stackPointer: UInt64) -> Bool {
        guard let region = map.region(at: stackPointer) else { return false }
        let low = region.path == "[stack]" ? region.end &- min(stackLimit, region.end) : region.start
        return stackPointer > low + (256 << 10)
    }

    func raised() -> AttachError {
        AttachError(.failed, "the agent's first lines raised an error in process \(pid), see its standard error")
    }

    func goneOrReplaced() -> AttachError {
        (try? ProcessStatus(of: pid)) == nil || "ZX".contains((try? ProcessStatus(of: pid))?.state ?? "X")
            ? .exited(pid) : .replaced(pid)
    }
}
