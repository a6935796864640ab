/// Reads where the threads of another process's interpreter are, from its memory alone.
///
/// The process is not stopped and does nothing for it: it may hold the interpreter's lock, be deadlocked or stopped.
public struct StackReader {
    private let pid: Int32
    private let runtime: UInt64
    private let memory: StackMemory

    /// Finds the interpreter.
    ///
    /// - Parameter pid: The process.
    /// - Throws: ``InspectionError`` when it is gone, not ours to look into, or has no interpreter that is understood:
    ///   CPython 3.8 to 3.15 with a global lock.
    public init(of pid: Int32) throws(InspectionError) {
        // Opened first: it belongs to the program as it is now, and reaches nothing of one that takes its place.
        let file = try File("/proc/\(pid)/mem")
        guard let image = PythonImage.find(in: pid, map: try MemoryMap(of: pid)) else {
            throw .malformed("process \(pid) holds no Python interpreter")
        }
        let interpreter = Interpreter(reading: image.elf, path: image.path, readsSymbols: false)
        let symbols = try image.symbols(
            named: [Interpreter.runtimeSymbol, "PyCode_Type", "PyUnicode_Type", "PyBytes_Type"])
        guard let version = interpreter.version,
            let runtime = symbols[Interpreter.runtimeSymbol]?.address ?? image.address(ofSection: ".PyRuntime")
        else { throw .malformed("the Python interpreter of process \(pid) does not tell where its state lies") }
        guard interpreter.isFreeThreaded != true, let layout = try Self.layout(version, at: runtime, in: file) else {
            let kind = interpreter.isFreeThreaded == true ? " without a global lock" : ""
            throw .malformed("Python \(version)\(kind) cannot be read from outside, only CPython 3.8 to 3.15")
        }
        self.pid = pid
        self.runtime = runtime
        memory = StackMemory(
            layout: layout,
            types: .init(
                code: symbols["PyCode_Type"]?.address, text: symbols["PyUnicode_Type"]?.address,
                bytes: symbols["PyBytes_Type"]?.address),
            file: file)
    }

    /// The threads, by interpreter, the oldest first.
    ///
    /// - Parameter wanted: Only the thread of this number, Python's or the kernel's; nil takes all.
    /// - Throws: ``InspectionError`` when the interpreter lists none: the process is starting, ending or gone.
    public func threads(_ wanted: UInt64? = nil) throws(InspectionError) -> [PythonThread] {
        guard let list = ThreadList(runtime: runtime, in: memory) else {
            // What cannot be read any more is told as what it is.
            _ = try ProcessStatus(of: pid)
            throw .malformed("the Python interpreter of process \(pid) is starting or shutting down")
        }
        let numbers = ThreadNumbers(of: pid)
        var threads: [PythonThread] = []
        for entry in list.entries {
            let native = entry.nativeID ?? numbers.number(ofThread: entry.id, in: memory)
            if let wanted, entry.id != wanted, native.map({ UInt64($0) }) != wanted { continue }
            let walk = StackWalk(of: entry.address, in: memory)
            let kernel = native.flatMap { numbers.threads[$0] }
            threads.append(
                PythonThread(
                    id: entry.id, nativeID: native, name: kernel?.name, state: kernel?.state,
                    holdsLock: entry.holdsLock, isChanging: walk.isChanging, isCut: walk.isCut, frames: walk.frames))
        }
        return threads
    }

    private static func layout(
        _ version: PythonVersion, at runtime: UInt64, in file: borrowing File
    ) throws(InspectionError) -> StackLayout? {
        if version < PythonVersion(3, 13) { return version.major == 3 ? .measured(minor: version.minor) : nil }
        return DebugOffsets(try file.read(DebugOffsets.sizeToRead, at: runtime)).flatMap { StackLayout($0) }
    }
}
