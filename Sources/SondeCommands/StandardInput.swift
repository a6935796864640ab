internal import Glibc

/// Reads standard input and files without holding up other tasks.
enum StandardInput {
    /// Why a text could not be read.
    struct Failure: Error {
        /// One clear line.
        let message: String
    }

    /// A text longer than this, in bytes, is no script.
    private static let limit = 16 << 20

    /// All of standard input.
    static func text() async -> Result<String, Failure> {
        await text(from: 0, named: "standard input")
    }

    /// All of a file.
    static func text(of path: String) async -> Result<String, Failure> {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return .failure(failure(path, SystemError(number: errno))) }
        defer { close(descriptor) }
        return await text(from: descriptor, named: path)
    }

    private static func text(from descriptor: Int32, named name: String) async -> Result<String, Failure> {
        var bytes: [UInt8] = []
        while true {
            switch await read(descriptor) {
            case .failure(let error): return .failure(failure(name, error))
            case .success(let block) where block.isEmpty:
                guard let text = String(validating: bytes, as: UTF8.self) else {
                    return .failure(Failure(message: "\(name) is not UTF-8"))
                }
                return .success(text)
            case .success(let block):
                bytes += block
                if bytes.count > limit { return .failure(Failure(message: "\(name) is too long for a script")) }
            }
        }
    }

    private static func failure(_ name: String, _ error: SystemError) -> Failure {
        Failure(message: "cannot read \(name): \(error.message)")
    }

    /// The system's reason why nothing could be read.
    struct SystemError: Error {
        let number: Int32

        /// The reason in words.
        var message: String { String(cString: strerror(number)) }
    }

    /// Reads a block; an empty one is the end.
    static func read(_ descriptor: Int32) async -> Result<[UInt8], SystemError> {
        await withCheckedContinuation { continuation in
            detachThread {
                while true {
                    var number: Int32 = 0
                    let block = [UInt8](unsafeUninitializedCapacity: 1 << 16) { buffer, count in
                        let result = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
                        number = result < 0 ? errno : 0
                        count = max(0, result)
                    }
                    if number == EINTR { continue }
                    if number == EAGAIN {
                        var ready = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
                        _ = poll(&ready, 1, -1)
                        continue
                    }
                    continuation.resume(
                        returning: number == 0 ? .success(block) : .failure(SystemError(number: number)))
                    return
                }
            }
        }
    }
}
