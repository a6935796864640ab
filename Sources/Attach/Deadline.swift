internal import Glibc
internal import Synchronization

/// A moment on the monotonic clock after which nobody waits any longer; earlier when whoever waited has gone.
struct Deadline: Sendable {
    /// Nanoseconds of the monotonic clock.
    private let moment: Int64
    private let departure: Departure?

    /// - Parameters:
    ///   - duration: From now.
    ///   - departure: Whose telling it ends the time at once.
    init(after duration: Duration, departure: Departure? = nil) {
        let (seconds, attoseconds) = duration.components
        moment = Self.now &+ seconds &* 1_000_000_000 &+ attoseconds / 1_000_000_000
        self.departure = departure
    }

    /// The earlier of this deadline and one a while from now.
    func atMost(_ duration: Duration) -> Deadline {
        let other = Deadline(after: duration, departure: departure)
        return other.moment < moment ? other : self
    }

    var isOver: Bool { departure?.isTold == true || Self.now >= moment }

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

/// Whether the caller of something that blocks a thread wants it no more.
final class Departure: Sendable {
    private let told = Atomic(false)

    var isTold: Bool { told.load(ordering: .relaxed) }

    func tell() { told.store(true, ordering: .relaxed) }
}
