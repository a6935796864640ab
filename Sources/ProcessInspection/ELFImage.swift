internal import Glibc

/// A 64-bit little-endian ELF file: its segments, sections and symbols.
///
/// Only what is asked for is read, by position, and every size in the file is taken with suspicion: the file
/// belongs to somebody else.
public final class ELFImage: Sendable {
    /// What kind of file it is.
    public enum Kind: Sendable, Hashable {
        /// Runs only at the addresses it was linked for (not PIE).
        case fixed
        /// A shared library or a position-independent executable.
        case relocatable
        /// Anything else, such as an object file or a core dump.
        case other(UInt16)
    }

    /// One loadable part of the file.
    public struct Segment: Sendable, Hashable {
        /// Where it begins in the file.
        public var offset: UInt64
        /// The address it was linked for.
        public var address: UInt64
        /// How many bytes of it stand in the file.
        public var fileSize: UInt64
        /// How many bytes it takes in memory.
        public var memorySize: UInt64
        /// Whether code in it can run.
        public var isExecutable: Bool
    }

    /// One section of the file.
    public struct Section: Sendable, Hashable {
        /// The name, such as `.PyRuntime`.
        public var name: String
        /// The type, such as 2 for a symbol table.
        public var type: UInt32
        /// The address it was linked for, 0 when it is not loaded.
        public var address: UInt64
        /// Where it begins in the file.
        public var offset: UInt64
        /// The size in bytes.
        public var size: UInt64
        /// The section that belongs to it: a symbol table's string table.
        public var link: Int
    }

    /// A symbol's place, as linked; add the load bias to have its address in a process.
    public struct Symbol: Sendable, Hashable {
        /// The address it was linked for.
        public var address: UInt64
        /// The size in bytes, 0 when the file does not say.
        public var size: UInt64
    }

    /// The path the file was opened by.
    public let path: String
    /// What kind of file it is.
    public let kind: Kind
    /// The machine it is for: 62 is x86-64, 183 is aarch64.
    public let machine: UInt16
    /// The loadable segments.
    public let segments: [Segment]
    /// The sections; empty when the section table was stripped.
    public let sections: [Section]
    let file: File

    /// Opens a file and reads its headers.
    ///
    /// - Parameter path: The file.
    /// - Throws: ``InspectionError`` when it cannot be read or is no 64-bit little-endian ELF file.
    public init(_ path: String) throws(InspectionError) {
        self.path = path
        let file = try File(path)
        let header = ByteReader(try file.read(64, at: 0))
        guard header.bytes.count == 64, header.bytes.starts(with: [0x7f, 0x45, 0x4c, 0x46, 2, 1]) else {
            throw .malformed("\(path) is not a 64-bit ELF file")
        }
        let type = header.u16(16)
        kind = type == 2 ? .fixed : type == 3 ? .relocatable : .other(type)
        machine = header.u16(18)
        segments = try Self.readSegments(file, at: header.u64(32), count: Int(header.u16(56)))
        sections = try Self.readSections(
            file, at: header.u64(40), count: Int(header.u16(60)), nameSection: Int(header.u16(62)))
        self.file = file
    }

    /// A section by its name.
    ///
    /// - Parameter name: The name, such as `.PyRuntime`.
    public func section(named name: String) -> Section? { sections.first { $0.name == name } }

    /// Looks symbols up by name: in the dynamic table, and for what is not there in the full one, which stripped files lack.
    ///
    /// - Parameter names: The names.
    /// - Returns: The defined ones among them.
    /// - Throws: ``InspectionError`` when a table cannot be read.
    public func symbols(named names: Set<String>) throws(InspectionError) -> [String: Symbol] {
        var found: [String: Symbol] = [:]
        var missing = names
        // 11 is SHT_DYNSYM, 2 is SHT_SYMTAB.
        for type in [11, 2] as [UInt32] where !missing.isEmpty {
            guard let table = sections.first(where: { $0.type == type }), sections.indices.contains(table.link) else {
                continue
            }
            Self.scan(
                symbols: try bytes(of: table), strings: try bytes(of: sections[table.link]), for: missing, into: &found)
            missing.subtract(found.keys)
        }
        return found
    }

    /// How far from its linked addresses the file was loaded.
    ///
    /// - Parameter region: A region of a process that maps this file.
    /// - Returns: What to add to a linked address, or nil when no segment of the file belongs to that region.
    public func loadBias(in region: MemoryMap.Region) -> UInt64? {
        let page: UInt64 = 4096
        for segment in segments {
            let first = segment.offset & ~(page - 1)
            guard region.offset >= first, region.offset < segment.offset + max(segment.fileSize, 1) else { continue }
            let linked = (segment.address & ~(page - 1)) &+ (region.offset - first)
            return region.start &- linked
        }
        return nil
    }

    /// The content of a section.
    ///
    /// - Parameter section: The section.
    /// - Returns: Its bytes; fewer when the file is shorter than it says.
    /// - Throws: ``InspectionError`` when it cannot be read, or is unreasonably large.
    public func bytes(of section: Section) throws(InspectionError) -> [UInt8] {
        // The largest symbol table seen in a Python build is 1 MB, the largest string table 2 MB.
        guard section.size <= 256 << 20 else { throw .malformed("\(path): section \(section.name) is too large") }
        return try file.read(Int(section.size), at: section.offset)
    }

    // Elf64_Phdr: type, flags (u32), offset, vaddr, paddr, filesz, memsz, align (u64)
    private static func readSegments(
        _ file: borrowing File, at offset: UInt64, count: Int
    ) throws(InspectionError) -> [Segment] {
        let table = ByteReader(try file.read(count * 56, at: offset))
        return (0..<table.bytes.count / 56).compactMap { index in
            let base = index * 56
            guard table.u32(base) == 1 else { return nil }
            return Segment(
                offset: table.u64(base + 8), address: table.u64(base + 16), fileSize: table.u64(base + 32),
                memorySize: table.u64(base + 40), isExecutable: table.u32(base + 4) & 1 != 0)
        }
    }

    // Elf64_Shdr: name, type (u32), flags, addr, offset, size (u64), link, info (u32), addralign, entsize (u64)
    private static func readSections(
        _ file: borrowing File, at offset: UInt64, count: Int, nameSection: Int
    ) throws(InspectionError) -> [Section] {
        guard offset > 0, count > 0 else { return [] }
        let table = ByteReader(try file.read(count * 64, at: offset))
        let present = table.bytes.count / 64
        guard nameSection < present else { return [] }
        let nameSize = min(table.u64(nameSection * 64 + 32), 1 << 20)
        let names = ByteReader(try file.read(Int(nameSize), at: table.u64(nameSection * 64 + 24)))
        return (0..<present).map { index in
            let base = index * 64
            return Section(
                name: names.string(at: Int(table.u32(base))), type: table.u32(base + 4), address: table.u64(base + 16),
                offset: table.u64(base + 24), size: table.u64(base + 32), link: Int(table.u32(base + 40)))
        }
    }

    // Elf64_Sym: name (u32), info, other (u8), shndx (u16), value, size (u64)
    private static func scan(
        symbols: [UInt8], strings: [UInt8], for names: Set<String>, into found: inout [String: Symbol]
    ) {
        // A table holds up to 25,000 symbols and half a dozen are wanted: the names are compared as bytes, the
        // length and the first letters sorting nearly all of them out, so no string is made on the way.
        let wanted = names.map { (name: $0, bytes: Array($0.utf8) + [0]) }
        symbols.withUnsafeBytes { symbols in
            strings.withUnsafeBytes { strings in
                for base in stride(from: 0, to: symbols.count - 23, by: 24) {
                    let name = Int(UInt32(littleEndian: symbols.loadUnaligned(fromByteOffset: base, as: UInt32.self)))
                    let section = symbols.loadUnaligned(fromByteOffset: base + 6, as: UInt16.self)
                    guard name > 0, name < strings.count, section != 0 else { continue }
                    for candidate in wanted
                    where strings[name] == candidate.bytes[0] && name + candidate.bytes.count <= strings.count
                        && memcmp(strings.baseAddress! + name, candidate.bytes, candidate.bytes.count) == 0
                        && found[candidate.name] == nil
                    {
                        found[candidate.name] = Symbol(
                            address: UInt64(
                                littleEndian: symbols.loadUnaligned(fromByteOffset: base + 8, as: UInt64.self)),
                            size: UInt64(
                                littleEndian: symbols.loadUnaligned(fromByteOffset: base + 16, as: UInt64.self)))
                    }
                }
            }
        }
    }
}
