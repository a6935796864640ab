/// The states of threads, as the interpreters of a process list them.
struct ThreadList {
    /// One thread's state.
    struct Entry: Hashable {
        var address: UInt64
        var id: UInt64
        var nativeID: Int32?
        var holdsLock: Bool
    }

    /// By interpreter, the main one first, and by age: the oldest thread first.
    var entries: [Entry] = []

    /// More are not followed.
    private static let mostInterpreters = 1_000
    /// More are not followed, in all interpreters together.
    static let mostThreads = 10_000

    /// Reads the lists.
    ///
    /// - Parameters:
    ///   - runtime: The address of the global state.
    ///   - memory: The process.
    /// - Returns: Nil when no interpreter is there: the process is starting or shutting down, or not what it is taken for.
    init?(runtime: UInt64, in memory: StackMemory) {
        let layout = memory.layout
        guard var interpreter = memory.word(at: runtime &+ layout.runtimeInterpretersHead), interpreter != 0 else {
            return nil
        }
        for _ in 0..<Self.mostInterpreters where interpreter != 0 && entries.count < Self.mostThreads {
            let holder = Self.lockHolder(interpreter, runtime, memory)
            // A list is read again when a thread came or went meanwhile.
            var threads: [Entry]?
            for _ in 0..<StackWalk.attempts where threads == nil {
                threads = Self.threads(of: interpreter, holder, memory)
            }
            guard let threads, let next = memory.word(at: interpreter &+ layout.interpreterNext) else {
                if entries.isEmpty { return nil }
                return
            }
            // Both lists begin with the newest.
            entries = threads.reversed() + entries
            interpreter = next
        }
    }

    private static func threads(
        of interpreter: UInt64, _ holder: UInt64?, _ memory: StackMemory
    ) -> [Entry]? {
        let layout = memory.layout
        guard var thread = memory.word(at: interpreter &+ layout.interpreterThreadsHead) else { return nil }
        var entries: [Entry] = []
        for _ in 0..<mostThreads where thread != 0 {
            guard memory.word(at: thread &+ layout.threadInterpreter) == interpreter,
                let id = memory.word(at: thread &+ layout.threadID),
                let next = memory.word(at: thread &+ layout.threadNext)
            else { return nil }
            let native = layout.threadNativeID.flatMap { memory.word(at: thread &+ $0) }
            // A state that no thread has begun to use has no number yet.
            if id != 0 {
                entries.append(
                    Entry(
                        address: thread, id: id, nativeID: native.flatMap { Int32(exactly: $0) },
                        holdsLock: thread == holder))
            }
            thread = next
        }
        return entries
    }

    /// The state of the thread that holds the interpreter's lock; nil when none does.
    private static func lockHolder(
        _ interpreter: UInt64, _ runtime: UInt64, _ memory: StackMemory
    ) -> UInt64? {
        let layout = memory.layout
        let lock: UInt64? =
            switch layout.lock {
            case .runtime(let offset): runtime &+ offset
            case .interpreter(let offset): memory.word(at: interpreter &+ offset)
            }
        guard let lock, memory.bytes(4, at: lock &+ layout.lockIsHeld)?.u32(0) == 1 else { return nil }
        return memory.word(at: lock &+ layout.lockHolder)
    }
}
