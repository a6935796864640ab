/// Where one thread of a target is, read from outside.
public struct ThreadStack: Sendable, Equatable {
    /// One call under way.
    public struct Frame: Sendable, Equatable {
        /// The function.
        public let function: String
        /// The file as the target names it.
        public let file: String
        /// The line it is at; nil where the compiler left none.
        public let line: Int?
        /// The text of the line, if the file can be read.
        public let code: String?

        /// Makes a frame from its parts.
        public init(function: String, file: String, line: Int?, code: String?) {
            self.function = function
            self.file = file
            self.line = line
            self.code = code
        }
    }

    /// Python's own number of the thread.
    public let id: UInt64
    /// The system's number, as the target counts.
    public let nativeID: Int32?
    /// The name that the system knows.
    public let name: String?
    /// What it does: `running`, `waiting`, `disk` or `stopped`; nil when that is not known.
    public let state: String?
    /// Whether it holds its interpreter's lock.
    public let holdsLock: Bool
    /// Whether it moved on while it was read, so that the frames may not belong together.
    public let isChanging: Bool
    /// Whether there are more frames than were read.
    public let isCut: Bool
    /// The calls, innermost first.
    public let frames: [Frame]

    /// Makes a stack from its parts.
    public init(
        id: UInt64, nativeID: Int32? = nil, name: String? = nil, state: String? = nil, holdsLock: Bool = false,
        isChanging: Bool = false, isCut: Bool = false, frames: [Frame]
    ) {
        self.id = id
        self.nativeID = nativeID
        self.name = name
        self.state = state
        self.holdsLock = holdsLock
        self.isChanging = isChanging
        self.isCut = isCut
        self.frames = frames
    }
}
