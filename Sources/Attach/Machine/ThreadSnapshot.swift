internal import CSondeSystem
internal import ProcessInspection

/// Everything about a standing thread that calls made on it could change, and the frame that brings it back.
///
/// The frame is the one the kernel builds for a signal handler: the system call `rt_sigreturn` takes general
/// registers, vector state and signal mask from it in one go. We write it below the red zone of the thread's stack, and
/// every chain of calls we start ends there. So the thread finds back by itself, wherever in a chain we may be
/// killed; when all goes well, we restore it ourselves, since only we can restart a call with the time that is left.
struct ThreadSnapshot: Sendable {
    /// The general registers.
    let registers: NativeMachine.Registers
    /// The vector and floating-point state, a part for each of ``Machine/vectorSets``.
    let vectors: [[UInt8]]
    /// The signals that wait.
    let mask: UInt64
    /// What the thread was doing.
    let interrupted: InterruptedCall
    /// The way back.
    let frame: SignalFrame

    /// Reads the state of a standing thread.
    ///
    /// - Parameters:
    ///   - tracee: The thread.
    ///   - memory: The target's memory.
    ///   - seen: The system call it was in before, where registers do not tell.
    ///   - returnAddress: Where code stands that calls `rt_sigreturn`.
    init(
        of tracee: borrowing Tracee, memory: borrowing TargetMemory, seen: ThreadState.SystemCall?,
        returnAddress: UInt64
    ) throws(AttachError) {
        guard let registers = NativeMachine.Registers(try tracee.registerSet(numericCast(SONDE_NT_PRSTATUS))) else {
            throw AttachError(.unsupported, "process \(tracee.process) is not a 64-bit process")
        }
        self.registers = registers
        var vectors: [[UInt8]] = []
        for set in NativeMachine.vectorSets {
            vectors.append(set.isOptional ? try tracee.optionalRegisterSet(set.type) : try tracee.registerSet(set.type))
        }
        self.vectors = vectors
        mask = try tracee.signalMask()
        interrupted = NativeMachine.interruptedCall(
            registers, instruction: { address in memory.word(at: address) }, seen: seen)
        // Nobody is there to tell the time that is left, so a call with a time limit ends with EINTR.
        let resumed = NativeMachine.resumed(registers, interrupted, keepsRestartBlock: false)
        guard
            let frame = NativeMachine.signalFrame(
                resumed, below: registers.stackPointer, vectors: vectors, mask: mask, returnAddress: returnAddress)
        else {
            throw AttachError(
                .unsupported, "the vector state of process \(tracee.process) cannot be kept",
                hint: "attach in another way, or start its work without the processor's matrix extension")
        }
        self.frame = frame
    }

    /// The registers for a system call made by bare instructions, after which the chain goes on to the frame.
    func registers(
        callingSystem number: UInt64, _ arguments: [UInt64], at instructions: UInt64
    ) -> NativeMachine.Registers {
        NativeMachine.callingSystem(number, arguments, at: instructions, registers, frame: frame)
    }

    /// The registers that begin our own code.
    func registers(entering code: UInt64) -> NativeMachine.Registers {
        // Below the frame, aligned as the ABI wants it before a call.
        NativeMachine.entering(code, registers, stackPointer: (frame.address - NativeMachine.redZone) & ~15)
    }

    /// The registers with which the thread goes on.
    func resumedRegisters(keepsRestartBlock: Bool) -> NativeMachine.Registers {
        NativeMachine.resumed(registers, interrupted, keepsRestartBlock: keepsRestartBlock)
    }
}
