internal import Glibc

/// A file that rows are written to, each as it comes.
final class FileWriter {
    private let path: String
    private var descriptor: Int32

    /// Opens a file, which is emptied or made (for its owner only, as it may hold what a target knows).
    ///
    /// - Parameters:
    ///   - path: the file.
    ///   - appends: whether what it holds is kept.
    /// - Throws: `Failure` with the system's reason.
    init(_ path: String, appends: Bool = false) throws(Failure) {
        self.path = path
        let flags = O_WRONLY | O_CREAT | O_CLOEXEC | (appends ? O_APPEND : O_TRUNC)
        descriptor = unsafe open(path, flags, 0o600)
        if descriptor < 0 { throw Self.failure(path, "write") }
    }

    deinit { close() }

    /// Writes a text.
    func write(_ text: String) throws(Failure) {
        let bytes = Array(text.utf8)
        var start = 0
        while start < bytes.count {
            let written = unsafe bytes[start...].withUnsafeBytes {
                unsafe Glibc.write(descriptor, $0.baseAddress, $0.count)
            }
            if written < 0 {
                if errno == EINTR { continue }
                throw Self.failure(path, "write")
            }
            start += written
        }
    }

    /// Closes the file; to close it twice is no error.
    func close() {
        if descriptor >= 0 { _ = Glibc.close(descriptor) }
        descriptor = -1
    }

    /// Reads a whole text file.
    ///
    /// - Throws: `Failure` with the system's reason, or when it is no UTF-8 or beyond 4 MB.
    static func read(_ path: String) throws(Failure) -> String {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        if descriptor < 0 { throw failure(path, "read") }
        defer { _ = Glibc.close(descriptor) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = unsafe buffer.withUnsafeMutableBytes { unsafe Glibc.read(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            if count < 0 { throw failure(path, "read") }
            if count == 0 { break }
            bytes += buffer[..<count]
            if bytes.count > 4 << 20 { throw Failure(.failed, "cannot read \(path): larger than 4 MB") }
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw Failure(.usage, "cannot read \(path): it is not UTF-8 text")
        }
        return text
    }

    private static func failure(_ path: String, _ verb: String) -> Failure {
        let reason = unsafe strerror(errno).map { unsafe String(cString: $0) } ?? "error \(errno)"
        return Failure(.failed, "cannot \(verb) \(path): \(reason)")
    }
}
