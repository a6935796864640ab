/// Why the embedded CPython cannot be used, or what it answered with.
public struct PythonRuntimeError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What kind of failure it is.
    public enum Kind: Sendable, Hashable {
        /// No library was found.
        case noLibrary
        /// A library is there but cannot be loaded or started.
        case unusable
        /// The library is older than what was asked of it.
        case tooOld
        /// The library is of another version than the target.
        case mismatch
        /// Python raised an exception of this type.
        case raised(type: String)
    }

    /// The kind of failure.
    public var kind: Kind
    /// One line for the user.
    public var message: String
    /// What the user can do about it.
    public var hint: String?

    /// The message, with the hint behind it.
    public var description: String { hint.map { "\(message) (\($0))" } ?? message }

    static func noLibrary(_ what: String) -> PythonRuntimeError {
        PythonRuntimeError(
            kind: .noLibrary, message: "no \(what) library was found",
            hint: "install libpython3-dev, or name one in \(LibrarySearch.variable)")
    }

    static func unusable(_ path: String, _ why: String) -> PythonRuntimeError {
        PythonRuntimeError(kind: .unusable, message: "cannot use \(path): \(why)")
    }

    static func tooOld(_ version: PythonRuntime.Version, needed: String, purpose: String) -> PythonRuntimeError {
        PythonRuntimeError(
            kind: .tooOld, message: "\(purpose) needs CPython \(needed) or later; the library is \(version)")
    }

    static func mismatch(
        _ version: PythonRuntime.Version, target: PythonRuntime.Series, path: String
    ) -> PythonRuntimeError {
        PythonRuntimeError(
            kind: .mismatch, message: "the target runs CPython \(target), the library \(path) is \(version)",
            hint: "\(LibrarySearch.variable) can name a libpython\(target)")
    }

    static func raised(_ text: String) -> PythonRuntimeError {
        let type = text.prefix { $0 != ":" }
        return PythonRuntimeError(kind: .raised(type: String(type)), message: text)
    }
}
