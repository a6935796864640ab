/// What `/proc/PID/status` tells of a process or a thread.
public struct ProcessStatus: Sendable {
    private let fields: [String: String]

    /// Reads the status of a process.
    ///
    /// - Parameter pid: The process, or a thread of it by its number.
    /// - Throws: ``InspectionError`` when there is none.
    public init(of pid: Int32) throws(InspectionError) {
        self.init(parsing: try File.contents(of: "/proc/\(pid)/status"))
    }

    /// Takes the fields from the text of a `status` file.
    ///
    /// - Parameter text: The file's bytes.
    public init(parsing text: [UInt8]) {
        var fields: [String: String] = [:]
        for line in text.split(separator: UInt8(ascii: "\n")) {
            guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { continue }
            let value = line[(colon + 1)...].drop { $0 == UInt8(ascii: "\t") || $0 == UInt8(ascii: " ") }
            fields[String(decoding: line[..<colon], as: UTF8.self)] = String(decoding: value, as: UTF8.self)
        }
        self.fields = fields
    }

    /// A field's text by its name, such as `Seccomp`.
    public subscript(name: String) -> String? { fields[name] }

    /// The command's name, at most 15 bytes.
    public var name: String { fields["Name"] ?? "" }
    /// The state's letter: `R` running, `S` sleeping, `D` in the disk, `T` stopped, `t` traced, `Z` zombie, `X` dead.
    public var state: Character { fields["State"]?.first ?? "?" }
    /// The process that the thread belongs to; the same as the pid for a process.
    public var threadGroup: Int32 { integer("Tgid") ?? 0 }
    /// The process that traces this one, 0 for none.
    public var tracer: Int32 { integer("TracerPid") ?? 0 }
    /// The real user.
    public var realUser: UInt32 { numbers("Uid").first ?? 0 }
    /// The effective user.
    public var effectiveUser: UInt32 { numbers("Uid").dropFirst().first ?? 0 }
    /// The effective group.
    public var effectiveGroup: UInt32 { numbers("Gid").dropFirst().first ?? 0 }
    /// The pid in each namespace the process is seen from, ours first, its own last.
    public var namespacePids: [Int32] { numbers("NSpid").map { Int32(truncatingIfNeeded: $0) } }
    /// How many threads the process has.
    public var threadCount: Int { Int(integer("Threads") ?? 1) }
    /// The seccomp mode: 0 none, 1 strict, 2 filtered.
    public var seccomp: Int { Int(integer("Seccomp") ?? 0) }
    /// The signals that are ignored; bit 0 is signal 1.
    public var ignoredSignals: UInt64 { fields["SigIgn"].flatMap { UInt64($0, radix: 16) } ?? 0 }
    /// Processor features that the thread has turned on, such as `shstk` (a shadow stack).
    public var processorFeatures: [Substring] { (fields["x86_Thread_features"] ?? "").split(separator: " ") }

    private func integer(_ name: String) -> Int32? { fields[name].flatMap { Int32($0) } }

    private func numbers(_ name: String) -> [UInt32] {
        (fields[name] ?? "").split { $0 == "\t" || $0 == " " }.compactMap { UInt32($0) }
    }
}
