#if arch(x86_64)

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
        private let pid: Int32
        private let pidInside: Int32
        private let source: [UInt8]
        private let deadline: Deadline
        private let steps: StepWatch
        private let map: MemoryMap
        private let functions: PythonFunctions
        private let gadgets: Gadgets
        private let memory: TargetMemory
        private let stackLimit: UInt64
        // What we have mapped into the target.
        private var data: UInt64?
        private var code: UInt64?
        private var use = ThreadUse()

        private static let codeSize: UInt64 = 4096
        private var dataSize: UInt64 { (UInt64(ControlBlock.sourceOffset + source.count + 1) + 4095) & ~4095 }

        /// Looks at the target, which runs on, and finds all that is needed.
        init(_ source: [UInt8], in pid: Int32, deadline: Deadline, steps: StepWatch) throws(AttachError) {
            let status: ProcessStatus
            let map: MemoryMap
            do {
                status = try ProcessStatus(of: pid)
                map = try MemoryMap(of: pid)
            } catch {
                throw error.kind == .notPermitted ? Obstacle.ofSeizing(pid, errno: EPERM) : .exited(pid)
            }
            guard let image = PythonImage.find(in: pid, map: map) else { throw Injector.notPython(pid) }
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
            pidInside = status.namespacePids.last ?? pid
            self.source = source
            self.deadline = deadline
            self.steps = steps
            self.map = map
            self.functions = functions
            self.gadgets = gadgets
            self.memory = memory
            stackLimit = ProcessLimits.stack(of: pid)
        }

        /// Runs the source.
        mutating func run() throws(AttachError) -> Injection {
            var round = 0
            // An interpreter that is starting will be ready within milliseconds, and is caught before its program begins.
            var startingLooks = 0
            while true {
                var isStarting = false
                for (thread, mode) in candidates(in: round) {
                    switch try attempt(on: thread, mode) {
                    case .executed?:
                        return Injection(way: .ptrace, use: use)
                    case .queued?:
                        try awaitPendingCall()
                        return Injection(way: .ptrace, use: use)
                    case .finalizing?:
                        unmapQuietly()
                        throw AttachError(.exited, "the Python interpreter of process \(pid) is shutting down")
                    case .notInitialized? where deadline.isOver:
                        unmapQuietly()
                        throw AttachError(
                            .timedOut,
                            "the Python interpreter of process \(pid) has not finished starting, or has ended")
                    case .notInitialized?: isStarting = true
                    default: break
                    }
                }
                guard !deadline.isOver else {
                    unmapQuietly()
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
                throw AttachError(
                    .unsupported, "process \(pid) runs Python \(version)",
                    hint: "CPython 3.8 and later can be attached to")
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
                stop = try StoppedThread(
                    stopping: thread, of: pid, gadgets: gadgets, steps: steps, deadline: deadline.atMost(.seconds(2)))
            } catch  where thread != pid && error.kind == .exited {
                return nil
            } catch  where error.kind == .timedOut {
                return nil
            }
            defer { use += stop.use }
            let snapshot = stop.snapshot
            guard !isQueueing(snapshot) else {
                try stop.restore()
                return nil
            }
            // A thread that waits for the GIL must not be made to wait for it a second time: in glibc a condition's signaller
            // waits for the first wait to return, which it could not (seen as a deadlock of the whole target). It will be
            // back in the interpreter soon, so the source is queued for it.
            let waitsForGIL = snapshot.interrupted.futex.map { functions.runtime.contains($0) } ?? false
            let mayRun =
                snapshot.interrupted.isBlocked && !waitsForGIL && hasRoom(below: snapshot.registers.rsp)
            guard thread == pid || mayRun else {
                try stop.restore()
                return nil
            }
            let control = try mapped(on: &stop)
            let code = RemoteCode(
                at: self.code!, control: control, python: functions, frame: snapshot.frameAddress, pid: pidInside)
            precondition(code.bytes.count <= Self.codeSize, "the code has outgrown its page")
            try write(code.bytes, at: self.code!)
            let mode: ControlBlock.Mode = mayRun ? .mayRun : wish == .mustQueue || waitsForGIL ? .mustQueue : .queueOnly
            try memory.write(ControlBlock.fresh(mode), at: control.outcome, at: .written)
            steps.reached(.written)

            switch try stop.run(code, control: control, memory: memory, deadline: deadline) {
            case .abandoned:
                // The thread is still in our code: the memory has to stay.
                data = nil
                throw AttachError(
                    .timedOut, "another thread of process \(pid) has held the GIL all the time",
                    hint: "it is inside a long call into C; try again later")
            case .crashed:
                try unmap(on: &stop)
                try stop.restore()
                throw AttachError(
                    .failed, "the agent's first lines crashed in process \(pid) and were taken back",
                    step: Step.called.rawValue)
            case .complete: break
            }
            let outcome = memory.word(at: control.outcome).flatMap { ControlBlock.Outcome(rawValue: $0) }
            let result = memory.word(at: control.result)
            if outcome == .executed { try unmap(on: &stop) }
            try stop.restore()
            if outcome == .executed, result != 0 { throw raised() }
            return outcome
        }

        // A pending call waits for the interpreter's next safe point. Then the memory can go, unless the thread is still on the
        // last instructions in it.
        private mutating func awaitPendingCall() throws(AttachError) {
            let control = ControlBlock(address: data!)
            var looks = 0
            while memory.word(at: control.state) != ControlBlock.State.done.rawValue {
                guard memory.word(at: control.state) != nil else { throw goneOrReplaced() }
                guard !deadline.isOver else {
                    try cancelPendingCall(control)
                    break
                }
                looks += 1
                deadline.pause(microseconds: looks < 100 ? 100 : 1000)
            }
            let result = memory.word(at: control.result)
            // What has been run is never told as failed because tidying up failed.
            unmapQuietly()
            if result != 0 { throw raised() }
        }

        // Returns when the call has run after all.
        private mutating func cancelPendingCall(_ control: ControlBlock) throws(AttachError) {
            let late = Deadline(after: .seconds(2))
            var stop = try StoppedThread(
                stopping: pid, of: pid, gadgets: gadgets, steps: steps, deadline: late)
            defer { use += stop.use }
            if memory.word(at: control.state) == ControlBlock.State.armed.rawValue {
                try memory.write(ControlBlock.word(.disarmed), at: control.state, at: .written)
                // The call stays in the interpreter's queue and its code with it, but it will do nothing; only the source goes.
                if dataSize > 4096 {
                    _ = try stop.callSystem(11, data! + 4096, dataSize - 4096, memory: memory, deadline: late)
                }
                data = nil
                try stop.restore()
                throw AttachError(
                    .timedOut, "the main thread of process \(pid) has not come back to the interpreter in time",
                    hint: "it is inside a long call into C; try again later")
            }
            try stop.restore()
            while memory.word(at: control.state) == ControlBlock.State.running.rawValue, !late.isOver {
                late.pause(microseconds: 1000)
            }
            guard memory.word(at: control.state) == ControlBlock.State.done.rawValue else {
                data = nil
                throw AttachError(.timedOut, "the agent's first lines do not end in process \(pid)")
            }
        }

        private mutating func mapped(on stop: inout StoppedThread) throws(AttachError) -> ControlBlock {
            if let data { return ControlBlock(address: data) }
            // 9 is mmap; 3 is reading and writing, 5 reading and running, 0x22 private memory without a file.
            let data = try stop.callSystem(9, 0, dataSize, 3, 0x22, UInt64.max, 0, memory: memory, deadline: deadline)
            guard data > 0 else { throw refused(&stop, Int32(-data), "memory") }
            self.data = UInt64(data)
            let code = try stop.callSystem(
                9, 0, Self.codeSize, 5, 0x22, UInt64.max, 0, memory: memory, deadline: deadline)
            guard code > 0 else {
                _ = try stop.callSystem(11, UInt64(data), dataSize, memory: memory, deadline: deadline)
                self.data = nil
                throw refused(&stop, Int32(-code), "executable memory")
            }
            self.code = UInt64(code)
            steps.reached(.mapped)
            try memory.write(ControlBlock.bytes(source: source), at: UInt64(data), at: .written)
            return ControlBlock(address: UInt64(data))
        }

        private func write(_ code: [UInt8], at address: UInt64) throws(AttachError) {
            try memory.write(code, at: address, at: .written)
            guard memory.read(code.count, at: address) == code else {
                throw AttachError(.failed, "process \(pid): its memory did not take what was written", step: "written")
            }
        }

        private mutating func unmap(on stop: inout StoppedThread) throws(AttachError) {
            guard let data, let code else { return }
            // 11 is munmap. The thread's registers point at the C library's code by then, not at ours.
            let first = try stop.callSystem(
                11, code, Self.codeSize, memory: memory, deadline: Deadline(after: .seconds(2)))
            let second = try stop.callSystem(11, data, dataSize, memory: memory, deadline: Deadline(after: .seconds(2)))
            self.data = nil
            self.code = nil
            guard first == 0, second == 0 else {
                throw .failed(pid, "unmap our memory in it", errno: Int32(-min(first, second)), at: .unmapped)
            }
            steps.reached(.unmapped)
        }

        // Tidies up in a stop of its own. A target that is gone, or refuses, keeps a page or two: there is nobody to tell.
        private mutating func unmapQuietly() {
            for _ in 0..<20 {
                guard let data, let code else { return }
                guard memory.read(8, at: data).map({ ByteOrder.u64($0, at: 0) }) == ControlBlock.mark,
                    var stop = try? StoppedThread(
                        stopping: pid, of: pid, gadgets: gadgets, steps: steps, deadline: Deadline(after: .seconds(2)))
                else { return }
                let place = stop.snapshot.registers.rip
                if place < code || place >= code + Self.codeSize { try? unmap(on: &stop) }
                try? stop.restore()
                use += stop.use
                usleep(100)
            }
        }

        private func isQueueing(_ snapshot: ThreadSnapshot) -> Bool {
            if functions.isQueueing(at: snapshot.registers.rip) { return true }
            // From the queue's functions into the C library's lock and back it is two or three calls.
            guard let words = memory.read(512, at: snapshot.registers.rsp) else { return false }
            return stride(from: 0, to: 512, by: 8).contains { functions.isQueueing(at: ByteOrder.u64(words, at: $0)) }
        }

        // Compiling and running the source takes stack that a deep recursion may not have left.
        private func hasRoom(below stackPointer: UInt64) -> Bool {
            guard let region = map.region(at: stackPointer) else { return false }
            let low = region.path == "[stack]" ? region.end &- min(stackLimit, region.end) : region.start
            return stackPointer > low + (256 << 10)
        }

        private func refused(_ stop: inout StoppedThread, _ errno: Int32, _ what: String) -> AttachError {
            try? stop.restore()
            return AttachError(
                .unsupported, "process \(pid) may not have new \(what): \(SystemError.text(errno))",
                hint: "its memory limit or a security policy forbids it", step: Step.mapped.rawValue)
        }

        private func raised() -> AttachError {
            AttachError(.failed, "the agent's first lines raised an error in process \(pid), see its standard error")
        }

        private func goneOrReplaced() -> AttachError {
            (try? ProcessStatus(of: pid)) == nil || "ZX".contains((try? ProcessStatus(of: pid))?.state ?? "X")
                ? .exited(pid) : .replaced(pid)
        }
    }

#endif
