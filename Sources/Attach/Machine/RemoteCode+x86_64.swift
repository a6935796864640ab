#if arch(x86_64)

    /// The code that runs in the target, as bytes for this machine.
    ///
    /// It is written to finish by itself: it asks the interpreter where it stands, does what is possible, lets the GIL go,
    /// and ends in `rt_sigreturn`; nobody needs to be watching. What it finds goes into the ``ControlBlock``.
    struct RemoteCode {
        /// Where the call begins that is made on the standing thread.
        private(set) var entry: UInt64 = 0
        /// Where the code lets the GIL go, for when the source itself crashed.
        private(set) var release: UInt64 = 0
        /// The address after the last system call before `rt_sigreturn`: the thread is caught at that call's end.
        private(set) var end: UInt64 = 0
        /// The bytes.
        private(set) var bytes: [UInt8] = []

        private let address: UInt64
        private let control: ControlBlock

        /// Makes the code.
        ///
        /// - Parameters:
        ///   - address: Where it will stand.
        ///   - control: The block it reads and writes.
        ///   - python: The interpreter's functions.
        ///   - frame: The stack pointer to call `rt_sigreturn` with.
        ///   - pid: The target's process number as the target sees it.
        init(at address: UInt64, control: ControlBlock, python: PythonFunctions, frame: UInt64, pid: Int32) {
            self.address = address
            self.control = control
            let body = assembleBody(python, pid)
            assembleEntry(python, body: body, frame: frame)
        }

        // int body(void *): runs the source, once, in this process only. The interpreter calls it as a pending call, in which
        // case any answer but 0 would raise an error in whatever Python code is running.
        private mutating func assembleBody(_ python: PythonFunctions, _ pid: Int32) -> UInt64 {
            let start = here
            emit([0x53])  // push %rbx (also aligns the stack)
            // A fork may have taken the pending call along into a child, where it is none of our business.
            callSystem(39)  // getpid
            emit([0x3d])  // cmp $pid, %eax
            bytes.append(littleEndian: pid)
            let otherProcess = jump(0x75)  // jne
            loadRBX(control.state)
            emit([0xb8, UInt8(ControlBlock.State.armed.rawValue), 0, 0, 0])  // mov $armed, %eax
            emit([0xb9, UInt8(ControlBlock.State.running.rawValue), 0, 0, 0])  // mov $running, %ecx
            emit([0xf0, 0x0f, 0xb1, 0x0b])  // lock cmpxchg %ecx, (%rbx)
            let disarmed = jump(0x75)
            loadRDI(control.source)
            emit([0x31, 0xf6])  // xor %esi, %esi: no compiler flags
            call(python.runSimpleStringFlags)
            emit([0x89, 0x43, UInt8(ControlBlock.resultOffset)])  // mov %eax, result(%rbx)
            emit([0xc7, 0x03, UInt8(ControlBlock.State.done.rawValue), 0, 0, 0])  // movl $done, (%rbx)
            land(otherProcess)
            land(disarmed)
            emit([0x31, 0xc0, 0x5b, 0xc3])  // xor %eax, %eax; pop %rbx; ret
            return start
        }

        // The stack is aligned at the start, and every call below is made with it as it is.
        private mutating func assembleEntry(_ python: PythonFunctions, body: UInt64, frame: UInt64) {
            entry = here
            loadRBX(control.address)
            call(python.isInitialized)
            emit([0x85, 0xc0])  // test %eax, %eax
            let notInitialized = finish(.notInitialized, unless: 0x75)
            var isFinalizing: Int?
            if let function = python.isFinalizing {
                call(function)
                emit([0x85, 0xc0])
                isFinalizing = finish(.finalizing, unless: 0x74)
            }
            call(python.gilStateCheck)
            emit([0x85, 0xc0])
            let holdsGIL = jump(0x75)
            emit([0x83, 0x7b, UInt8(ControlBlock.modeOffset), UInt8(ControlBlock.Mode.mayRun.rawValue)])  // cmpl, mode
            let mayNotRun = jump(0x75)
            call(python.thisThreadState)
            emit([0x48, 0x85, 0xc0])  // test %rax, %rax
            let noThreadState = finish(.noThreadState, unless: 0x75)
            call(python.gilStateEnsure)
            emit([0x89, 0x43, UInt8(ControlBlock.gilOffset)])  // mov %eax, gil(%rbx)
            emit([0xc7, 0x43, UInt8(ControlBlock.holdsOffset), 1, 0, 0, 0])  // movl $1, holds(%rbx)
            call(body)
            release = here
            loadRBX(control.address)
            emit([0xc7, 0x43, UInt8(ControlBlock.holdsOffset), 0, 0, 0, 0])  // movl $0, holds(%rbx)
            emit([0x8b, 0x7b, UInt8(ControlBlock.gilOffset)])  // mov gil(%rbx), %edi
            call(python.gilStateRelease)
            let executed = finish(.executed)

            land(mayNotRun)
            emit([0x83, 0x7b, UInt8(ControlBlock.modeOffset), UInt8(ControlBlock.Mode.mustQueue.rawValue)])
            let notNow = finish(.notNow, unless: 0x74)
            land(holdsGIL)
            loadRDI(body)
            emit([0x31, 0xf6])  // xor %esi, %esi: no argument
            call(python.addPendingCall)
            emit([0x85, 0xc0])
            let queueFull = finish(.queueFull, unless: 0x74)
            let queued = finish(.queued)

            for place in [notInitialized, isFinalizing, noThreadState, executed, notNow, queueFull, queued] {
                if let place { land(place) }
            }
            callSystem(39)  // getpid, allowed everywhere: the thread is caught at its end
            end = here
            emit([0x48, 0xbc])  // movabs $frame, %rsp
            bytes.append(littleEndian: frame)
            callSystem(15)  // rt_sigreturn
            emit([0x0f, 0x0b])  // ud2
        }

        private var here: UInt64 { address + UInt64(bytes.count) }

        private mutating func emit(_ code: [UInt8]) { bytes += code }

        private mutating func call(_ function: UInt64) {
            emit([0x48, 0xb8])  // movabs $function, %rax
            bytes.append(littleEndian: function)
            emit([0xff, 0xd0])  // call *%rax
        }

        private mutating func callSystem(_ number: UInt8) {
            emit([0xb8, number, 0, 0, 0, 0x0f, 0x05])  // mov $number, %eax; syscall
        }

        private mutating func loadRBX(_ value: UInt64) {
            emit([0x48, 0xbb])
            bytes.append(littleEndian: value)
        }

        private mutating func loadRDI(_ value: UInt64) {
            emit([0x48, 0xbf])
            bytes.append(littleEndian: value)
        }

        /// A jump whose target comes later, with the condition of the short jump of that opcode; gives the place of its
        /// distance.
        private mutating func jump(_ condition: UInt8) -> Int {
            emit([0x0f, condition + 0x10, 0, 0, 0, 0])
            return bytes.count - 4
        }

        private mutating func land(_ place: Int) { bytes.replace(at: place, with: Int32(bytes.count - place - 4)) }

        /// Writes the outcome and jumps to the end, unless the condition (the opcode of a short jump) holds.
        private mutating func finish(_ outcome: ControlBlock.Outcome, unless condition: UInt8? = nil) -> Int {
            let skip = condition.map { jump($0) }
            emit([0xc7, 0x43, UInt8(ControlBlock.outcomeOffset), UInt8(outcome.rawValue), 0, 0, 0])
            emit([0xe9, 0, 0, 0, 0])  // jmp, four bytes of distance
            let place = bytes.count - 4
            if let skip { land(skip) }
            return place
        }
    }

#endif
