/// The steps of an injection by ptrace, in their order.
///
/// Between any two of them this process may be killed, and the target must go on; the tests kill it after each
/// (``Injector/Options/dieAfter``).
public enum Step: String, Sendable, Hashable, CaseIterable {
    /// The thread is traced but runs on.
    case seized
    /// The thread stands still.
    case stopped
    /// Its registers, vector state and signal mask are known.
    case saved
    /// The frame that restores them lies below its stack's red zone.
    case framed
    /// Its registers point into a chain of calls that ends in that frame.
    case chained
    /// Its signals wait.
    case masked
    /// Memory for source and code is mapped.
    case mapped
    /// Source and code are in it.
    case written
    /// Its registers point at the code.
    case called
    /// The code has come to its end.
    case returned
    /// What is no longer needed is unmapped.
    case unmapped
    /// Its signals are as they were.
    case unmasked
    /// Its registers and vector state are as they were.
    case restored
    /// The thread is no longer traced.
    case detached
}
