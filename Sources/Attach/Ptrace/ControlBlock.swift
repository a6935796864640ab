/// The words at the beginning of our memory in the target, through which its code and we talk; the source follows.
struct ControlBlock {
    /// What has become of the source.
    enum State: UInt32 {
        /// It must not run (any more).
        case disarmed = 0
        /// It is to run.
        case armed
        /// It is running.
        case running
        /// It has run.
        case done
    }

    /// What the call on the standing thread came to.
    enum Outcome: UInt32 {
        /// It did not come to its end.
        case none = 0
        /// The interpreter is still starting, or has ended.
        case notInitialized
        /// The interpreter is ending.
        case finalizing
        /// The thread held the GIL: the source runs at the interpreter's next safe point.
        case queued
        /// The interpreter's queue of pending calls is full.
        case queueFull
        /// The thread did not hold the GIL, and was not where other code may run on it.
        case notNow
        /// The source has run.
        case executed
        /// The thread is not one of Python's.
        case noThreadState
    }

    /// What the call may do.
    enum Mode: UInt32 {
        /// Queue the source if the thread holds the GIL, else nothing.
        case queueOnly = 0
        /// Also take the GIL and run the source at once: the thread is blocked at a system call's boundary.
        case mayRun
        /// Queue the source, whether the thread holds the GIL or not.
        case mustQueue
    }

    static let mark: UInt64 = 0x6564_6e6f_5365_646e
    static let stateOffset = 8
    static let outcomeOffset = 12
    static let modeOffset = 16
    static let resultOffset = 12
    static let gilOffset = 24
    static let holdsOffset = 28
    static let sourceOffset = 64

    /// Where it stands in the target.
    let address: UInt64

    var state: UInt64 { address + UInt64(Self.stateOffset) }
    var outcome: UInt64 { address + UInt64(Self.outcomeOffset) }
    var mode: UInt64 { address + UInt64(Self.modeOffset) }
    /// What running the source gave: 0, or anything else when it raised an error. Told from the state's address on.
    var result: UInt64 { state + UInt64(Self.resultOffset) }
    var holds: UInt64 { address + UInt64(Self.holdsOffset) }
    var source: UInt64 { address + UInt64(Self.sourceOffset) }

    /// A state as bytes.
    static func word(_ state: State) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(littleEndian: state.rawValue)
        return bytes
    }

    /// No outcome yet, and what the next call may do, as bytes that stand at ``outcome``.
    static func fresh(_ mode: Mode) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(littleEndian: Outcome.none.rawValue)
        bytes.append(littleEndian: mode.rawValue)
        return bytes
    }

    /// The block and the source as bytes.
    static func bytes(source: [UInt8]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(littleEndian: mark)
        bytes.append(littleEndian: State.armed.rawValue)
        bytes.append(contentsOf: repeatElement(0, count: sourceOffset - bytes.count))
        return bytes + source + [0]
    }
}
