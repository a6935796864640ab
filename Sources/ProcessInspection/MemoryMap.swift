/// What is mapped into a process's memory, as `/proc/PID/maps` tells it.
public struct MemoryMap: Sendable {
    /// One line of it: a range of addresses and what stands behind.
    public struct Region: Sendable, Hashable {
        /// The first address.
        public var start: UInt64
        /// The address after the last one.
        public var end: UInt64
        /// Whether it can be read.
        public var isReadable: Bool
        /// Whether it can be written.
        public var isWritable: Bool
        /// Whether code in it can run.
        public var isExecutable: Bool
        /// Whether writes are seen by others.
        public var isShared: Bool
        /// Where in the file it begins, in bytes.
        public var offset: UInt64
        /// The file's number on its device, 0 when there is no file.
        public var inode: UInt64
        /// The file's path as the process sees it, or a name such as `[stack]`, or nothing.
        public var path: String
        /// Whether that file has been removed or replaced since.
        public var isDeleted: Bool

        /// The size in bytes.
        public var size: UInt64 { end - start }

        /// Whether the address lies in it.
        public func contains(_ address: UInt64) -> Bool { address >= start && address < end }
    }

    /// The regions, by ascending address.
    public var regions: [Region]

    /// Reads the map of a process.
    ///
    /// - Parameter pid: The process.
    /// - Throws: ``InspectionError`` when it is gone or the kernel does not let us look.
    public init(of pid: Int32) throws(InspectionError) {
        self.init(parsing: try File.contents(of: "/proc/\(pid)/maps"))
    }

    /// Takes the regions from the text of a `maps` file; lines that are not understood are left out.
    ///
    /// - Parameter text: The file's bytes.
    public init(parsing text: [UInt8]) {
        regions = []
        var start = 0
        while start < text.count {
            let end = text[start...].firstIndex(of: UInt8(ascii: "\n")) ?? text.count
            if let region = Self.parseRegion(text[start..<end]) { regions.append(region) }
            start = end + 1
        }
    }

    /// The region an address lies in.
    ///
    /// - Parameter address: The address.
    /// - Returns: The region, or nil when nothing is mapped there.
    public func region(at address: UInt64) -> Region? {
        var low = 0
        var high = regions.count
        while low < high {
            let middle = (low + high) / 2
            if regions[middle].end <= address { low = middle + 1 } else { high = middle }
        }
        return low < regions.count && regions[low].contains(address) ? regions[low] : nil
    }

    /// The files mapped, each once, in the order of their first address; with each the first region of it.
    public var files: [Region] {
        var seen: Set<String> = []
        return regions.filter { $0.inode != 0 && seen.insert("\($0.inode) \($0.path)").inserted }
    }

    // maps line: START-END PERMS OFFSET MAJOR:MINOR INODE   PATH
    private static func parseRegion(_ line: ArraySlice<UInt8>) -> Region? {
        var scanner = LineScanner(line)
        guard let start = scanner.number(radix: 16), scanner.eat("-"), let end = scanner.number(radix: 16),
            start <= end, let permissions = scanner.word(), permissions.count >= 4,
            let offset = scanner.number(radix: 16), scanner.word() != nil, let inode = scanner.number(radix: 10)
        else { return nil }
        let flags = Array(permissions)
        var path = String(decoding: scanner.rest, as: UTF8.self)
        // The kernel writes a newline in a name as \012 and appends this mark; a file whose name really ends
        // so is taken for a deleted one, and then found by its identity or not at all.
        let mark = " (deleted)"
        let isDeleted = path.hasSuffix(mark)
        if isDeleted { path.removeLast(mark.count) }
        return Region(
            start: start, end: end, isReadable: flags[0] == UInt8(ascii: "r"),
            isWritable: flags[1] == UInt8(ascii: "w"), isExecutable: flags[2] == UInt8(ascii: "x"),
            isShared: flags[3] == UInt8(ascii: "s"), offset: offset, inode: inode, path: path, isDeleted: isDeleted)
    }
}
