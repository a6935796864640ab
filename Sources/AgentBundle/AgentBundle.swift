internal import CSondeAgentBundle

/// The Python agent's source, carried inside the binary.
public enum AgentBundle {
    /// The agent's version, which it says in its greeting.
    public static let version = "0.1.0"

    /// One of the agent's files.
    public struct File: Sendable {
        /// The path below the Python folder, such as `sonde_agent/loop.py`.
        public let path: String
        /// The source, UTF-8.
        public let contents: String

        /// Whether it is part of what goes into a target.
        var isAgent: Bool { path.hasPrefix("sonde_agent/") }
    }

    /// Every file of the agent, in the order of their paths.
    public static var files: [File] {
        (0..<sonde_agent_file_count()).map { index in
            let file = sonde_agent_file_at(index)
            let bytes = UnsafeBufferPointer(start: file.contents, count: file.length)
            return File(path: String(cString: file.path), contents: String(decoding: bytes, as: UTF8.self))
        }
    }

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
    /// the first shell that connects for ``sources``.
    ///
    /// - Parameter settings: what the agent needs to know.
    public static func source(_ settings: Settings) -> [UInt8] {
        let files = Self.files
        var source = PythonSource()
        source.write("try:\n __import__('builtins').exec(")
        source.write(literal: file(startPath, of: files).contents)
        source.write(",{'__name__':'_sonde_start','SONDE':{'socket':")
        source.write(literal: settings.socketPath)
        source.write(",'error':")
        source.write(literal: settings.errorPath)
        source.write(",'uid':\(settings.userID),'patience':\(settings.patience.components.seconds),'version':")
        source.write(literal: version)
        source.write(",'sources':{")
        source.write(entries: firstPaths.map { file($0, of: files) })
        source.write("}}})\nexcept BaseException:pass\n")
        return source.bytes
    }

    /// What an agent that has just come asks for: each file's path and text, all separated by NUL.
    public static var sources: [UInt8] {
        let rest = files.filter { $0.isAgent && $0.path != startPath && !firstPaths.contains($0.path) }
        return Array(rest.flatMap { [$0.path, $0.contents] }.joined(separator: "\0").utf8)
    }

    private static func file(_ path: String, of files: [File]) -> File {
        guard let file = files.first(where: { $0.path == path }) else {
            preconditionFailure("the bundle has no \(path)")
        }
        return file
    }

    /// Python source that evaluates checked trees in the interpreter that runs it, a line in, an answer out.
    ///
    /// It is for a process of its own, never for a target: it reads standard input until that ends.
    public static var evaluatorSource: [UInt8] {
        let files = Self.files
        var source = PythonSource()
        source.write("SOURCES={")
        source.write(entries: files.filter(\.isAgent))
        source.write("}\nexec(compile(")
        source.write(literal: file(evaluatorPath, of: files).contents)
        source.write(",'<sonde evaluator>','exec'))\n")
        return source.bytes
    }
}
