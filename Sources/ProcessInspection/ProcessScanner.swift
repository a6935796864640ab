/// Tells Python processes from others, reading as little of each as it can.
///
/// What a file holds is looked up once for all processes that run it. Not for use by several threads at once.
final class ProcessScanner {
    /// A file on a device.
    private struct FileIdentity: Hashable {
        var device: UInt64
        var inode: UInt64
    }

    /// What an executable is to us.
    private enum Executable {
        /// It has the interpreter built in.
        case interpreter(Interpreter)
        /// It may load one.
        case dynamic
        /// It cannot load anything.
        case fixed
    }

    private let processes: ProcFileSystem
    private let observer: Observer
    private let readsSymbols: Bool
    private let scratch = FileScratch()
    private var executables: [FileIdentity: Executable] = [:]
    private var libraries: [FileIdentity: Interpreter?] = [:]
    /// Mapped files that are named after something else than Python.
    private var others: Set<MappingQuery.FileNumber> = []

    init(_ processes: ProcFileSystem, observer: Observer, readsSymbols: Bool = false) {
        self.processes = processes
        self.observer = observer
        self.readsSymbols = readsSymbols
    }

    /// Looks at one process.
    ///
    /// - Returns: What it is, or nil if it is no Python, or gone.
    func scan(_ pid: Int32) -> PythonProcess? {
        switch scratch.link(processes.path("exe", of: pid)) {
        case .success(let executable):
            guard let interpreter = interpreter(of: pid, executable: executable) else { return nil }
            return describe(pid, executable: executable, interpreter: interpreter)
        case .failure(.notPermitted):
            // The command line is open to everybody; what it says is all there is to go by.
            guard let arguments = arguments(of: pid), let first = arguments.first, Self.isPythonName(first) else {
                return nil
            }
            let interpreter = Interpreter(path: "", isShared: false, version: PythonVersion(fileName: first))
            return describe(pid, executable: "", interpreter: interpreter, arguments: arguments)
        case .failure:
            // A kernel thread, a zombie, or a process that has just gone.
            return nil
        }
    }

    /// The interpreter that a process holds.
    ///
    /// - Returns: The interpreter, or nil when it holds none, or may not be looked into.
    func interpreter(of pid: Int32, executable: String) -> Interpreter? {
        let link = processes.path("exe", of: pid)
        switch kind(of: link, path: executable) {
        case .interpreter(let interpreter): return interpreter
        case .fixed: return nil
        case .dynamic, nil: break
        }
        let isNamed = Self.isPythonName(executable)
        let name = Self.fileName(executable)
        // A program started through its own loader is mapped but is not what runs.
        let isLoader = name.hasPrefix("ld-") || name.hasPrefix("ld.so")
        let prefixes = isLoader ? ["libpython", "python"] : ["libpython"]
        let maps = processes.path("maps", of: pid)
        switch asked(maps, of: pid, prefixes) ?? read(maps, of: pid, prefixes) {
        case .found(let interpreter): return interpreter
        case .unreadable: return isNamed ? named(executable) : nil
        case .none: break
        }
        // The file may be gone or not ours to open, with all that is known in its name.
        return isNamed && kind(of: link, path: executable) == nil ? named(executable) : nil
    }

    /// What the map of a process holds.
    private enum Mapped {
        case found(Interpreter)
        case none
        case unreadable
    }

    /// Asks the kernel for the files one by one; nil where it cannot be asked.
    private func asked(_ maps: String, of pid: Int32, _ prefixes: [String]) -> Mapped? {
        guard var query = MappingQuery(maps) else { return .unreadable }
        while true {
            switch query.next() {
            case .end: return Mapped.none
            case .unsupported: return nil
            case .file(let file):
                guard !others.contains(file), let path = query.path() else { continue }
                let name = Self.fileName(path)
                if prefixes.contains(where: name.hasPrefix), let found = library(path, of: pid) { return .found(found) }
                if !name.hasPrefix("libpython"), !name.hasPrefix("python") { others.insert(file) }
            }
        }
    }

    /// Looks for the files in the text of the map.
    private func read(_ maps: String, of pid: Int32, _ prefixes: [String]) -> Mapped {
        guard let text = scratch.read(maps) else { return .unreadable }
        for prefix in prefixes {
            for path in Self.paths(in: text, containing: "/" + prefix) {
                if let found = library(path, of: pid) { return .found(found) }
            }
        }
        return .none
    }

    private func named(_ executable: String) -> Interpreter {
        Interpreter(path: executable, isShared: false, version: PythonVersion(fileName: executable))
    }

    private func describe(
        _ pid: Int32, executable: String, interpreter: Interpreter, arguments known: [String]? = nil
    ) -> PythonProcess? {
        guard let arguments = known ?? arguments(of: pid), let user = FileScratch.owner(of: processes, pid) else {
            return nil
        }
        let namespaces = Namespaces(
            mount: processes.link("ns/mnt", of: pid), pid: processes.link("ns/pid", of: pid))
        let isContained = namespaces.isContained(seenFrom: observer.namespaces)
        var namespacePid = pid
        if namespaces.pid == nil || namespaces.pid != observer.namespaces.pid,
            let status = try? File.contents(of: processes.path("status", of: pid))
        {
            namespacePid = ProcessStatus(parsing: status).namespacePids.last ?? pid
        }
        let sharesFiles = AgentSocket.sharesFiles(pid, namespacePid: namespacePid, in: processes)
        let places = AgentSocket.places(
            for: pid, namespacePid: namespacePid, sharesFiles: sharesFiles, in: processes)
        return PythonProcess(
            pid: pid, namespacePid: namespacePid, user: user, arguments: arguments, executable: executable,
            interpreter: interpreter.path, version: interpreter.version,
            ways: ways(into: pid, user: user, arguments: arguments, version: interpreter.version),
            container: isContained ? containerName(of: pid, namespaces) : nil, sharesFiles: sharesFiles,
            hasAgent: places.contains { FileScratch.isSocket($0.fromHere, ofUser: user) })
    }

    private func ways(
        into pid: Int32, user: UInt32, arguments: [String], version: PythonVersion?
    ) -> [PythonProcess.Way] {
        let isOurs = user == observer.user && (observer.ptraceScope ?? 0) == 0
        guard (isOurs || observer.mayTraceAnyone) && observer.ptraceScope != 3 else { return [] }
        var isDisabled = false
        if let version, version >= PythonVersion(3, 14) {
            let environment = processes.strings("environ", of: pid) ?? []
            isDisabled = RemoteDebugging.isDisabled(arguments: arguments, environment: environment)
        }
        return PythonProcess.ways(version: version, isRemoteDebuggingDisabled: isDisabled)
    }

    private func containerName(of pid: Int32, _ namespaces: Namespaces) -> String {
        let groups = (try? File.contents(of: processes.path("cgroup", of: pid))) ?? []
        return namespaces.containerName(
            controlGroups: String(decoding: groups, as: UTF8.self), seenFrom: observer.namespaces)
    }

    private func arguments(of pid: Int32) -> [String]? {
        scratch.read(processes.path("cmdline", of: pid)).map { ProcFileSystem.strings(in: $0) }
    }

    /// What an executable is; nil when it cannot be opened.
    private func kind(of link: String, path: String) -> Executable? {
        guard let identity = File.identity(of: link) else { return nil }
        let key = FileIdentity(device: identity.device, inode: identity.inode)
        if let known = executables[key] { return known }
        guard let elf = try? ELFImage(link) else { return nil }
        let kind: Executable
        if Interpreter.isHeld(by: elf) {
            kind = .interpreter(Interpreter(reading: elf, path: path, readsSymbols: readsSymbols))
        } else if elf.kind == .fixed, !elf.sections.isEmpty, elf.section(named: ".interp") == nil {
            kind = .fixed
        } else {
            kind = .dynamic
        }
        executables[key] = kind
        return kind
    }

    /// The interpreter in a mapped file; nil when it holds none, such as `libpython3.so`.
    private func library(_ mapped: String, of pid: Int32) -> Interpreter? {
        var path = mapped
        let mark = " (deleted)"
        let isDeleted = path.hasSuffix(mark)
        if isDeleted { path.removeLast(mark.count) }
        let file = processes.path("root\(path)", of: pid)
        guard !isDeleted, let identity = File.identity(of: file) else {
            guard let version = PythonVersion(fileName: path), version.minor > 0 else { return nil }
            return Interpreter(path: path, isDeleted: isDeleted, isShared: true, version: version)
        }
        let key = FileIdentity(device: identity.device, inode: identity.inode)
        if let known = libraries[key] { return known }
        let found = (try? ELFImage(file)).flatMap {
            Interpreter.isHeld(by: $0) ? Interpreter(reading: $0, path: path, readsSymbols: readsSymbols) : nil
        }
        libraries[key] = .some(found)
        return found
    }

    /// The paths in a `maps` file whose last component begins with the text after the slash, each once.
    static func paths(in maps: UnsafeRawBufferPointer, containing wanted: String) -> [String] {
        let wanted = Array(wanted.utf8)
        var paths: [String] = []
        var position = 0
        while let start = ByteSearch.find(wanted, in: maps, from: position) {
            let end = maps[start...].firstIndex(of: UInt8(ascii: "\n")) ?? maps.count
            guard !maps[(start + 1)..<end].contains(UInt8(ascii: "/")) else {
                // A directory; the file's own name is still to come on this line.
                position = start + 1
                continue
            }
            position = end + 1
            let line = maps[..<start].lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
            // START-END PERMS OFFSET DEVICE INODE PATH: the path begins at the line's first slash.
            guard let slash = maps[line..<end].firstIndex(of: UInt8(ascii: "/")) else { continue }
            let path = String(decoding: maps[slash..<end], as: UTF8.self)
            if paths.last != path { paths.append(path) }
        }
        return paths
    }

    static func isPythonName(_ path: String) -> Bool {
        let name = fileName(path)
        guard name.hasPrefix("python") else { return false }
        // python, python3, python3.13t, python3-dbg, python3.8d; not python-config or pythonista.
        let rest = name.dropFirst(6)
        return rest.isEmpty || rest.first!.isNumber || rest.hasPrefix("-dbg")
    }

    private static func fileName(_ path: String) -> Substring {
        path.lastIndex(of: "/").map { path[path.index(after: $0)...] } ?? path[...]
    }
}
