internal import Glibc

/// A thread that runs what it is given, one piece after the other, while the one who gave it waits.
///
/// The interpreter is started by one thread and used by no other: its thread state, its idea of the main thread
/// and the size of the stack it may count on are that thread's.
final class OwnerThread: @unchecked Sendable {
    // Everything mutable here is touched with `mutex` held.
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let changed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var waiting: [() -> Void] = []

    /// Starts the thread, which lives as long as the process.
    ///
    /// - Parameter stackSize: Its stack in bytes: CPython's compiler is recursive.
    init(stackSize: Int = 16 << 20) {
        pthread_mutex_init(mutex, nil)
        pthread_cond_init(changed, nil)
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        pthread_attr_setstacksize(&attributes, stackSize)
        pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        var thread = pthread_t()
        let owner = Unmanaged.passRetained(self).toOpaque()
        let result = pthread_create(
            &thread, &attributes,
            { argument in
                Unmanaged<OwnerThread>.fromOpaque(argument!).takeUnretainedValue().work()
                return nil
            }, owner)
        pthread_attr_destroy(&attributes)
        precondition(result == 0, "a thread cannot be started: \(result)")
    }

    /// Runs a piece of work on the thread and waits for it. The work must not call this again.
    ///
    /// - Parameter body: The work.
    /// - Returns: What it gave.
    func run<Result: Sendable>(_ body: @escaping @Sendable () -> Result) -> Result {
        let job = Job(body)
        enqueue { job.run() }
        return job.wait()
    }

    /// One piece of work and the place of its result.
    private final class Job<Result: Sendable>: @unchecked Sendable {
        // Written before `done` is posted, read after it was waited for.
        private var result: Result?
        private let body: @Sendable () -> Result
        private let done = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)

        init(_ body: @escaping @Sendable () -> Result) {
            self.body = body
            sem_init(done, 0, 0)
        }

        deinit {
            sem_destroy(done)
            done.deallocate()
        }

        func run() {
            result = body()
            sem_post(done)
        }

        func wait() -> Result {
            while sem_wait(done) != 0 {}
            return result!
        }
    }

    private func enqueue(_ work: @escaping () -> Void) {
        pthread_mutex_lock(mutex)
        waiting.append(work)
        pthread_cond_signal(changed)
        pthread_mutex_unlock(mutex)
    }

    private func work() {
        while true {
            pthread_mutex_lock(mutex)
            while waiting.isEmpty { pthread_cond_wait(changed, mutex) }
            let next = waiting.removeFirst()
            pthread_mutex_unlock(mutex)
            next()
        }
    }
}
