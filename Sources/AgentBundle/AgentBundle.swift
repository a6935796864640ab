internal import CSondeAgentBundle
internal import Glibc

/// The Python agent, carried inside the binary.
public enum AgentBundle {
    /// The agent's version, which it says in its greeting.
    public static let version = "0.1.0"

    /// One of the agent's files.
    public struct File: Sendable {
        /// The path below the Python folder, such as `sonde_agent/loop.py`.
        public let path: String
        /// The source, UTF-8.
        public let contents: String

        fileprivate init(_ file: sonde_agent_file) {
            let bytes = UnsafeBufferPointer(start: file.contents, count: file.length)
            path = String(cString: file.path)
            contents = String(decoding: bytes, as: UTF8.self)
        }

        /// Whether it is part of what goes into a target.
        var isAgent: Bool { path.hasPrefix("sonde_agent/") }
    }

    /// Every file of the agent, in the order of their paths.
    public static var files: [File] { (0..<sonde_agent_file_count()).map { File(sonde_agent_file_at($0)) } }

    /// The path of the file that the target runs first.
    static let startPath = "sonde_agent/start.py"

    /// The paths of the files that the agent's thread begins with; the others come through the socket.
    static let firstPaths = [
        "__init__", "arrival", "forks", "frames", "hurry", "importer", "listener", "originals", "signals",
    ].map { "sonde_agent/\($0).py" }

    /// The path of the file that evaluates trees without a target.
    static let evaluatorPath = "sonde_evaluator.py"

    /// Python source that starts the agent in the process that runs it.
    ///
    /// It is one statement that runs the first file in a namespace of its own, so that nothing of the target's
    /// `__main__` is read or overwritten; it raises nothing. It is ASCII and has no NUL. The agent then listens, and asks
    /// the first shell that connects for the ``rest(magic:)``.
    ///
    /// - Parameters:
    ///   - settings: what the agent needs to know.
    ///   - minor: the minor version of the target's CPython, where it is known. A release build may carry the files compiled
    ///     for it; they are used when the number of its bytecode is the very same.
    public static func source(_ settings: Settings, minor: Int? = nil) -> [UInt8] {
        var source = PythonSource()
        source.write("try:\n")
        if let compiled = CompiledAgent.all.first(where: { $0.minor == minor }) {
            let codes = compiled.files
            source.write(" if __import__('_frozen_importlib_external').MAGIC_NUMBER==")
            source.write(code: withUnsafeBytes(of: compiled.magic.littleEndian) { Array($0) })
            source.write(":\n  __import__('builtins').exec(__import__('marshal').loads(")
            source.write(code: code(startPath, of: codes))
            source.write("),")
            source.write(namespace: settings, entries: firstPaths.map { ($0, .code(code($0, of: codes))) })
            source.write(")\n else:\n ")
        }
        source.write(" __import__('builtins').exec(")
        source.write(literal: text(startPath))
        source.write(",")
        source.write(namespace: settings, entries: firstPaths.map { ($0, .text(text($0))) })
        source.write(")\nexcept BaseException:pass\n")
        return source.bytes
    }

    /// What an agent that has just come asks for.
    public struct Rest: Sendable {
        /// Each file's path and text, all separated by NUL; or NUL, and the files as ``CompiledAgent`` has them.
        public let bytes: [UInt8]
        /// Whether it is compiled already.
        public let isCompiled: Bool
    }

    /// The files that an agent that has just come asks for.
    ///
    /// - Parameter magic: The number of its interpreter's bytecode, four bytes read as a little-endian number (PEP 3147); a
    ///   release build may carry the files compiled for it.
    public static func rest(magic: UInt32?) -> Rest {
        if let compiled = CompiledAgent.all.first(where: { $0.magic == magic }) {
            var bytes: [UInt8] = []
            bytes.reserveCapacity(1 + compiled.bytes.count)
            bytes.append(0)
            bytes.append(contentsOf: compiled.bytes)
            return Rest(bytes: bytes, isCompiled: true)
        }
        let rest = files.filter { $0.isAgent && $0.path != startPath && !firstPaths.contains($0.path) }
        let text = rest.flatMap { [$0.path, $0.contents] }.joined(separator: "\0")
        return Rest(bytes: Array(text.utf8), isCompiled: false)
    }

    private static func text(_ path: String) -> String {
        for index in 0..<sonde_agent_file_count() {
            let file = sonde_agent_file_at(index)
            if strcmp(file.path, path) == 0 { return File(file).contents }
        }
        preconditionFailure("the bundle has no \(path)")
    }

    private static func code(_ path: String, of files: [String: CompiledAgent.Bytes]) -> CompiledAgent.Bytes {
        guard let code = files[path] else { preconditionFailure("\(path) was not compiled") }
        return code
    }

    /// Python source that evaluates checked trees in the interpreter that runs it, a line in, an answer out.
    ///
    /// It is for a process of its own, never for a target: it reads standard input until that ends.
    public static var evaluatorSource: [UInt8] {
        var source = PythonSource()
        source.write("SOURCES=")
        source.write(entries: files.filter(\.isAgent).map { ($0.path, .text($0.contents)) })
        source.write("\nexec(compile(")
        source.write(literal: text(evaluatorPath))
        source.write(",'<sonde evaluator>','exec'))\n")
        return source.bytes
    }
}
