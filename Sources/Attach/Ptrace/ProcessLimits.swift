internal import ProcessInspection

/// The limits of a process, from `/proc/PID/limits`.
enum ProcessLimits {
    /// How large the main thread's stack may grow, in bytes; the system's usual 8 MB when nothing is known.
    static func stack(of pid: Int32) -> UInt64 {
        let name = "Max stack size"
        let text = (try? File.contents(of: "/proc/\(pid)/limits")).map { String(decoding: $0, as: UTF8.self) } ?? ""
        guard let line = text.split(separator: "\n").first(where: { $0.hasPrefix(name) }),
            let soft = line.dropFirst(name.count).split(separator: " ").first
        else { return 8 << 20 }
        return UInt64(soft) ?? 1 << 40
    }
}
