internal import Glibc

/// An open file to read from, closed when the value goes.
///
/// Reading is by position and never through a memory mapping: a file that is cut short while it is mapped
/// (a package being upgraded) would kill the reader.
public struct File: ~Copyable, Sendable {
    /// The file's descriptor.
    public let descriptor: Int32
    /// The path it was opened by.
    public let path: String

    /// Opens a file.
    ///
    /// - Parameters:
    ///   - path: The path.
    ///   - isWritable: Whether it is to be written as well.
    /// - Throws: ``InspectionError`` when it cannot be opened.
    public init(_ path: String, isWritable: Bool = false) throws(InspectionError) {
        var descriptor: Int32 = -1
        var error: Int32 = 0
        repeat {
            descriptor = open(path, (isWritable ? O_RDWR : O_RDONLY) | O_CLOEXEC)
            error = errno
        } while descriptor < 0 && error == EINTR
        guard descriptor >= 0 else { throw .system(error, "open \(path)") }
        self.descriptor = descriptor
        self.path = path
    }

    /// Takes a descriptor, to be closed with the value.
    init(descriptor: Int32, path: String) {
        self.descriptor = descriptor
        self.path = path
    }

    deinit { close(descriptor) }

    /// Reads bytes at a position.
    ///
    /// - Parameters:
    ///   - count: How many bytes at most.
    ///   - offset: Where in the file.
    /// - Returns: The bytes; fewer than asked for at the file's end.
    /// - Throws: ``InspectionError`` when the system reports an error.
    public func read(_ count: Int, at offset: UInt64) throws(InspectionError) -> [UInt8] {
        var failure: Int32 = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            while filled < count {
                let got = pread(
                    descriptor, buffer.baseAddress! + filled, count - filled,
                    off_t(truncatingIfNeeded: offset) + filled)
                if got > 0 {
                    filled += got
                } else if got == 0 {
                    break
                } else if errno != EINTR {
                    failure = errno
                    break
                }
            }
        }
        guard failure == 0 else { throw .system(failure, "read \(path)") }
        return bytes
    }

    /// Reads a whole file, also one of `/proc` that tells no size.
    ///
    /// - Parameters:
    ///   - path: The path.
    ///   - limit: The size in bytes above which the rest is left out.
    /// - Returns: The content.
    /// - Throws: ``InspectionError`` when it cannot be opened or read.
    public static func contents(of path: String, limit: Int = 64 << 20) throws(InspectionError) -> [UInt8] {
        let file = try File(path)
        var bytes: [UInt8] = []
        // A /proc file is made anew at each read from its beginning, so it is read in one go with a growing
        // buffer and never by position.
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while bytes.count < limit {
            let got = chunk.withUnsafeMutableBytes { Glibc.read(file.descriptor, $0.baseAddress!, $0.count) }
            let error = errno
            if got > 0 {
                bytes.append(contentsOf: chunk[..<got])
            } else if got == 0 {
                break
            } else if error != EINTR {
                throw .system(error, "read \(path)")
            }
        }
        return bytes
    }

    /// Reads what a symbolic link says.
    ///
    /// - Parameter path: The link.
    /// - Returns: The text of the link, not resolved any further.
    /// - Throws: ``InspectionError`` when it cannot be read.
    public static func link(at path: String) throws(InspectionError) -> String {
        var buffer = [UInt8](repeating: 0, count: 4096)
        let got = buffer.withUnsafeMutableBytes { bytes in
            readlink(path, bytes.baseAddress!.assumingMemoryBound(to: CChar.self), bytes.count)
        }
        guard got >= 0 else { throw .system(errno, "read \(path)") }
        return String(decoding: buffer[..<got], as: UTF8.self)
    }

    /// Which file a path leads to: its device and its number there.
    ///
    /// - Parameter path: The path; links are followed.
    /// - Returns: Device and inode, or nil if nothing is there.
    public static func identity(of path: String) -> (device: UInt64, inode: UInt64)? {
        var information = stat()
        guard stat(path, &information) == 0 else { return nil }
        return (UInt64(information.st_dev), UInt64(information.st_ino))
    }

    /// Whose file a path leads to.
    ///
    /// - Parameter path: The path; links are followed.
    /// - Returns: The user's number, or nil if nothing is there.
    public static func owner(of path: String) -> UInt32? {
        var information = stat()
        return stat(path, &information) == 0 ? information.st_uid : nil
    }
}
