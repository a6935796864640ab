internal import Glibc

/// The processor time that the calling thread has used: a busy machine does not change it.
package enum ThreadClock {
    /// Milliseconds since the thread began.
    package static var milliseconds: Double {
        var time = timespec(tv_sec: 0, tv_nsec: 0)
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) * 1e3 + Double(time.tv_nsec) / 1e6
    }
}
