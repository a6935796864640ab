/// What the file that holds an interpreter tells about it.
public struct Interpreter: Sendable, Hashable {
    /// The path as the process sees it.
    public var path: String
    /// Whether the file has been removed or replaced since the process started.
    public var isDeleted: Bool
    /// Whether it is a library (libpython), not built into the executable.
    public var isShared: Bool
    /// The version, as exactly as the file tells it.
    public var version: PythonVersion?
    /// Whether it is a build without the global lock; nil when that cannot be told.
    public var isFreeThreaded: Bool?
    /// Whether it publishes where its insides lie (3.13 and later): what remote debugging needs.
    public var hasDebugOffsets: Bool
    /// The functions that the way in by ptrace calls and the file does not name; empty when all are there.
    public var missingSymbols: [String]

    /// The functions that attaching by ptrace calls.
    public static let neededFunctions = [
        "Py_IsInitialized", "PyGILState_Check", "PyGILState_GetThisThreadState", "PyGILState_Ensure",
        "PyGILState_Release", "Py_AddPendingCall", "PyRun_SimpleStringFlags",
    ]

    /// The interpreter's global state, where the mutex and the conditions of the GIL lie.
    public static let runtimeSymbol = "_PyRuntime"

    /// All that attaching by ptrace must find by name.
    public static let neededSymbols = neededFunctions + [runtimeSymbol]

    /// Takes the parts.
    ///
    /// - Parameters:
    ///   - path: The path as the process sees it.
    ///   - isDeleted: Whether the file is gone.
    ///   - isShared: Whether it is a library.
    ///   - version: The version.
    ///   - isFreeThreaded: Whether it is a build without the global lock.
    ///   - hasDebugOffsets: Whether it publishes where its insides lie.
    ///   - missingSymbols: The needed functions it does not name.
    public init(
        path: String, isDeleted: Bool = false, isShared: Bool, version: PythonVersion?, isFreeThreaded: Bool? = nil,
        hasDebugOffsets: Bool = false, missingSymbols: [String] = []
    ) {
        self.path = path
        self.isDeleted = isDeleted
        self.isShared = isShared
        self.version = version
        self.isFreeThreaded = isFreeThreaded
        self.hasDebugOffsets = hasDebugOffsets
        self.missingSymbols = missingSymbols
    }

    /// Reads what a file tells.
    ///
    /// - Parameters:
    ///   - elf: The file.
    ///   - path: The path as the process sees it.
    ///   - isDeleted: Whether that path leads elsewhere now.
    ///   - readsSymbols: Whether to look for ``neededSymbols`` too, which takes the longest; else none counts as missing.
    public init(reading elf: ELFImage, path: String, isDeleted: Bool = false, readsSymbols: Bool = true) {
        let name = path.split(separator: "/").last ?? ""
        let named = PythonVersion(fileName: name)
        let offsets = DebugOffsetsHeader(elf)
        self.init(
            path: path, isDeleted: isDeleted, isShared: name.hasPrefix("libpython"),
            version: offsets?.version ?? Self.versionSymbol(elf) ?? Self.versionText(elf, named: named) ?? named,
            isFreeThreaded: offsets?.isFreeThreaded, hasDebugOffsets: offsets != nil)
        // Before 3.13 there was no such build.
        if isFreeThreaded == nil, let version, version < PythonVersion(3, 13) { isFreeThreaded = false }
        if readsSymbols {
            let found = (try? elf.symbols(named: Set(Self.neededSymbols))) ?? [:]
            missingSymbols = Self.neededSymbols.filter { found[$0] == nil }
        }
    }

    /// Whether a file holds an interpreter, told from its section names and its table of exported names.
    ///
    /// - Parameter elf: The file.
    public static func isHeld(by elf: ELFImage) -> Bool {
        if elf.section(named: ".PyRuntime") != nil { return true }
        // A program that only imports the name has its libpython for itself, and does not define it.
        guard let table = elf.sections.first(where: { $0.type == 11 }), elf.sections.indices.contains(table.link),
            let names = try? elf.bytes(of: elf.sections[table.link]),
            ByteSearch.find(Array("Py_IsInitialized\0".utf8), in: names, from: 0) != nil
        else { return false }
        return ((try? elf.symbols(named: ["Py_IsInitialized"])) ?? [:])["Py_IsInitialized"] != nil
    }

    // 3.11 and later: `const unsigned long Py_Version`.
    private static func versionSymbol(_ elf: ELFImage) -> PythonVersion? {
        guard let symbol = (try? elf.symbols(named: ["Py_Version"]))?["Py_Version"],
            let bytes = elf.bytes(8, atAddress: symbol.address)
        else { return nil }
        return PythonVersion(hex: ByteReader(bytes).u64(0))
    }

    /// Looks for the text that `Py_GetVersion` begins with among the constants.
    ///
    /// The linker may keep it as the end of a longer text (`/usr/lib/python/3.8.18`), so what stands before
    /// it tells nothing, except that a digit or a point would make it part of another number.
    static func versionText(_ elf: ELFImage, named: PythonVersion?) -> PythonVersion? {
        guard let section = elf.section(named: ".rodata"), let bytes = try? elf.bytes(of: section) else { return nil }
        return versionText(in: bytes, named: named)
    }

    static func versionText(in bytes: [UInt8], named: PythonVersion?) -> PythonVersion? {
        let wanted = Array((named.map { "\($0.series)." } ?? "3.").utf8)
        var found: Set<PythonVersion> = []
        var position = 0
        while let start = ByteSearch.find(wanted, in: bytes, from: position) {
            position = start + 1
            if start > 0, isNumeric(bytes[start - 1]) { continue }
            let text = String(decoding: bytes[start...].prefix(16).prefix { $0 != 0 }, as: UTF8.self)
            guard text.utf8.count < 16, let version = PythonVersion(parsing: text), version.micro != nil,
                version.description == text || version.description + "+" == text
            else { continue }
            found.insert(version)
        }
        return found.count == 1 ? found.first : nil
    }

    private static func isNumeric(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: ".") || (byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9"))
    }
}

/// The beginning of the debug offsets that 3.13 and later publish in the `.PyRuntime` section: a mark, the
/// version as a number, and whether the build is free-threaded (`_Py_DebugOffsets`, the same in every version).
struct DebugOffsetsHeader: Sendable, Hashable {
    var version: PythonVersion
    var isFreeThreaded: Bool

    /// Reads the header out of a file, where it stands as it will in memory.
    init?(_ elf: ELFImage) {
        guard let section = elf.section(named: ".PyRuntime"),
            let bytes = elf.bytes(24, atAddress: section.address)
        else { return nil }
        self.init(bytes)
    }

    init?(_ bytes: [UInt8]) {
        let reader = ByteReader(bytes)
        guard bytes.count >= 24, bytes.starts(with: Array("xdebugpy".utf8)),
            let version = PythonVersion(hex: reader.u64(8)), version >= PythonVersion(3, 13)
        else { return nil }
        self.version = version
        isFreeThreaded = reader.u64(16) != 0
    }
}

extension ELFImage {
    /// Bytes of the file by the address they were linked for.
    func bytes(_ count: Int, atAddress address: UInt64) -> [UInt8]? {
        guard
            let segment = segments.first(where: { address >= $0.address && address - $0.address < $0.fileSize }),
            let bytes = try? file.read(count, at: segment.offset + (address - segment.address)), bytes.count == count
        else { return nil }
        return bytes
    }
}
