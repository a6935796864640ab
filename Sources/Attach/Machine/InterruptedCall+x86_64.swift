#if arch(x86_64)

    internal import CSondeSystem

    /// What a thread was doing when it was brought to a standstill, and how it goes on.
    ///
    /// A system call that a stop interrupts leaves one of the kernel's internal codes in `rax`, which the program must
    /// never see; the kernel would act on it when the thread goes on. As other calls are made on the thread meanwhile, we
    /// do what the kernel would have done: put the program counter back on the instruction and the number back in `rax`.
    struct InterruptedCall {
        /// How the thread goes on.
        enum Continuation: Equatable {
            /// With its registers as they are.
            case asIs
            /// By making the same call again (ERESTARTSYS, ERESTARTNOINTR, ERESTARTNOHAND without a handler).
            case again
            /// By the call `restart_syscall`, for which the kernel keeps what is left of the time (ERESTART_RESTARTBLOCK).
            case restartBlock
        }

        /// How the thread goes on.
        let continuation: Continuation
        /// Whether it was blocked in a call that waits for something outside, where any lock it may hold is its own
        /// program's affair.
        let isBlocked: Bool
        /// The word in memory that it waits for to change, if that is what it was blocked in.
        let futex: UInt64?

        private static let interrupted: Int64 = -4
        private static let restartCall: UInt64 = 219

        init(_ registers: sonde_registers) {
            let number = Int64(bitPattern: registers.orig_rax)
            guard number >= 0 else {
                continuation = .asIs
                isBlocked = false
                futex = nil
                return
            }
            futex = number == 202 ? registers.rdi : nil
            switch Int64(bitPattern: registers.rax) {
            case -512, -513, -514: continuation = .again
            case -516: continuation = .restartBlock
            case Self.interrupted where Self.waitsForever(number, registers): continuation = .again
            case Self.interrupted where Self.endsInterrupted.contains(number):
                // With a time limit, of which nobody knows how much is left: the kernel's manual says that these calls
                // fail with EINTR whenever a process is stopped and continued, and their callers know it.
                continuation = .asIs
                isBlocked = true
                return
            default:
                continuation = .asIs
                isBlocked = false
                return
            }
            isBlocked = Self.waits.contains(number) && !Self.waitsForMutex(number, registers)
        }

        /// The registers to go on with.
        ///
        /// - Parameters:
        ///   - registers: The registers at the standstill.
        ///   - keepsRestartBlock: Whether what the kernel keeps for `restart_syscall` is still this call's; if not, the call
        ///     ends with EINTR, as after a signal with a handler.
        func resumed(_ registers: sonde_registers, keepsRestartBlock: Bool) -> sonde_registers {
            var registers = registers
            switch continuation {
            case .asIs: break
            case .again:
                registers.rax = registers.orig_rax
                registers.rip -= 2
            case .restartBlock where keepsRestartBlock:
                registers.rax = Self.restartCall
                registers.rip -= 2
            case .restartBlock: registers.rax = UInt64(bitPattern: Self.interrupted)
            }
            // No call is in progress any more, so the kernel must not restart one by itself.
            registers.orig_rax = UInt64.max
            return registers
        }

        // Calls that wait for other processes, devices, threads or time. A call that is not among them may be made by the
        // allocator or the loader with their locks held; no Python code may run there.
        private static let waits: Set<Int64> = [
            0, 1, 7, 19, 20, 23, 34, 35, 40, 42, 43, 44, 45, 46, 47,  // read … poll select pause nanosleep … recvmsg
            61, 65, 70, 72, 73, 128, 130, 202, 208, 219, 220, 230, 232,  // wait4 … futex … restart_syscall … epoll_wait
            247, 270, 271, 275, 281, 288, 299, 307, 441, 449,  // waitid pselect6 ppoll … epoll_pwait2 futex_waitv
        ]

        // signal(7): never restarted after a stop. rt_sigtimedwait, semop, io_getevents, semtimedop, epoll_*.
        private static let endsInterrupted: Set<Int64> = [65, 128, 208, 220, 232, 281, 441]

        private static func waitsForever(_ number: Int64, _ registers: sonde_registers) -> Bool {
            switch number {
            case 65: true
            case 128: registers.rdx == 0
            case 220, 441: registers.r10 == 0
            case 232, 281: Int32(truncatingIfNeeded: registers.r10) < 0
            default: false
            }
        }

        // A thread that waits for a C library's mutex may be anywhere, also inside the allocator, or letting the GIL go. That
        // never lasts. glibc waits for a mutex with FUTEX_WAIT (not FUTEX_WAIT_BITSET, as for semaphores, conditions and
        // join) on the value 2; musl's mutexes have the top bit set.
        private static func waitsForMutex(_ number: Int64, _ registers: sonde_registers) -> Bool {
            guard number == 202 else { return false }
            let operation = registers.rsi & 0x7f
            let value = UInt32(truncatingIfNeeded: registers.rdx)
            switch operation {
            case 0: return value == 2 || value >= 0x8000_0000
            case 9, 11: return false
            default: return true
            }
        }
    }

#endif
