/// Why a process could not be attached to, in words for the user.
public struct AttachError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What kind of obstacle it was.
    public enum Kind: Sendable, Hashable {
        /// There is no such process.
        case noSuchProcess
        /// The process holds no Python interpreter.
        case notPython
        /// The kernel does not let us.
        case notPermitted
        /// The process ended, or replaced itself by another program, while we were at it.
        case exited
        /// The process is stopped, or traced by somebody else.
        case busy
        /// The interpreter did not come to a place where it runs other code before the deadline.
        case timedOut
        /// This way does not fit this process.
        case unsupported
        /// Something went wrong that should not have.
        case failed
    }

    /// The kind of obstacle.
    public var kind: Kind
    /// One clear line.
    public var message: String
    /// What the user can do about it.
    public var hint: String?
    /// The step of the injection that failed, for bug reports.
    public var step: String?
    /// One line for each way that was tried before and did not apply.
    public var earlier: [String] = []
    /// Whether the obstacle, such as another Sonde, will be gone in a moment.
    var isPassing = false

    /// Makes an error.
    ///
    /// - Parameters:
    ///   - kind: The kind of obstacle.
    ///   - message: One clear line.
    ///   - hint: What the user can do about it.
    ///   - step: The step of the injection that failed.
    public init(_ kind: Kind, _ message: String, hint: String? = nil, step: String? = nil) {
        self.kind = kind
        self.message = message
        self.hint = hint
        self.step = step
    }

    /// The message, with the hint in brackets.
    public var description: String { hint.map { "\(message) (\($0))" } ?? message }

    static func noSuchProcess(_ pid: Int32) -> AttachError {
        AttachError(.noSuchProcess, "there is no process \(pid)")
    }

    static func exited(_ pid: Int32) -> AttachError {
        AttachError(.exited, "process \(pid) ended while it was being attached to")
    }

    static func replaced(_ pid: Int32) -> AttachError {
        AttachError(.exited, "process \(pid) replaced itself by another program while it was being attached to")
    }

    static func failed(_ pid: Int32, _ what: String, errno: Int32, at step: Step) -> AttachError {
        AttachError(
            .failed, "process \(pid): cannot \(what): \(SystemError.text(errno))", step: step.rawValue)
    }
}
