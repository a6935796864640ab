internal import Glibc

/// The file that keeps the history from one session to the next, shared by several shells at once.
///
/// One entry a line; a line break within an entry is written `\n`, a backslash `\\`. Entries are only ever appended, each
/// in one write under the file's lock; a file that has grown too long is replaced by its newest half under the same lock.
public struct HistoryFile: Sendable {
    /// Why the history could not be read or written.
    public struct Failure: Error, Equatable {
        /// What was tried, the path and the system's reason, in words.
        public let message: String
    }

    /// The file's path.
    public let path: String
    /// The size in bytes above which the file is cut to its newest half when it is next read.
    let sizeLimit: Int
    /// How long another shell's lock is waited for, in milliseconds. A shell that was stopped while it held the lock must
    /// not stop the others; after that, a single appending write is whole without the lock too.
    let patience: Int

    /// - Parameter path: The file's path; it and its directory are made when they are needed.
    public init(path: String) {
        self.init(path: path, sizeLimit: 1 << 20, patience: 500)
    }

    init(path: String, sizeLimit: Int, patience: Int) {
        self.path = path
        self.sizeLimit = sizeLimit
        self.patience = patience
    }

    /// The user's own history, `$XDG_STATE_HOME/sonde/history` or `~/.local/state/sonde/history`.
    ///
    /// - Returns: The file, or nil when neither variable is set to an absolute path.
    public static func ofUser() -> HistoryFile? {
        func directory(_ name: String) -> String? {
            guard let value = getenv(name), value.pointee == UInt8(ascii: "/") else { return nil }
            return String(cString: value)
        }
        guard let state = directory("XDG_STATE_HOME") ?? directory("HOME").map({ $0 + "/.local/state" }) else {
            return nil
        }
        return HistoryFile(path: state + "/sonde/history")
    }

    /// Reads all entries, oldest first. A file that does not exist has none.
    ///
    /// - Throws: ``Failure`` when the file exists and cannot be read.
    public func load() throws(Failure) -> [String] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT { return [] }
            throw failure("read")
        }
        defer { close(descriptor) }
        guard let bytes = Self.contents(of: descriptor) else { throw failure("read") }
        if bytes.count > sizeLimit { try shorten() }
        return Self.decode(bytes)
    }

    /// Appends one entry.
    ///
    /// - Throws: ``Failure`` when the file cannot be opened or written.
    public func append(_ entry: String) throws(Failure) {
        let descriptor = try openLocked()
        defer { close(descriptor) }
        var bytes = Self.encode(entry)
        var last: UInt8 = 0
        let size = lseek(descriptor, 0, SEEK_END)
        if size > 0, pread(descriptor, &last, 1, size - 1) == 1, last != UInt8(ascii: "\n") {
            // A write that was cut off (a full disk) must not swallow this entry.
            bytes.insert(UInt8(ascii: "\n"), at: 0)
        }
        guard Terminal.write(bytes, to: descriptor) else { throw failure("write") }
    }

    /// Replaces the file by its newest half. Other shells see that it was replaced once they have the old one's lock.
    private func shorten() throws(Failure) {
        let descriptor = try openLocked()
        defer { close(descriptor) }
        guard let bytes = Self.contents(of: descriptor), bytes.count > sizeLimit else { return }
        let newest = bytes.suffix(sizeLimit / 2)
        let start = newest.firstIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? newest.startIndex
        let replacement = "\(path).\(getpid())"
        let new = open(replacement, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard new >= 0 else { throw failure("shorten") }
        let written = Terminal.write(newest[start...], to: new)
        close(new)
        guard written, rename(replacement, path) == 0 else {
            let failure = failure("shorten")
            unlink(replacement)
            throw failure
        }
    }

    /// Opens the file for appending, makes it when it is missing, and takes its lock.
    private func openLocked() throws(Failure) -> Int32 {
        while true {
            var descriptor = openForAppending()
            if descriptor < 0, errno == ENOENT {
                makeDirectories()
                descriptor = openForAppending()
            }
            guard descriptor >= 0 else { throw failure("open") }
            var mine = stat()
            var current = stat()
            let isLocked = lock(descriptor)
            // Another shell may have put a shorter file in its place while the lock was waited for.
            if !isLocked
                || (fstat(descriptor, &mine) == 0 && stat(path, &current) == 0 && mine.st_ino == current.st_ino)
            {
                // A file made by something else may be readable for others.
                if mine.st_mode & 0o077 != 0 { fchmod(descriptor, 0o600) }
                return descriptor
            }
            close(descriptor)
        }
    }

    private func openForAppending() -> Int32 {
        open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0o600)
    }

    private func lock(_ descriptor: Int32) -> Bool {
        for _ in 0..<max(1, patience) {
            if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return true }
            usleep(1000)
        }
        return false
    }

    private func makeDirectories() {
        var end = path.startIndex
        while let slash = path[path.index(after: end)...].firstIndex(of: "/") {
            mkdir(String(path[..<slash]), 0o700)
            end = slash
        }
    }

    private func failure(_ verb: String) -> Failure {
        let reason = String(cString: strerror(errno))
        return Failure(message: "cannot \(verb) the history \(path): \(reason)")
    }

    private static func contents(of descriptor: Int32) -> [UInt8]? {
        let size = lseek(descriptor, 0, SEEK_END)
        guard size >= 0 else { return nil }
        var bytes: [UInt8] = []
        while bytes.count < size {
            let portion = [UInt8](unsafeUninitializedCapacity: Int(size) - bytes.count) { buffer, count in
                count = max(0, pread(descriptor, buffer.baseAddress, buffer.count, bytes.count))
            }
            if portion.isEmpty { break }
            bytes += portion
        }
        return bytes
    }

    static func encode(_ entry: String) -> [UInt8] {
        var bytes: [UInt8] = []
        for byte in entry.utf8 {
            switch byte {
            case UInt8(ascii: "\n"): bytes += Array(#"\n"#.utf8)
            case UInt8(ascii: "\\"): bytes += Array(#"\\"#.utf8)
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\n"))
        return bytes
    }

    static func decode(_ bytes: [UInt8]) -> [String] {
        bytes.split(separator: UInt8(ascii: "\n")).map { line in
            guard line.contains(UInt8(ascii: "\\")) else { return String(decoding: line, as: UTF8.self) }
            var plain: [UInt8] = []
            var isEscaped = false
            for byte in line {
                if isEscaped {
                    plain.append(byte == UInt8(ascii: "n") ? UInt8(ascii: "\n") : byte)
                    isEscaped = false
                } else if byte == UInt8(ascii: "\\") {
                    isEscaped = true
                } else {
                    plain.append(byte)
                }
            }
            return String(decoding: plain, as: UTF8.self)
        }
    }
}
