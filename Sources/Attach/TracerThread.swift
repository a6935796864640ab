internal import CSondeSystem
internal import Glibc

/// Runs a piece of work on a thread of its own.
///
/// ptrace belongs to a thread, not to a process: every request must come from the thread that attached. A Swift task
/// may go on on another thread after any suspension, so the work gets a thread that nothing else uses. The thread's
/// end also is the last resort of detaching: the kernel lets go of whatever it still traces.
enum TracerThread {
    /// Runs the work and waits for it without blocking the caller's executor.
    ///
    /// - Parameter work: What to do; it may block, and should end soon once the departure that it is given is told: the
    ///   caller's task is cancelled then, and waits until what was begun has been taken back.
    /// - Returns: What it returned or threw.
    static func run<Success: Sendable>(
        _ work: @escaping @Sendable (Departure) -> Result<Success, AttachError>
    ) async -> Result<Success, AttachError> {
        let departure = Departure()
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                start {
                    continuation.resume(returning: $0.flatMap { work(departure) })
                }
            }
        } onCancel: {
            departure.tell()
        }
    }

    private static func start(_ body: @escaping @Sendable (Result<Void, AttachError>) -> Void) {
        let job = Unmanaged.passRetained(
            Job {
                let thread = sonde_gettid()
                body(.success(()))
                precondition(sonde_gettid() == thread, "the tracer moved to another thread")
            })
        var thread = pthread_t()
        let error = pthread_create(
            &thread, nil,
            { context in
                Unmanaged<Job>.fromOpaque(context!).takeRetainedValue().body()
                return nil
            }, job.toOpaque())
        if error == 0 {
            pthread_detach(thread)
        } else {
            job.release()
            body(.failure(AttachError(.failed, "cannot start a thread: \(SystemError.text(error))")))
        }
    }

    private final class Job: Sendable {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }
}
