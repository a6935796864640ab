/// The kernel's view of a process's threads, by the number that the process itself counts by.
struct ThreadNumbers {
    /// A thread as the kernel shows it.
    struct Entry {
        var name: String
        var state: Character
    }

    private(set) var threads: [Int32: Entry] = [:]

    /// Where the C library keeps a thread's number in the structure that `pthread_self` points to: `tid` of
    /// `struct pthread` in glibc's `nptl/descr.h`, behind a head of 704 (x86-64) or 192 bytes (aarch64) and a list's link.
    #if arch(x86_64)
        private static let placeOfNumber: UInt64 = 720
    #else
        private static let placeOfNumber: UInt64 = 208
    #endif

    /// Reads which threads there are.
    ///
    /// - Parameter pid: The process.
    init(of pid: Int32) {
        for thread in ThreadState.threads(of: pid) {
            guard let status = try? ProcessStatus(of: thread) else { continue }
            threads[status.namespacePids.last ?? thread] = Entry(name: status.name, state: status.state)
        }
    }

    /// A thread's number where the interpreter keeps none (before 3.11), if what the C library keeps is one.
    ///
    /// - Parameters:
    ///   - id: Python's number of the thread, which is what `pthread_self` gives.
    ///   - memory: The process.
    func number(ofThread id: UInt64, in memory: StackMemory) -> Int32? {
        guard let word = memory.bytes(4, at: id &+ Self.placeOfNumber)?.u32(0), let number = Int32(exactly: word),
            threads[number] != nil
        else { return nil }
        return number
    }
}
