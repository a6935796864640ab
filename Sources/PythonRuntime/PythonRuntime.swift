internal import Synchronization

/// The CPython embedded in this process: loaded when it is first needed, and then for good.
///
/// It is started isolated, without site packages, and touches neither signal handlers nor the environment nor
/// the locale. A process has one interpreter; a thread of its own runs everything asked of it.
public final class PythonRuntime: Sendable {
    /// The first two numbers of a version, which decide what fits together.
    public struct Series: Sendable, Hashable, Comparable, CustomStringConvertible {
        /// The first number: 3.
        public var major: Int
        /// The second number.
        public var minor: Int

        /// Takes the numbers.
        ///
        /// - Parameters:
        ///   - major: The first number.
        ///   - minor: The second number.
        public init(_ major: Int, _ minor: Int) {
            self.major = major
            self.minor = minor
        }

        /// Both numbers with a point between.
        public var description: String { "\(major).\(minor)" }

        /// Orders by the numbers.
        public static func < (left: Series, right: Series) -> Bool {
            (left.major, left.minor) < (right.major, right.minor)
        }
    }

    /// A library's version.
    public struct Version: Sendable, Hashable, CustomStringConvertible {
        /// The first two numbers.
        public var series: Series
        /// The whole version, such as `3.14.0rc2`.
        public var text: String

        /// The whole version.
        public var description: String { text }

        /// Takes the version from what `Py_GetVersion` answers: `3.11.2 (main, Apr 28 2025, 14:11:48) [GCC 12.2.0]`.
        init?(_ answer: String) {
            text = String(answer.prefix { $0 != " " })
            let numbers = text.split(separator: ".").prefix(2).compactMap { Int($0) }
            guard numbers.count == 2 else { return nil }
            series = Series(numbers[0], numbers[1])
        }
    }

    /// Where a source text is wrong.
    public struct SyntaxProblem: Sendable, Hashable {
        /// The line, the first is 1.
        public var line: Int
        /// The place in the line in code points, the first is 1.
        public var column: Int
        /// What CPython says.
        public var message: String
    }

    /// The series from which on one process can ask another to run a file (PEP 768).
    public static let remoteExecSeries = Series(3, 14)

    /// The library's version.
    public let version: Version
    /// The library's path.
    public let path: String

    private let interpreter: Interpreter
    private let thread: OwnerThread

    private static let loaded = Mutex<PythonRuntime?>(nil)

    private init(_ interpreter: Interpreter, on thread: OwnerThread) {
        self.interpreter = interpreter
        self.thread = thread
        version = interpreter.version
        path = interpreter.path
    }

    /// The embedded CPython, started by the first call.
    ///
    /// A later call gives the same one: a process cannot have two.
    ///
    /// - Parameters:
    ///   - series: The only series that will do, such as a target's; nil for any, the newest first.
    ///   - search: Where it is looked for.
    /// - Returns: The embedded CPython.
    /// - Throws: ``PythonRuntimeError`` when none is found, it cannot be used, or the one that is already
    ///   loaded is of another series.
    public static func load(
        series: Series? = nil, searching search: LibrarySearch = .standard
    ) throws(PythonRuntimeError) -> PythonRuntime {
        let result: Result<PythonRuntime, PythonRuntimeError> = loaded.withLock { loaded in
            do throws(PythonRuntimeError) {
                let runtime: PythonRuntime
                if let known = loaded {
                    runtime = known
                } else {
                    runtime = try start(try Library.open(series: series, search), on: OwnerThread())
                    loaded = runtime
                }
                if let series, series != runtime.version.series {
                    throw .mismatch(runtime.version, target: series, path: runtime.path)
                }
                return .success(runtime)
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }

    private static func start(
        _ library: Library, on thread: OwnerThread
    ) throws(PythonRuntimeError) -> PythonRuntime {
        try PythonRuntime(thread.run { Interpreter.start(library) }.get(), on: thread)
    }

    /// Checks whether a text is a Python program, without running any of it.
    ///
    /// - Parameter source: The text.
    /// - Returns: The first place that is wrong, or nil if it can be compiled.
    /// - Throws: ``PythonRuntimeError`` when the interpreter fails.
    public func checkSyntax(_ source: String) throws(PythonRuntimeError) -> SyntaxProblem? {
        let answer = try call("check", source)
        guard !answer.isEmpty else { return nil }
        let parts = answer.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, let line = Int(parts[0]), let column = Int(parts[1]) else {
            throw .raised("InternalError: not understood: \(answer)")
        }
        return SyntaxProblem(line: line, column: column, message: String(parts[2]))
    }

    /// Evaluates an expression in a namespace of its own. It may do anything, so its source must be trusted.
    ///
    /// - Parameters:
    ///   - source: The expression.
    ///   - setup: Statements to be run in that namespace before.
    /// - Returns: The value's `repr`.
    /// - Throws: ``PythonRuntimeError`` of kind `raised` with what Python raised.
    public func evaluate(_ source: String, setup: String = "") throws(PythonRuntimeError) -> String {
        try result(of: call("evaluate", source, setup))
    }

    /// Asks another process to run a file at its next safe point, with CPython's own `sys.remote_exec`.
    ///
    /// - Parameters:
    ///   - pid: The process, as we count.
    ///   - scriptPath: The file as that process sees it. CPython also wants to find it there from here.
    ///   - target: The series of the process's CPython.
    /// - Throws: ``PythonRuntimeError``: `tooOld` or `mismatch` when this library cannot do it, `raised` when CPython
    ///   refuses, for example with `PermissionError`.
    public func remoteExec(
        pid: Int32, scriptPath: String, target: Series
    ) throws(PythonRuntimeError) {
        guard version.series >= Self.remoteExecSeries else {
            throw .tooOld(version, needed: Self.remoteExecSeries.description, purpose: "remote execution")
        }
        guard version.series == target else { throw .mismatch(version, target: target, path: path) }
        _ = try result(of: call("remote_exec", String(pid), scriptPath))
    }

    /// What a helper answered: `=` and a value, or `!` and an exception.
    private func result(of answer: String) throws(PythonRuntimeError) -> String {
        guard answer.hasPrefix("=") else { throw .raised(String(answer.dropFirst())) }
        return String(answer.dropFirst())
    }

    private func call(_ function: String, _ arguments: String...) throws(PythonRuntimeError) -> String {
        try thread.run { [interpreter] in interpreter.call(function, arguments) }.get()
    }
}
