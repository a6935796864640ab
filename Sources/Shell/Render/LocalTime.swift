internal import Glibc

/// The time of day where the user is.
enum LocalTime {
    /// How far local time is ahead of UTC, in seconds.
    ///
    /// - Parameter time: seconds since 1970.
    static func offsetFromUTC(at time: Double) -> Int {
        guard time.isFinite, abs(time) < 1e11 else { return 0 }
        var seconds = time_t(time)
        var parts = unsafe tm()
        guard unsafe localtime_r(&seconds, &parts) != nil else { return 0 }
        return unsafe Int(parts.tm_gmtoff)
    }

    /// A time as `HH:MM:SS.mmm`.
    static func text(_ time: Double, offset: Int) -> String {
        guard time.isFinite, abs(time) < 1e11 else { return "\(time)" }
        let total = Int64((time * 1000).rounded(.down)) + Int64(offset) * 1000
        let day = ((total % 86_400_000) + 86_400_000) % 86_400_000
        let two = { (value: Int64) in value < 10 ? "0\(value)" : "\(value)" }
        let milliseconds = String(day % 1000)
        return "\(two(day / 3_600_000)):\(two(day / 60_000 % 60)):\(two(day / 1000 % 60))."
            + String(repeating: "0", count: 3 - milliseconds.count) + milliseconds
    }
}
