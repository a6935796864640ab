internal import CSondeSystem
internal import Glibc

/// The text of source lines, as another process would read it: through its own root directory.
///
/// The paths come out of that process's memory. They lead nowhere outside its root, and only to plain files.
public struct SourceLines: ~Copyable {
    /// Larger files are not read, in bytes.
    private static let largest = 4 << 20
    /// More files are not read.
    private static let mostFiles = 500

    /// The root directory, -1 when it cannot be opened.
    private let root: Int32
    private let directory: String?
    private var files: [String: [String]] = [:]

    /// Prepares to read for a process.
    ///
    /// - Parameter pid: The process.
    public init(of pid: Int32) {
        root = open("/proc/\(pid)/root", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        // Before 3.9 a script's path is as it was written on the command line.
        directory = try? File.link(at: "/proc/\(pid)/cwd")
    }

    deinit { if root >= 0 { close(root) } }

    /// A line without the space around it.
    ///
    /// - Parameters:
    ///   - number: The line's number, from 1.
    ///   - path: The file as the code object names it.
    /// - Returns: Nil when there is no such file or line.
    public mutating func line(_ number: Int, of path: String) -> String? {
        if files[path] == nil, files.count < Self.mostFiles { files[path] = read(path) }
        guard let lines = files[path], lines.indices.contains(number - 1) else { return nil }
        let line = lines[number - 1].drop { $0.isWhitespace }
        return String(
            line.prefix(upTo: line.lastIndex { !$0.isWhitespace }.map { line.index(after: $0) } ?? line.startIndex))
    }

    private func read(_ path: String) -> [String] {
        guard root >= 0, !path.isEmpty, !path.hasPrefix("<"), !path.contains("\0"),
            let whole = path.hasPrefix("/") ? path : directory.map({ "\($0)/\(path)" })
        else { return [] }
        let descriptor = sonde_open_within(root, whole)
        guard descriptor >= 0 else { return [] }
        let file = File(descriptor: descriptor, path: whole)
        var information = stat()
        guard fstat(descriptor, &information) == 0, information.st_mode & S_IFMT == S_IFREG,
            information.st_size <= Self.largest, let bytes = try? file.read(Int(information.st_size), at: 0)
        else { return [] }
        // A carriage return before a line feed goes with the space around the line.
        return bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            .map { String(decoding: $0, as: UTF8.self) }
    }
}
