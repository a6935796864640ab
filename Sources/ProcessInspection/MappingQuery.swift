internal import CSondeSystem
internal import Glibc

/// The files that a process has mapped to run code from, asked of the kernel one by one (PROCMAP_QUERY, Linux 6.11).
///
/// A process has a handful of them among its many mappings; the text of the whole map takes the kernel three times as long.
struct MappingQuery: ~Copyable {
    /// A file, by the device and the number that mappings of it tell.
    struct FileNumber: Hashable {
        var major: UInt32
        var minor: UInt32
        var inode: UInt64
    }

    /// What comes next.
    enum Answer {
        case file(FileNumber)
        case end
        /// The kernel is older, or this is another file than it should be.
        case unsupported
    }

    private let maps: File
    // Where the mapping begins that was told last, at the latest, and where it ends.
    private var place: UInt64 = 0
    private var end: UInt64 = 0

    /// Opens the map of a process.
    ///
    /// - Parameter path: Its `maps` file; nil when it cannot be opened.
    init?(_ path: String) {
        guard let file = try? File(path) else { return nil }
        maps = file
    }

    /// Goes on to the next mapping.
    mutating func next() -> Answer {
        var mapping = sonde_mapping()
        place = end
        switch -sonde_next_executable_mapping(maps.descriptor, place, &mapping, nil, 0) {
        case 0: break
        case ENOENT, ESRCH: return .end
        default: return .unsupported
        }
        end = mapping.end
        return .file(FileNumber(major: mapping.major, minor: mapping.minor, inode: mapping.inode))
    }

    /// The path of the file that was told last, as the process sees it; nil when it has changed meanwhile.
    func path() -> String? {
        var mapping = sonde_mapping()
        var path = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
        let result = sonde_next_executable_mapping(
            maps.descriptor, place, &mapping, &path, UInt32(path.count))
        guard result == 0, mapping.end == end else { return nil }
        return String(decoding: path.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
