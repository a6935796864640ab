internal import Glibc
internal import ProcessInspection

/// A file of ours that has lost its name: others reach it through our descriptor, and only as long as we live.
struct UnnamedFile: ~Copyable {
    let descriptor: Int32

    /// Makes one with some content; whoever reads it begins at its beginning.
    init(_ content: [UInt8] = []) throws(AttachError) {
        let name = "/tmp/.sonde-\(getpid())-\(String(UInt64.random(in: 0...UInt64.max), radix: 16))"
        descriptor = open(name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw AttachError(.failed, "cannot make a file in /tmp: \(SystemError.text(errno))")
        }
        unlink(name)
        guard pwrite(descriptor, content, content.count, 0) == content.count else {
            throw AttachError(.failed, "cannot write a file in /tmp: \(SystemError.text(errno))")
        }
    }

    deinit { close(descriptor) }

    /// Where other processes of this user find it while this process lives.
    var path: String { "/proc/\(getpid())/fd/\(descriptor)" }

    /// What is in it by now, up to a megabyte.
    var content: String {
        guard let file = try? File("/proc/self/fd/\(descriptor)"), let bytes = try? file.read(1 << 20, at: 0) else {
            return ""
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Empties it.
    func clear() { _ = ftruncate(descriptor, 0) }
}
