/// A way into a process, in the order in which they are tried.
public enum Way: String, Sendable, Hashable, CaseIterable {
    /// The remote debugging interface that CPython has had since 3.14 (PEP 768).
    case remoteExec = "remote-exec"
    /// Stopping one thread for about a millisecond and making it call into the interpreter.
    case ptrace
}
