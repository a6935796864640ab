/// One thread of an interpreter as its memory shows it, and where it is.
public struct PythonThread: Sendable, Hashable {
    /// One call under way.
    public struct Frame: Sendable, Hashable {
        /// The function: its qualified name from 3.11 on, before its plain name.
        public var function: String
        /// The file as the code object names it.
        public var file: String
        /// The line it is at, nil where the compiler left none.
        public var line: Int?
    }

    /// Python's own number of the thread.
    public var id: UInt64
    /// The kernel's number as the process counts, nil before 3.11 where the C library does not tell it.
    public var nativeID: Int32?
    /// The name that the kernel knows, at most 15 bytes.
    public var name: String?
    /// The state's letter, as in ``ProcessStatus/state``.
    public var state: Character?
    /// Whether it held the interpreter's lock.
    public var holdsLock: Bool
    /// Whether its stack never stood still while it was read: the frames may not belong together.
    public var isChanging: Bool
    /// Whether there is more than was read.
    public var isCut: Bool
    /// The calls, innermost first.
    public var frames: [Frame]
}
