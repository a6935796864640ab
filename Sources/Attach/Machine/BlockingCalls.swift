/// Numbers of system calls on this machine.
enum BlockingCalls {
    /// Whether a call waits for a word in memory to change.
    static func isFutex(_ number: Int) -> Bool {
        #if arch(x86_64)
            number == 202
        #else
            number == 98
        #endif
    }
}
