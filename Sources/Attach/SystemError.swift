internal import Glibc

/// The system's own words for its error numbers.
enum SystemError {
    static func text(_ errno: Int32) -> String { String(cString: strerror(errno)) }
}
