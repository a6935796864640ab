internal import Glibc
internal import ProcessInspection

/// Linux on x86-64.
enum X86_64: Machine {
    static let calls = SystemCallNumbers(
        mmap: 9, mprotect: 10, munmap: 11, getpid: 39, gettid: 186, pselect6: 270, signalReturn: 15, restart: 219)

    static let blockingCalls = BlockingCalls(
        futex: 202,
        waits: [
            0, 1, 7, 19, 20, 23, 34, 35, 40, 42, 43, 44, 45, 46, 47,  // read … poll select pause nanosleep … recvmsg
            61, 65, 70, 72, 73, 128, 130, 202, 208, 219, 220, 230, 232,  // wait4 … futex … restart_syscall … epoll_wait
            247, 270, 271, 275, 281, 288, 299, 307, 441, 449,  // waitid pselect6 ppoll … epoll_pwait2 futex_waitv
        ],
        endsInterrupted: [65, 128, 208, 220, 232, 281, 441])

    static let systemCallThenReturn: [UInt8] = [0x0f, 0x05, 0xc3]  // syscall; ret
    // mov $15, %eax; syscall: glibc and musl, each in its own spelling.
    static let signalReturns: [[UInt8]] = [
        [0x48, 0xc7, 0xc0, 0x0f, 0, 0, 0, 0x0f, 0x05], [0xb8, 0x0f, 0, 0, 0, 0x0f, 0x05],
    ]
    static let codeAlignment = 1
    static let systemCallSize: UInt64 = 2
    static let redZone: UInt64 = 128
    // NT_X86_XSTATE, in the size this processor has: with AMX more than 8 KB.
    static let vectorSets = [VectorSet(type: 0x202, isOptional: false) { _ in true }]
    static let hidesInterruptedCall = false
    static let noSystemCall: (type: Int32, bytes: [UInt8])? = nil

    /// struct user_regs_struct.
    struct Registers: GeneralRegisters {
        /// The registers by their place in the structure.
        enum Name: Int {
            case r15, r14, r13, r12, rbp, rbx, r11, r10, r9, r8, rax, rcx, rdx, rsi, rdi, originalRax
            case rip, cs, eflags, rsp, ss, fsBase, gsBase, ds, es, fs, gs
        }

        private var words: [UInt64]

        init() { words = [UInt64](repeating: 0, count: 27) }

        init?(_ bytes: [UInt8]) {
            guard bytes.count == 27 * 8 else { return nil }
            words = stride(from: 0, to: bytes.count, by: 8).map { ByteOrder.u64(bytes, at: $0) }
            // The kernel's selector for 64-bit code; 0x23 would be code of a 32-bit program.
            guard self[.cs] == 0x33 else { return nil }
        }

        subscript(_ name: Name) -> UInt64 {
            get { words[name.rawValue] }
            set { words[name.rawValue] = newValue }
        }

        var bytes: [UInt8] {
            var bytes: [UInt8] = []
            for word in words { bytes.append(littleEndian: word) }
            return bytes
        }

        var programCounter: UInt64 {
            get { self[.rip] }
            set { self[.rip] = newValue }
        }

        var stackPointer: UInt64 {
            get { self[.rsp] }
            set { self[.rsp] = newValue }
        }

        var result: UInt64 {
            get { self[.rax] }
            set { self[.rax] = newValue }
        }
    }

    // The kernel's internal codes: ERESTARTSYS, ERESTARTNOINTR, ERESTARTNOHAND; ERESTART_RESTARTBLOCK.
    static func interruptedCall(
        _ registers: Registers, instruction _: (UInt64) -> UInt32?, seen _: ThreadState.SystemCall?
    ) -> InterruptedCall {
        let number = Int(truncatingIfNeeded: registers[.originalRax])
        guard number >= 0 else { return InterruptedCall() }
        let arguments = [Registers.Name.rdi, .rsi, .rdx, .r10, .r8, .r9].map { registers[$0] }
        var call = InterruptedCall(futex: number == blockingCalls.futex ? arguments[0] : nil)
        switch Int64(bitPattern: registers.result) {
        case -512, -513, -514: call.continuation = .again
        case -516: call.continuation = .restartBlock
        case InterruptedCall.interrupted where waitsForever(number, arguments): call.continuation = .again
        case InterruptedCall.interrupted where blockingCalls.endsInterrupted.contains(number):
            // With a time limit, of which nobody knows how much is left: the kernel's manual says that these calls
            // fail with EINTR whenever a process is stopped and continued, and their callers know it.
            call.isBlocked = true
            return call
        default: return call
        }
        call.isBlocked = blockingCalls.isPlaceForCode(number, arguments)
        return call
    }

    static func resumed(_ registers: Registers, _ call: InterruptedCall, keepsRestartBlock: Bool) -> Registers {
        var registers = registers
        switch call.continuation {
        case .asIs, .unknown: break
        case .again:
            registers.result = registers[.originalRax]
            registers.programCounter -= systemCallSize
        case .restartBlock where keepsRestartBlock:
            registers.result = calls.restart
            registers.programCounter -= systemCallSize
        case .restartBlock: registers.result = UInt64(bitPattern: InterruptedCall.interrupted)
        }
        // No call is in progress any more, so the kernel must not restart one by itself.
        registers[.originalRax] = UInt64.max
        return registers
    }

    static func entering(_ code: UInt64, _ registers: Registers, stackPointer: UInt64) -> Registers {
        var registers = registers
        registers.programCounter = code
        registers.stackPointer = stackPointer
        registers[.originalRax] = UInt64.max
        // The ABI wants the direction flag clear; the trap flag (0x100) would stop us at each instruction.
        registers[.eflags] &= ~0x500
        return registers
    }

    static func callingSystem(
        _ number: UInt64, _ arguments: [UInt64], at instructions: UInt64, _ registers: Registers, frame: SignalFrame
    ) -> Registers {
        var registers = entering(instructions, registers, stackPointer: frame.chain)
        registers.result = number
        for (name, argument) in zip([Registers.Name.rdi, .rsi, .rdx, .r10, .r8, .r9], arguments) {
            registers[name] = argument
        }
        return registers
    }

    // The stops of rt_sigtimedwait, semop, semtimedop, epoll_pwait2, epoll_wait, epoll_pwait without a time limit.
    private static func waitsForever(_ number: Int, _ arguments: [UInt64]) -> Bool {
        switch number {
        case 65: true
        case 128: arguments[2] == 0
        case 220, 441: arguments[3] == 0
        case 232, 281: Int32(truncatingIfNeeded: arguments[3]) < 0
        default: false
        }
    }
}
