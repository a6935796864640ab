/// A way into a process. The first two are tried in this order; the last one is only taken when it is asked for.
public enum Way: String, Sendable, Hashable, CaseIterable {
    /// The remote debugging interface that CPython has had since 3.14 (PEP 768).
    case remoteExec = "remote-exec"
    /// Stopping one thread for about a millisecond and making it call into the interpreter.
    case ptrace
    /// Having gdb queue a call that the main thread runs when it is back in the interpreter.
    case gdb
}
