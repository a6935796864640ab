internal import Glibc

/// The processes of a machine as its `/proc` shows them.
///
/// The directory can be another one, so that hard cases are written down as a tree of small files.
public struct ProcFileSystem: Sendable, Hashable {
    /// The machine's own.
    public static let live = ProcFileSystem(root: "/proc")

    /// The directory, without a slash at its end.
    public var root: String

    /// Takes the directory.
    ///
    /// - Parameter root: The directory, without a slash at its end.
    public init(root: String) { self.root = root }

    /// The path of a process's file.
    ///
    /// - Parameters:
    ///   - name: The file, such as `status`.
    ///   - pid: The process.
    public func path(_ name: String, of pid: Int32) -> String { "\(root)/\(pid)/\(name)" }

    /// This process's number as the directory counts, which is the number in the namespace it was mounted from.
    public var ownPid: Int32? { link("\(root)/self").flatMap { Int32($0) } }

    /// Every process, in no order.
    public var pids: [Int32] {
        guard let directory = opendir(root) else { return [] }
        defer { closedir(directory) }
        var pids: [Int32] = []
        while let entry = readdir(directory) {
            let pid = withUnsafeBytes(of: &entry.pointee.d_name) { Self.number($0) }
            if let pid { pids.append(pid) }
        }
        return pids
    }

    /// Whether there is such a process (or thread).
    public func exists(_ pid: Int32) -> Bool { pid > 0 && access("\(root)/\(pid)", F_OK) == 0 }

    /// The text of a process's link, such as `ns/pid`.
    ///
    /// - Returns: The text, or nil when the process has none or the kernel does not let us look.
    func link(_ name: String, of pid: Int32) -> String? { link(path(name, of: pid)) }

    /// The text of a link anywhere.
    func link(_ path: String) -> String? { try? File.link(at: path) }

    /// A process's file as its zero-separated strings, such as `cmdline`.
    ///
    /// - Returns: The strings, or nil when the file cannot be read.
    func strings(_ name: String, of pid: Int32) -> [String]? {
        guard let bytes = try? File.contents(of: path(name, of: pid)) else { return nil }
        return Self.strings(in: bytes)
    }

    /// Takes zero-separated strings apart. A process that writes its own title leaves zeros behind it.
    static func strings(in bytes: some Collection<UInt8>) -> [String] {
        var strings = bytes.split(separator: 0, omittingEmptySubsequences: false).map {
            String(decoding: $0, as: UTF8.self)
        }
        while strings.last?.isEmpty == true { strings.removeLast() }
        return strings
    }

    private static func number(_ name: UnsafeRawBufferPointer) -> Int32? {
        var value: Int32 = 0
        var digits = 0
        for byte in name {
            guard byte != 0 else { break }
            guard byte >= 48, byte <= 57, digits < 9 else { return nil }
            value = value * 10 + Int32(byte - 48)
            digits += 1
        }
        return digits > 0 ? value : nil
    }
}
