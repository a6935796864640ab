internal import ProcessInspection

/// What differs between processors: registers, calling convention, signal frame, numbers, machine code.
///
/// All of it is bytes and numbers, so both machines' parts are compiled and tested on both; only ``NativeMachine`` is chosen
/// by the architecture.
protocol Machine {
    associatedtype Registers: GeneralRegisters
    associatedtype Code: Assembler

    /// The numbers of the system calls that we make or look for.
    static var calls: SystemCallNumbers { get }
    /// The system calls that wait for something outside.
    static var blockingCalls: BlockingCalls { get }
    /// The bytes of an instruction that makes a system call and of one that returns.
    static var systemCallThenReturn: [UInt8] { get }
    /// What a C library or the kernel gives signal handlers to return to, in each known spelling.
    static var signalReturns: [[UInt8]] { get }
    /// To what a code address is aligned, in bytes.
    static var codeAlignment: Int { get }
    /// The size in bytes of the instruction that makes a system call.
    static var systemCallSize: UInt64 { get }
    /// How many bytes below the stack pointer belong to the function that runs.
    static var redZone: UInt64 { get }
    /// The register sets with vector and floating-point state, in the order in which they are written back.
    static var vectorSets: [VectorSet] { get }
    /// Whether the registers of a thread that was stopped in a system call do not tell how it goes on, so that the call has
    /// to be looked at before.
    static var hidesInterruptedCall: Bool { get }
    /// A register set that says which system call is in progress, and its bytes that say none; nil where the general
    /// registers say it.
    static var noSystemCall: (type: Int32, bytes: [UInt8])? { get }

    /// What a standing thread was doing.
    ///
    /// - Parameters:
    ///   - registers: Its registers.
    ///   - instruction: Gives the four bytes of code at an address.
    ///   - seen: The system call it was in just before, if that was looked at.
    static func interruptedCall(
        _ registers: Registers, instruction: (UInt64) -> UInt32?, seen: ThreadState.SystemCall?
    ) -> InterruptedCall

    /// The registers to go on with.
    ///
    /// - Parameters:
    ///   - registers: The registers at the standstill.
    ///   - call: What the thread was doing.
    ///   - keepsRestartBlock: Whether what the kernel keeps for `restart_syscall` is still this call's; if not, the call ends
    ///     with EINTR, as after a signal with a handler.
    static func resumed(_ registers: Registers, _ call: InterruptedCall, keepsRestartBlock: Bool) -> Registers

    /// The registers that begin code of ours.
    static func entering(_ code: UInt64, _ registers: Registers, stackPointer: UInt64) -> Registers

    /// The registers for a system call made by a bare pair of instructions, after which the thread goes on to the frame.
    static func callingSystem(
        _ number: UInt64, _ arguments: [UInt64], at instructions: UInt64, _ registers: Registers, frame: SignalFrame
    ) -> Registers

    /// The frame that brings a thread back.
    ///
    /// - Parameters:
    ///   - resumed: The registers to go on with.
    ///   - below: The stack pointer below whose red zone it belongs.
    ///   - vectors: The bytes of ``vectorSets``, empty for one this processor lacks.
    ///   - mask: The signals that wait.
    ///   - returnAddress: Where code stands that calls `rt_sigreturn`.
    /// - Returns: The frame, or nil when it cannot hold the vector state.
    static func signalFrame(
        _ resumed: Registers, below stackPointer: UInt64, vectors: [[UInt8]], mask: UInt64, returnAddress: UInt64
    ) -> SignalFrame?
}

#if arch(arm64)
    /// This machine.
    typealias NativeMachine = AArch64
#else
    /// This machine.
    typealias NativeMachine = X86_64
#endif

/// The general registers as the kernel gives them for NT_PRSTATUS.
protocol GeneralRegisters: Sendable {
    /// Takes them from bytes; nil when they are not those of a 64-bit program.
    init?(_ bytes: [UInt8])
    var bytes: [UInt8] { get }
    var programCounter: UInt64 { get set }
    var stackPointer: UInt64 { get set }
    /// What a function or system call gave.
    var result: UInt64 { get set }
}

/// A register set of vector or floating-point state.
struct VectorSet: Sendable {
    /// Its number for PTRACE_GETREGSET, in the kernel's `elf.h`.
    let type: Int32
    /// Whether some processors lack it.
    let isOptional: Bool
    /// Whether these bytes are to be written back.
    let isRestored: @Sendable ([UInt8]) -> Bool
}

/// What `rt_sigreturn` takes a thread's whole state from, and where it belongs on the stack.
struct SignalFrame: Sendable {
    /// Where ``bytes`` belong.
    let address: UInt64
    /// The bytes.
    let bytes: [UInt8]
    /// The stack pointer with which `rt_sigreturn` is called.
    let stackPointer: UInt64
    /// The stack pointer with which a function begins that returns to `rt_sigreturn`.
    let chain: UInt64
    /// The address such a function returns to.
    let returnAddress: UInt64
}

/// Numbers of system calls, from the kernel's tables.
struct SystemCallNumbers: Sendable {
    let mmap: UInt64
    let mprotect: UInt64
    let munmap: UInt64
    let getpid: UInt64
    let gettid: UInt64
    let pselect6: UInt64
    let signalReturn: UInt64
    let restart: UInt64
}
