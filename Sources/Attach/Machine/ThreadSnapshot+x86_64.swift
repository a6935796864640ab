#if arch(x86_64)

    internal import CSondeSystem

    /// Everything about a standing thread that calls made on it could change, and the frame that brings it back.
    ///
    /// The frame is the one the kernel builds for a signal handler: the system call `rt_sigreturn` takes general
    /// registers, vector state and signal mask from it in one go. We write it below the red zone of the thread's stack, and
    /// every chain of calls we start ends there. So the thread finds back by itself, wherever in a chain we may be
    /// killed; when all goes well, we restore it ourselves, since only we can restart a call with the time that is left.
    struct ThreadSnapshot {
        /// The general registers.
        let registers: sonde_registers
        /// The vector and floating-point state, in the size this processor has: with AMX more than 8 KB.
        let vectorState: [UInt8]
        /// The signals that wait.
        let mask: UInt64
        /// What the thread was doing.
        let interrupted: InterruptedCall

        /// The x86-64 ABI's 128 bytes below the stack pointer, in which leaf functions keep variables.
        private static let redZone: UInt64 = 128
        private static let legacySize = 576

        /// Reads the state of a standing thread.
        init(of tracee: borrowing Tracee) throws(AttachError) {
            let general = try tracee.registerSet(numericCast(SONDE_NT_PRSTATUS))
            guard general.count == MemoryLayout<sonde_registers>.size else {
                throw AttachError(.unsupported, "process \(tracee.process) is not a 64-bit process")
            }
            registers = general.withUnsafeBytes { $0.loadUnaligned(as: sonde_registers.self) }
            // 0x33 is the kernel's selector for 64-bit code; 0x23 would be code of a 32-bit program.
            guard registers.cs == 0x33 else {
                throw AttachError(.unsupported, "process \(tracee.process) is not a 64-bit process")
            }
            vectorState = try tracee.registerSet(numericCast(SONDE_NT_X86_XSTATE))
            guard vectorState.count >= Self.legacySize else {
                throw AttachError(.unsupported, "the kernel does not tell the vector registers")
            }
            mask = try tracee.signalMask()
            interrupted = InterruptedCall(registers)
        }

        /// Where the vector state lies in the frame.
        private var vectorAddress: UInt64 {
            // Below it the whole size stays readable: newer kernels touch as much as the thread could need.
            (registers.rsp - Self.redZone - UInt64(vectorState.count) - 64) & ~63
        }

        /// Where the stack pointer must stand when `rt_sigreturn` is called.
        var frameAddress: UInt64 {
            (vectorAddress - UInt64(MemoryLayout<sonde_signal_frame>.size)) & ~15
        }

        /// Where a chain begins: the word below the frame, into which the address of `rt_sigreturn` goes.
        var chainAddress: UInt64 { frameAddress - 8 }

        /// The stack pointer for calls made on the thread: below the frame, aligned as the ABI wants it before a call.
        var callStackPointer: UInt64 { (chainAddress - Self.redZone) & ~15 }

        /// The frame with the word before it, to be written at ``chainAddress``.
        ///
        /// - Parameter returnAddress: Where code stands that calls `rt_sigreturn`.
        func frame(returningThrough returnAddress: UInt64) -> [UInt8] {
            // Nobody is there to tell the time that is left, so a call with a time limit ends with EINTR.
            let resumed = interrupted.resumed(registers, keepsRestartBlock: false)
            var frame = sonde_signal_frame()
            // UC_FP_XSTATE: the vector state has the extended format. UC_SIGCONTEXT_SS and UC_STRICT_RESTORE_SS: ss counts.
            frame.flags = 1 | 2 | 4
            // An impossible mode makes the kernel leave the thread's signal stack as it is, which we do not know.
            frame.stack_flags = 0x40
            frame.r8 = resumed.r8
            frame.r9 = resumed.r9
            frame.r10 = resumed.r10
            frame.r11 = resumed.r11
            frame.r12 = resumed.r12
            frame.r13 = resumed.r13
            frame.r14 = resumed.r14
            frame.r15 = resumed.r15
            frame.rdi = resumed.rdi
            frame.rsi = resumed.rsi
            frame.rbp = resumed.rbp
            frame.rbx = resumed.rbx
            frame.rdx = resumed.rdx
            frame.rax = resumed.rax
            frame.rcx = resumed.rcx
            frame.rsp = resumed.rsp
            frame.rip = resumed.rip
            frame.eflags = resumed.eflags
            frame.cs = UInt16(truncatingIfNeeded: resumed.cs)
            frame.ss = UInt16(truncatingIfNeeded: resumed.ss)
            frame.vector_state = vectorAddress
            frame.mask = mask

            var bytes: [UInt8] = []
            bytes.append(littleEndian: returnAddress)
            withUnsafeBytes(of: frame) { bytes.append(contentsOf: $0) }
            bytes.append(contentsOf: repeatElement(0, count: Int(vectorAddress - chainAddress) - bytes.count))
            bytes.append(contentsOf: vectorFrame())
            return bytes
        }

        // The state as a signal frame holds it: what ptrace gives, with the kernel's marks (struct _fpx_sw_bytes) in the
        // area that the processor leaves to software, and one more after it. The size told must not exceed what the kernel
        // has room for in this thread (without permission for AMX that is less than ptrace gives, and then it would
        // silently restore the old registers only): so it ends with the last component that is in use.
        private func vectorFrame() -> [UInt8] {
            let components = ByteOrder.u64(vectorState, at: 512)
            var size = Self.legacySize
            for index in 2..<63 where components & (1 << UInt64(index)) != 0 {
                var offset: UInt32 = 0
                var length: UInt32 = 0
                sonde_vector_component(UInt32(index), &offset, &length)
                size = max(size, Int(offset) + Int(length))
            }
            var bytes = vectorState + [UInt8](repeating: 0, count: 8)
            bytes.replace(at: 464, with: UInt32(0x4650_5853))
            bytes.replace(at: 468, with: UInt32(size + 4))
            bytes.replace(at: 472, with: components | 3)
            bytes.replace(at: 480, with: UInt32(size))
            bytes.replace(at: size, with: UInt32(0x4650_5845))
            return bytes
        }

        /// The registers for a system call made by a bare `syscall; ret`, after which the chain goes on to the frame.
        func registers(callingSystem number: UInt64, _ arguments: [UInt64], at instruction: UInt64) -> sonde_registers {
            var registers = calling(instruction, stackPointer: chainAddress)
            let all = arguments + [UInt64](repeating: 0, count: 6 - arguments.count)
            registers.rax = number
            registers.rdi = all[0]
            registers.rsi = all[1]
            registers.rdx = all[2]
            registers.r10 = all[3]
            registers.r8 = all[4]
            registers.r9 = all[5]
            return registers
        }

        /// The registers that begin our own code.
        func registers(entering code: UInt64) -> sonde_registers { calling(code, stackPointer: callStackPointer) }

        /// The registers with which the thread goes on.
        func resumedRegisters(keepsRestartBlock: Bool) -> sonde_registers {
            interrupted.resumed(registers, keepsRestartBlock: keepsRestartBlock)
        }

        private func calling(_ code: UInt64, stackPointer: UInt64) -> sonde_registers {
            var registers = registers
            registers.rip = code
            registers.rsp = stackPointer
            registers.orig_rax = UInt64.max
            // The ABI wants the direction flag clear; the trap flag (0x100) would stop us at each instruction.
            registers.eflags &= ~0x500
            return registers
        }
    }

#endif
