internal import Glibc

/// Where a CPython library is looked for.
public struct LibrarySearch: Sendable {
    /// The variable that names a library; it is the only one tried then.
    public static let variable = "SONDE_LIBPYTHON"

    /// The newest and the oldest series looked for.
    static let minors = (8...15).reversed()

    /// The library named by the user.
    public var named: String?
    /// The directories of programs; each one's neighbour `lib` is looked into.
    public var programDirectories: [String]
    /// The directories of libraries.
    public var libraryDirectories: [String]
    /// Whether the dynamic loader is asked too, which knows its own cache and `LD_LIBRARY_PATH`.
    public var asksLoader: Bool

    /// Takes the places.
    ///
    /// - Parameters:
    ///   - named: The library named by the user.
    ///   - programDirectories: The directories of programs.
    ///   - libraryDirectories: The directories of libraries.
    ///   - asksLoader: Whether the dynamic loader is asked.
    public init(
        named: String?, programDirectories: [String] = [], libraryDirectories: [String] = [], asksLoader: Bool = false
    ) {
        self.named = named
        self.programDirectories = programDirectories
        self.libraryDirectories = libraryDirectories
        self.asksLoader = asksLoader
    }

    /// The places that this process's environment tells, and the usual ones.
    public static var standard: LibrarySearch {
        func variable(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }
        #if arch(x86_64)
            let triple = "x86_64-linux-gnu"
        #else
            let triple = "aarch64-linux-gnu"
        #endif
        return LibrarySearch(
            named: variable(Self.variable).flatMap { $0.isEmpty ? nil : $0 },
            programDirectories: (variable("PATH") ?? "").split(separator: ":").map(String.init),
            libraryDirectories: ["/usr/lib/\(triple)", "/usr/local/lib", "/usr/lib64", "/usr/lib", "/usr/local/lib64"],
            asksLoader: true)
    }

    /// The libraries to try, best first: what is to be handed to the loader, a path or a bare name.
    ///
    /// - Parameter series: The only series wanted, or nil for any, the newest first.
    func candidates(series: PythonRuntime.Series?) -> [String] {
        if let named { return [named] }
        let minors = series.map { [$0.minor] } ?? Array(Self.minors)
        var candidates: [String] = []
        for minor in minors {
            // The build without the global lock comes second: it is the rarer one to be asked for.
            for name in ["libpython3.\(minor).so.1.0", "libpython3.\(minor)t.so.1.0"] {
                if asksLoader { candidates.append(name) }
                let directories = libraryDirectories + programDirectories.map { Self.libraries(besides: $0) }
                for directory in directories {
                    let path = "\(directory)/\(name)"
                    if !candidates.contains(path), access(path, R_OK) == 0 { candidates.append(path) }
                }
            }
        }
        return candidates
    }

    /// The home that a library belongs to: the directory above it that has its standard library.
    ///
    /// Starting an interpreter that does not find its standard library ends the whole process, so it is looked
    /// for first, and the interpreter is told.
    ///
    /// - Parameters:
    ///   - library: The library's path.
    ///   - series: Its series.
    static func home(of library: String, series: PythonRuntime.Series) -> String? {
        var directory = library
        while let slash = directory.lastIndex(of: "/") {
            directory = String(directory[..<slash])
            for name in ["python\(series)", "python\(series)t"] {
                // A build from a package may differ in which of the two it has; os.py is CPython's own landmark.
                if access("\(directory)/lib/\(name)/os.py", R_OK) == 0 { return directory.isEmpty ? "/" : directory }
            }
        }
        return nil
    }

    private static func libraries(besides programs: String) -> String {
        guard let slash = programs.lastIndex(of: "/") else { return programs }
        return "\(programs[..<slash])/lib"
    }
}
