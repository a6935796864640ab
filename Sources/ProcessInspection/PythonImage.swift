/// The file in a process that holds the Python interpreter: libpython, or an executable with it built in.
///
/// It is found by what is mapped, not by `/proc/PID/exe`: a Python started through its own loader has the
/// loader for its executable, and an embedding program has any name.
public struct PythonImage: Sendable {
    /// The path as the process sees it.
    public var path: String
    /// Whether the file has been removed or replaced since the process started.
    public var isDeleted: Bool
    /// The file, opened through the process's own view of the file system.
    public var elf: ELFImage
    /// What to add to a linked address to have the one in the process.
    public var loadBias: UInt64

    /// Finds the interpreter in a process.
    ///
    /// - Parameters:
    ///   - pid: The process.
    ///   - map: Its memory map.
    /// - Returns: The interpreter, or nil when the process holds none.
    public static func find(in pid: Int32, map: MemoryMap) -> PythonImage? {
        let files = map.files.filter { $0.path.hasPrefix("/") }
        // An interpreter is nearly always named after Python; the executable may hold one under any name, and
        // all other files are asked last.
        let named = files.filter { isPythonName($0.path) }
        let executable = (try? File.link(at: "/proc/\(pid)/exe")).flatMap { path in files.first { $0.path == path } }
        var asked: Set<MemoryMap.Region> = []
        for region in named + (executable.map { [$0] } ?? []) where asked.insert(region).inserted {
            if let image = open(region, of: pid), image.isInterpreter { return image }
        }
        return nil
    }

    /// Opens a file that a process has mapped.
    ///
    /// - Parameters:
    ///   - region: The first region of the file.
    ///   - pid: The process.
    /// - Returns: The file with its load bias, or nil when it cannot be opened or is no ELF file.
    public static func open(_ region: MemoryMap.Region, of pid: Int32) -> PythonImage? {
        // The path through the process's own root, so that containers work; when the file was replaced, the
        // kernel's own link to what is mapped (which needs more rights), or the executable's.
        let candidates =
            (region.isDeleted ? [] : ["/proc/\(pid)/root\(region.path)"])
            + [
                "/proc/\(pid)/map_files/\(String(region.start, radix: 16))-\(String(region.end, radix: 16))",
                "/proc/\(pid)/exe",
            ]
        for path in candidates where File.identity(of: path)?.inode == region.inode {
            if let elf = try? ELFImage(path), let bias = elf.loadBias(in: region) {
                return PythonImage(path: region.path, isDeleted: region.isDeleted, elf: elf, loadBias: bias)
            }
        }
        return nil
    }

    /// The address in the process of each of the named symbols that is defined.
    ///
    /// - Parameter names: The names.
    /// - Returns: First address and size of each.
    /// - Throws: ``InspectionError`` when the file's tables cannot be read.
    public func symbols(named names: Set<String>) throws(InspectionError) -> [String: ELFImage.Symbol] {
        try elf.symbols(named: names).mapValues { .init(address: $0.address &+ loadBias, size: $0.size) }
    }

    /// The address in the process of a section, such as `.PyRuntime`.
    ///
    /// - Parameter name: The section's name.
    public func address(ofSection name: String) -> UInt64? {
        elf.section(named: name).map { $0.address &+ loadBias }
    }

    // libpython3.so, the stable interface's stub, has the name but not the interpreter.
    private var isInterpreter: Bool {
        guard let found = try? elf.symbols(named: ["Py_IsInitialized", "_PyRuntime"]) else { return false }
        return !found.isEmpty || elf.section(named: ".PyRuntime") != nil
    }

    private static func isPythonName(_ path: String) -> Bool {
        guard let slash = path.lastIndex(of: "/") else { return false }
        let name = path[path.index(after: slash)...]
        // Extension modules are libraries too (`_python_x.cpython-311-x86_64-linux-gnu.so`), and are not meant.
        return name.hasPrefix("libpython") || name.hasPrefix("python")
    }
}
