/// How a line, a script or the whole shell ended.
public struct ExitStatus: RawRepresentable, Sendable, Hashable {
    /// The number that the system's shell sees.
    public let rawValue: Int32

    /// Makes a status of a number.
    public init(rawValue: Int32) { self.rawValue = rawValue }

    /// All was done.
    public static let done = ExitStatus(rawValue: 0)
    /// A command failed.
    public static let failed = ExitStatus(rawValue: 1)
    /// The text could not be understood.
    public static let usage = ExitStatus(rawValue: 2)
    /// The target is missing, or its connection was lost.
    public static let noTarget = ExitStatus(rawValue: 3)
    /// It is not permitted.
    public static let notPermitted = ExitStatus(rawValue: 4)
    /// An expectation failed.
    public static let expectation = ExitStatus(rawValue: 5)
    /// It took too long.
    public static let timedOut = ExitStatus(rawValue: 124)
    /// Someone interrupted it.
    public static let interrupted = ExitStatus(rawValue: 130)
}
