internal import ProcessInspection

/// Linux on aarch64.
///
/// The kernel rewinds an interrupted system call before it tells the tracer (arch/arm64/kernel/signal.c, do_signal): the
/// program counter stands at the `svc` again and the first argument is back, but the kernel's code for how the call goes on
/// is gone. It goes on like that unless the tracer moves the program counter.
enum AArch64: Machine {
    static let calls = SystemCallNumbers(
        mmap: 222, mprotect: 226, munmap: 215, getpid: 172, gettid: 178, pselect6: 72, signalReturn: 139, restart: 128)

    static let blockingCalls = BlockingCalls(
        futex: 98,
        waits: [
            4, 22, 25, 32, 63, 64, 65, 66, 71, 72, 73, 76, 95, 98,  // io_getevents epoll_pwait fcntl flock read … futex
            101, 115, 128, 133, 137, 188, 192, 193,  // nanosleep clock_nanosleep … rt_sigtimedwait msgrcv semop
            202, 203, 206, 207, 211, 212, 242, 243, 260, 269, 441, 449,  // accept … recvmmsg wait4 … futex_waitv
        ],
        endsInterrupted: [4, 22, 137, 192, 193, 441])

    private static let svc: UInt32 = 0xd400_0001

    static let systemCallThenReturn: [UInt8] = [0x01, 0, 0, 0xd4, 0xc0, 0x03, 0x5f, 0xd6]  // svc #0; ret
    // mov x8, #139; svc #0: __kernel_rt_sigreturn in the kernel's part of every program.
    static let signalReturns: [[UInt8]] = [[0x68, 0x11, 0x80, 0xd2, 0x01, 0, 0, 0xd4]]
    static let codeAlignment = 4
    static let systemCallSize: UInt64 = 4
    // The ABI has none; a margin costs nothing.
    static let redZone: UInt64 = 128

    /// NT_PRFPREG, NT_ARM_SVE, and, of the matrix extension, NT_ARM_SSVE and NT_ARM_ZA, which are only looked at.
    static let vectorSets = [
        VectorSet(type: 2, isOptional: false) { _ in true },
        VectorSet(type: 0x405, isOptional: true) { hasScalableState($0) },
        VectorSet(type: 0x40b, isOptional: true) { _ in false },
        VectorSet(type: 0x40c, isOptional: true) { _ in false },
    ]
    static let hidesInterruptedCall = true
    // NT_ARM_SYSTEM_CALL: -1, so that the kernel restarts none by itself.
    static let noSystemCall: (type: Int32, bytes: [UInt8])? = (0x404, [0xff, 0xff, 0xff, 0xff])

    /// struct user_pt_regs: x0 to x30, sp, pc, pstate.
    struct Registers: GeneralRegisters {
        var x: [UInt64]
        var stackPointer: UInt64
        var programCounter: UInt64
        var state: UInt64

        init() {
            x = [UInt64](repeating: 0, count: 31)
            (stackPointer, programCounter, state) = (0, 0, 0)
        }

        init?(_ bytes: [UInt8]) {
            guard bytes.count == 34 * 8 else { return nil }
            let words = stride(from: 0, to: bytes.count, by: 8).map { ByteOrder.u64(bytes, at: $0) }
            x = Array(words[..<31])
            (stackPointer, programCounter, state) = (words[31], words[32], words[33])
            // PSR_MODE32_BIT: a 32-bit program.
            guard state & 0x10 == 0 else { return nil }
        }

        var bytes: [UInt8] {
            var bytes: [UInt8] = []
            for word in x + [stackPointer, programCounter, state] { bytes.append(littleEndian: word) }
            return bytes
        }

        var result: UInt64 {
            get { x[0] }
            set { x[0] = newValue }
        }
    }

    static func interruptedCall(
        _ registers: Registers, instruction: (UInt64) -> UInt32?, seen: ThreadState.SystemCall?
    ) -> InterruptedCall {
        let number = Int(truncatingIfNeeded: registers.x[8])
        let arguments = Array(registers.x[..<6])
        guard instruction(registers.programCounter) == svc else {
            // Or it has ended with EINTR, which the callers of these calls know; its first argument is lost.
            let hasEnded =
                instruction(registers.programCounter &- systemCallSize) == svc
                && Int64(bitPattern: registers.result) == InterruptedCall.interrupted
            return InterruptedCall(isBlocked: hasEnded && blockingCalls.endsInterrupted.contains(number))
        }
        var call = InterruptedCall(
            continuation: .again, isBlocked: blockingCalls.isPlaceForCode(number, arguments),
            futex: number == blockingCalls.futex ? arguments[0] : nil)
        guard hasTimeLeft(number, arguments) else { return call }
        // Made again, it would begin its whole time anew. The kernel knows what is left, if it was in the call indeed and not
        // about to make it.
        let wasInside = seen.map {
            $0.number == number && $0.programCounter == registers.programCounter + systemCallSize
                && $0.stackPointer == registers.stackPointer
        }
        call.continuation = wasInside == true ? .restartBlock : .unknown
        return call
    }

    static func resumed(_ registers: Registers, _ call: InterruptedCall, keepsRestartBlock: Bool) -> Registers {
        var registers = registers
        switch call.continuation {
        case .asIs, .again, .unknown: break
        case .restartBlock where keepsRestartBlock: registers.x[8] = calls.restart
        case .restartBlock:
            registers.result = UInt64(bitPattern: InterruptedCall.interrupted)
            registers.programCounter += systemCallSize
        }
        return registers
    }

    static func entering(_ code: UInt64, _ registers: Registers, stackPointer: UInt64) -> Registers {
        var registers = registers
        registers.programCounter = code
        registers.stackPointer = stackPointer
        // BTYPE (bits 10 and 11), as after an indirect jump, would make the first instruction a fault; SS (21) would stop us
        // at each.
        registers.state &= ~(0xc00 | 1 << 21)
        return registers
    }

    static func callingSystem(
        _ number: UInt64, _ arguments: [UInt64], at instructions: UInt64, _ registers: Registers, frame: SignalFrame
    ) -> Registers {
        var registers = entering(instructions, registers, stackPointer: frame.chain)
        for (index, argument) in arguments.enumerated() { registers.x[index] = argument }
        registers.x[8] = number
        registers.x[30] = frame.returnAddress
        return registers
    }

    // Calls whose time is relative and kept by the kernel (ERESTART_RESTARTBLOCK): nanosleep, clock_nanosleep without
    // TIMER_ABSTIME, restart_syscall itself, FUTEX_WAIT with a time limit. (pselect6 and ppoll write back what is left.)
    private static func hasTimeLeft(_ number: Int, _ arguments: [UInt64]) -> Bool {
        switch number {
        case 101, 128: true
        case 115: arguments[1] & 1 == 0
        case 98: arguments[1] & 0x7f == 0 && arguments[3] != 0
        default: false
        }
    }
}
