internal import Glibc
internal import ProcessInspection

/// Tells from outside whether a thread waits for something that Python does not decide.
enum BlockedThread {
    /// Whether a thread is blocked in a call that waits for something outside. One that waits for the GIL is about to run.
    ///
    /// - Parameters:
    ///   - thread: The thread.
    ///   - pid: Its process.
    ///   - gil: The interpreter's global state, in which the mutex and the conditions of the GIL lie.
    static func isBlocked(_ thread: Int32, of pid: Int32, gil: Range<UInt64>) -> Bool {
        for look in 0..<2 {
            guard let state = try? ThreadState(of: thread, in: pid), state.letter == "S",
                let call = try? ThreadState.systemCall(of: thread, in: pid)
            else { return false }
            if call.number == NativeMachine.blockingCalls.futex, gil.contains(call.arguments[0]) { return false }
            if look == 0 { usleep(200) }
        }
        return true
    }
}
