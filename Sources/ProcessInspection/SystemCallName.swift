/// Names of the system calls that threads are found blocked in.
public enum SystemCallName {
    #if arch(x86_64)
        private static let names: [Int: String] = [
            0: "read", 1: "write", 7: "poll", 17: "pread64", 20: "writev", 23: "select", 34: "pause", 35: "nanosleep",
            42: "connect", 43: "accept", 44: "sendto", 45: "recvfrom", 46: "sendmsg", 47: "recvmsg", 61: "wait4",
            72: "fcntl", 73: "flock", 128: "rt_sigtimedwait", 130: "rt_sigsuspend", 202: "futex",
            230: "clock_nanosleep",
            232: "epoll_wait", 247: "waitid", 270: "pselect6", 271: "ppoll", 281: "epoll_pwait", 288: "accept4",
            426: "io_uring_enter", 441: "epoll_pwait2",
        ]
    #else
        // The generic table, which aarch64 uses.
        private static let names: [Int: String] = [
            22: "epoll_pwait", 25: "fcntl", 32: "flock", 63: "read", 64: "write", 66: "writev", 67: "pread64",
            72: "pselect6", 73: "ppoll", 95: "waitid", 98: "futex", 101: "nanosleep", 115: "clock_nanosleep",
            133: "rt_sigsuspend", 137: "rt_sigtimedwait", 202: "accept", 203: "connect", 206: "sendto", 207: "recvfrom",
            211: "sendmsg", 212: "recvmsg", 242: "accept4", 260: "wait4", 426: "io_uring_enter", 441: "epoll_pwait2",
        ]
    #endif

    /// A system call's name on this machine.
    ///
    /// - Parameter number: The call's number.
    /// - Returns: The name, or `system call N` for one that is not in the table.
    public static func name(of number: Int) -> String { names[number] ?? "system call \(number)" }
}
