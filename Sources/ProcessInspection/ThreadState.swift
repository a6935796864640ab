internal import Glibc

/// What `/proc` tells of one thread: whether it runs, and the system call it sits in.
public struct ThreadState: Sendable {
    /// A system call that a thread is in.
    public struct SystemCall: Sendable, Hashable {
        /// The call's number on this machine.
        public var number: Int
        /// Its six arguments.
        public var arguments: [UInt64]
        /// The thread's stack pointer.
        public var stackPointer: UInt64
        /// The address it will return to.
        public var programCounter: UInt64
    }

    /// The threads of a process, by ascending number; the main thread has the process's own number.
    ///
    /// - Parameter pid: The process.
    /// - Returns: The thread numbers; empty when the process is gone.
    public static func threads(of pid: Int32) -> [Int32] {
        guard let directory = opendir("/proc/\(pid)/task") else { return [] }
        defer { closedir(directory) }
        var threads: [Int32] = []
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if let thread = Int32(name) { threads.append(thread) }
        }
        return threads.sorted()
    }

    /// The state's letter, as in ``ProcessStatus/state``.
    public var letter: Character
    /// When the thread was started, in clock ticks since the machine was: tells a process from a later one of the same number.
    public var startTime: UInt64

    /// Reads a thread's state.
    ///
    /// - Parameters:
    ///   - thread: The thread's number; the process's own for the main thread.
    ///   - pid: The process.
    /// - Throws: ``InspectionError`` when there is none.
    public init(of thread: Int32, in pid: Int32) throws(InspectionError) {
        let path = "/proc/\(pid)/task/\(thread)/stat"
        guard let state = Self(parsing: try File.contents(of: path)) else {
            throw .malformed("\(path) is not understood")
        }
        self = state
    }

    /// Takes the state from the text of a `stat` file.
    ///
    /// - Parameter text: The file's bytes. The command's name in brackets may hold anything, also brackets.
    public init?(parsing text: [UInt8]) {
        guard let bracket = text.lastIndex(of: UInt8(ascii: ")")) else { return nil }
        let fields = text[(bracket + 1)...].split { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\n") }
        guard fields.count > 19, let letter = fields[0].first,
            let start = UInt64(String(decoding: fields[19], as: UTF8.self))
        else { return nil }
        self.letter = Character(Unicode.Scalar(letter))
        startTime = start
    }

    /// The system call that a thread is blocked in.
    ///
    /// - Parameters:
    ///   - thread: The thread's number.
    ///   - pid: The process.
    /// - Returns: The call, or nil when the thread runs or is stopped outside one.
    /// - Throws: ``InspectionError`` when there is no such thread or the kernel does not let us look.
    public static func systemCall(of thread: Int32, in pid: Int32) throws(InspectionError) -> SystemCall? {
        systemCall(parsing: try File.contents(of: "/proc/\(pid)/task/\(thread)/syscall"))
    }

    /// Takes the system call from the text of a `syscall` file.
    ///
    /// - Parameter text: The file's bytes: `running`, or the number, six arguments, stack pointer and program counter.
    public static func systemCall(parsing text: [UInt8]) -> SystemCall? {
        var scanner = LineScanner(text.prefix { $0 != UInt8(ascii: "\n") })
        guard let number = scanner.number(radix: 10) else { return nil }
        var values: [UInt64] = []
        while let value = scanner.number(radix: 16) { values.append(value) }
        guard values.count == 8 else { return nil }
        return SystemCall(
            number: Int(number), arguments: Array(values[..<6]), stackPointer: values[6], programCounter: values[7])
    }
}
