internal import Glibc

/// Why something about a process could not be read.
public struct InspectionError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What kind of obstacle it was.
    public enum Kind: Sendable, Hashable {
        /// The process, thread or file is not there (any more).
        case missing
        /// The kernel refused: another user's process, or a policy.
        case notPermitted
        /// What was read is not what it should be.
        case malformed
        /// Another error of the system, by its number.
        case system(Int32)
    }

    /// The kind of obstacle.
    public var kind: Kind
    /// One line for the user.
    public var message: String

    /// The message.
    public var description: String { message }

    /// Makes the error of a failed system call.
    ///
    /// - Parameters:
    ///   - errno: The system's error number.
    ///   - what: What was being done, such as `read /proc/7/maps`.
    public static func system(_ errno: Int32, _ what: String) -> InspectionError {
        let kind: Kind =
            switch errno {
            case ENOENT, ESRCH, ENOTDIR: .missing
            case EACCES, EPERM: .notPermitted
            default: .system(errno)
            }
        return InspectionError(kind: kind, message: "cannot \(what): \(String(cString: strerror(errno)))")
    }

    /// Makes the error of a file whose content is not understood.
    ///
    /// - Parameter what: What is wrong, such as `/bin/x is not an ELF file`.
    public static func malformed(_ what: String) -> InspectionError {
        InspectionError(kind: .malformed, message: what)
    }
}
