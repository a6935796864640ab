/// The words at the beginning of our data in the target, through which its code and we talk; the source follows.
struct ControlBlock {
    /// What has become of the source.
    enum State: UInt32 {
        /// It must not run (any more).
        case disarmed = 0
        /// It is to run.
        case armed
        /// It is running.
        case running
        /// It has run as a pending call, and our memory has been left for us to look at and unmap.
        case done
        /// Its turn as a pending call came in a subinterpreter, where it must not run; our memory has been left.
        case elsewhere
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
        /// The thread is in a subinterpreter.
        case inSubinterpreter
    }

    /// What the call may do.
    enum Mode: UInt32 {
        /// Queue the source if the thread holds the GIL, else nothing.
        case queueOnly = 0
        /// Also take the GIL and run the source at once: the thread is blocked at a system call's boundary.
        case mayRun
        /// Take the GIL and run the source, but queue nothing: another than the main thread could not tell us when it has left
        /// our memory.
        case mayOnlyRun
        /// Queue the source, whether the thread holds the GIL or not.
        case mustQueue
    }

    static let stateOffset = 0
    static let outcomeOffset = 4
    static let modeOffset = 8
    /// What running the source gave: 0, or anything else when it raised an error.
    static let resultOffset = 12
    static let gilOffset = 16
    static let holdsOffset = 20
    /// Whether somebody is there to take the thread over at the code's end.
    static let watchedOffset = 24
    /// The thread on which the call was made.
    static let threadOffset = 28
    /// How long to wait for us at the code's end: a struct timespec.
    static let timeOffset = 32
    /// The thread that ran the pending call, as the target sees it.
    static let runnerOffset = 48
    /// Whether the code has begun.
    static let enteredOffset = 52
    /// An address that is to be compared.
    static let keptOffset = 56
    static let sourceOffset = 64

    /// How long the code waits at its end for us to take the thread over, in nanoseconds.
    static let patience: UInt64 = 100_000_000

    /// Where it stands in the target.
    let address: UInt64

    var state: UInt64 { address + UInt64(Self.stateOffset) }
    var outcome: UInt64 { address + UInt64(Self.outcomeOffset) }
    var result: UInt64 { address + UInt64(Self.resultOffset) }
    var holds: UInt64 { address + UInt64(Self.holdsOffset) }
    var watched: UInt64 { address + UInt64(Self.watchedOffset) }
    var time: UInt64 { address + UInt64(Self.timeOffset) }
    var thread: UInt64 { address + UInt64(Self.threadOffset) }
    var runner: UInt64 { address + UInt64(Self.runnerOffset) }
    var source: UInt64 { address + UInt64(Self.sourceOffset) }

    /// One word as bytes.
    static func word(_ value: UInt32) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(littleEndian: value)
        return bytes
    }

    /// What a new call finds, as bytes that stand at ``outcome``.
    static func fresh(_ mode: Mode, on thread: Int32) -> [UInt8] {
        var bytes: [UInt8] = []
        for value in [Outcome.none.rawValue, mode.rawValue, 0, 0, 0, 1, UInt32(bitPattern: thread)] {
            bytes.append(littleEndian: value)
        }
        bytes.append(littleEndian: UInt64(0))
        bytes.append(littleEndian: patience)
        bytes.append(littleEndian: UInt64(0))
        return bytes
    }

    /// The block and the source as bytes, before any call.
    static func bytes(source: [UInt8]) -> [UInt8] {
        word(State.armed.rawValue) + [UInt8](repeating: 0, count: sourceOffset - 4) + source + [0]
    }
}
