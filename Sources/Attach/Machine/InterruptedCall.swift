/// What a thread was doing when it was brought to a standstill, and how it goes on.
///
/// A system call that a stop interrupts leaves one of the kernel's internal codes in its result, which the program must
/// never see; the kernel would act on it when the thread goes on. As other calls are made on the thread meanwhile, we
/// do what the kernel would have done.
struct InterruptedCall: Equatable {
    /// How the thread goes on.
    enum Continuation: Equatable {
        /// With its registers as they are.
        case asIs
        /// By making the same call again (ERESTARTSYS, ERESTARTNOINTR, ERESTARTNOHAND without a handler).
        case again
        /// By the call `restart_syscall`, for which the kernel keeps what is left of the time (ERESTART_RESTARTBLOCK).
        case restartBlock
        /// It cannot be told: the thread must be let go untouched.
        case unknown
    }

    /// The kernel's EINTR, as a result.
    static let interrupted: Int64 = -4

    /// How the thread goes on.
    var continuation: Continuation = .asIs
    /// Whether it was blocked in a call that waits for something outside, where any lock it may hold is its own
    /// program's affair.
    var isBlocked = false
    /// The word in memory that it waits for to change, if that is what it was blocked in.
    var futex: UInt64?
}
