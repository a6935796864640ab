internal import Glibc

/// Signals, handed from their handler through a pipe to a thread that may do more than a handler may.
///
/// Waiting for them with `sigwait` does not do: the main thread's mask is emptied when libdispatch takes it over.
enum Signals {
    private static let caught: [Int32] = [SIGINT, SIGTERM, SIGHUP, SIGWINCH, SIGCONT]

    /// The pipe's writing end; set before a handler is installed, and never again.
    nonisolated(unsafe) private static var writing: Int32 = -1

    /// Whether whoever started us ignores SIGPIPE; set before anything else runs.
    nonisolated(unsafe) private(set) static var brokenPipesWereIgnored = false

    /// Ignores SIGPIPE: a closed pipe is seen as EPIPE.
    static func ignoreBrokenPipes() {
        var before = sigaction()
        sigaction(SIGPIPE, nil, &before)
        brokenPipesWereIgnored = unsafeBitCast(before.__sigaction_handler.sa_handler, to: Int.self) == 1
        signal(SIGPIPE, SIG_IGN)
    }

    /// Catches the signals from now on. To be called once.
    ///
    /// - Parameter handler: Called with each signal, in turn, on a thread for it.
    static func watch(_ handler: @escaping @Sendable (Int32) -> Void) {
        precondition(writing < 0, "signals are watched once")
        var ends: [Int32] = [0, 0]
        precondition(pipe(&ends) == 0, "pipe failed: errno \(errno)")
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        let reading = ends[0]
        writing = ends[1]
        detachThread {
            var signal: UInt8 = 0
            while true {
                if read(reading, &signal, 1) == 1 { handler(Int32(signal)) }
            }
        }
        for signal in caught { install(signal) }
    }

    private static func install(_ signal: Int32) {
        var action = sigaction()
        action.__sigaction_handler.sa_handler = { signal in
            // A handler must leave errno to the code it broke into.
            let before = errno
            var byte = UInt8(truncatingIfNeeded: signal)
            _ = write(Signals.writing, &byte, 1)
            errno = before
        }
        action.sa_flags = SA_RESTART
        sigaction(signal, &action, nil)
    }
}

/// Runs something that blocks on a thread of its own, so that no other task waits behind it.
func detachThread(_ body: @escaping @Sendable () -> Void) {
    final class Box {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }
    var thread = pthread_t()
    let result = pthread_create(
        &thread, nil,
        { argument in
            Unmanaged<Box>.fromOpaque(argument!).takeRetainedValue().body()
            return nil
        }, Unmanaged.passRetained(Box(body)).toOpaque())
    precondition(result == 0, "pthread_create failed: \(result)")
    pthread_detach(thread)
}
