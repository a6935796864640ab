/// The system calls of one machine that wait for something outside, by their numbers.
struct BlockingCalls: Sendable {
    /// Waits for a word in memory to change.
    let futex: Int
    /// Calls that wait for other processes, devices, threads or time. A call that is not among them may be made by the
    /// allocator or the loader with their locks held; no Python code may run there.
    let waits: Set<Int>
    /// signal(7): never restarted after a stop. rt_sigtimedwait, semop, io_getevents, semtimedop, epoll_*.
    let endsInterrupted: Set<Int>

    /// Whether a thread in this call is at a place where other code may run on it.
    func isPlaceForCode(_ number: Int, _ arguments: [UInt64]) -> Bool {
        waits.contains(number) && !waitsForMutex(number, arguments)
    }

    // A thread that waits for a C library's mutex may be anywhere, also inside the allocator, or letting the GIL go. That
    // never lasts. glibc waits for a mutex with FUTEX_WAIT (not FUTEX_WAIT_BITSET, as for semaphores, conditions and
    // join) on the value 2; musl's mutexes have the top bit set.
    private func waitsForMutex(_ number: Int, _ arguments: [UInt64]) -> Bool {
        guard number == futex else { return false }
        let value = UInt32(truncatingIfNeeded: arguments[2])
        switch arguments[1] & 0x7f {
        case 0: return value == 2 || value >= 0x8000_0000
        case 9, 11: return false
        default: return true
        }
    }
}
