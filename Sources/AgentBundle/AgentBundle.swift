internal import CSondeAgentBundle

/// The Python agent's source, carried inside the binary.
public enum AgentBundle {
    /// The agent's version, which it says in its greeting.
    public static let version = "0.1.0"

    /// One of the agent's files.
    public struct File: Sendable {
        /// The path below the Python folder, such as `sonde_agent/bootstrap.py`.
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
    static let bootstrapPath = "sonde_agent/bootstrap.py"

    /// The path of the file that evaluates trees without a target.
    static let evaluatorPath = "sonde_evaluator.py"

    /// Python source that starts the agent in the process that runs it.
    ///
    /// It is one statement that runs the bootstrap file in a namespace of its own, so that nothing of the target's
    /// `__main__` is read or overwritten; it raises nothing. It is ASCII and has no NUL.
    ///
    /// - Parameter settings: what the agent needs to know.
    public static func source(_ settings: Settings) -> [UInt8] {
        let files = Self.files
        guard let bootstrap = files.first(where: { $0.path == bootstrapPath }) else {
            preconditionFailure("the bundle has no \(bootstrapPath)")
        }
        var source = PythonSource()
        source.write("try:\n __import__('builtins').exec(")
        source.write(literal: bootstrap.contents)
        source.write(",{'__name__':'_sonde_bootstrap','SONDE':{'socket':")
        source.write(literal: settings.socketPath)
        source.write(",'error':")
        source.write(literal: settings.errorPath)
        source.write(",'uid':\(settings.userID),'version':")
        source.write(literal: version)
        source.write(",'sources':{")
        source.write(entries: files.filter { $0.isAgent && $0.path != bootstrapPath })
        source.write("}}})\nexcept BaseException:pass\n")
        return source.bytes
    }

    /// Python source that evaluates checked trees in the interpreter that runs it, a line in, an answer out.
    ///
    /// It is for a process of its own, never for a target: it reads standard input until that ends.
    public static var evaluatorSource: [UInt8] {
        let files = Self.files
        guard let evaluator = files.first(where: { $0.path == evaluatorPath }) else {
            preconditionFailure("the bundle has no \(evaluatorPath)")
        }
        var source = PythonSource()
        source.write("SOURCES={")
        source.write(entries: files.filter(\.isAgent))
        source.write("}\nexec(compile(")
        source.write(literal: evaluator.contents)
        source.write(",'<sonde evaluator>','exec'))\n")
        return source.bytes
    }
}
