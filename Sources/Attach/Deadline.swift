internal import Glibc

/// A moment on the monotonic clock after which nobody waits any longer.
struct Deadline: Sendable {
    /// Nanoseconds of the monotonic clock.
    let moment: Int64

    init(after duration: Duration) {
        let (seconds, attoseconds) = duration.components
        moment = Self.now &+ seconds &* 1_000_000_000 &+ attoseconds / 1_000_000_000
    }

    /// The earlier of this deadline and one a while from now.
    func atMost(_ duration: Duration) -> Deadline {
        let other = Deadline(after: duration)
        return other.moment < moment ? other : self
    }

    var isOver: Bool { Self.now >= moment }

    static var now: Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }

    /// Sleeps, but never beyond the deadline.
    func pause(microseconds: Int64) {
        let nanoseconds = min(microseconds * 1000, moment - Self.now)
        guard nanoseconds > 0 else { return }
        var time = timespec(tv_sec: Int(nanoseconds / 1_000_000_000), tv_nsec: Int(nanoseconds % 1_000_000_000))
        nanosleep(&time, nil)
    }
}
