internal import Glibc

/// Reads small files one after the other into the same memory: a look at every process of a machine reads
/// thousands.
final class FileScratch {
    /// Why a link could not be read.
    enum LinkError: Error, Hashable {
        case missing
        case notPermitted
    }

    private var memory = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 16)

    deinit { memory.deallocate() }

    /// Reads a whole file.
    ///
    /// - Parameter path: The file.
    /// - Returns: The bytes, valid until the next call; nil when it cannot be read, also when it is empty because the process is a zombie.
    func read(_ path: String) -> UnsafeRawBufferPointer? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var count = 0
        while true {
            if count == memory.count { grow() }
            let got = Glibc.read(descriptor, memory.baseAddress! + count, memory.count - count)
            if got > 0 {
                count += got
            } else if got == 0 {
                return UnsafeRawBufferPointer(rebasing: memory[..<count])
            } else if errno != EINTR {
                return nil
            }
        }
    }

    /// Reads what a symbolic link says.
    func link(_ path: String) -> Result<String, LinkError> {
        let got = readlink(path, memory.baseAddress!.assumingMemoryBound(to: CChar.self), memory.count)
        guard got >= 0 else { return .failure(errno == EACCES || errno == EPERM ? .notPermitted : .missing) }
        return .success(String(decoding: memory[..<got], as: UTF8.self))
    }

    /// The effective user of a process, who owns its directory.
    static func owner(of processes: ProcFileSystem, _ pid: Int32) -> UInt32? {
        var information = stat()
        return stat("\(processes.root)/\(pid)", &information) == 0 ? information.st_uid : nil
    }

    /// Whether a path is a socket that belongs to a user or to root.
    static func isSocket(_ path: String, ofUser user: UInt32) -> Bool {
        var information = stat()
        return lstat(path, &information) == 0 && information.st_mode & S_IFMT == S_IFSOCK
            && (information.st_uid == user || information.st_uid == 0)
    }

    private func grow() {
        let larger = UnsafeMutableRawBufferPointer.allocate(byteCount: memory.count * 2, alignment: 16)
        larger.copyMemory(from: UnsafeRawBufferPointer(memory))
        memory.deallocate()
        memory = larger
    }
}
