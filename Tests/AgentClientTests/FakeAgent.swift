import AgentProtocol
import Glibc
import Synchronization

/// The agent's end of a Unix socket, played by a test: accepts one connection and says what the test wants.
final class FakeAgent: Sendable {
    static let hello =
        #"{"type":"hello","protocol":1,"agent":"test","pid":1,"python":"3.12.1","implementation":"cpython"}"#

    let path: String
    private let listener: Int32

    /// Makes the socket in a new folder and runs the script on a thread of its own once somebody connects.
    init(script: @escaping @Sendable (Peer) -> Void) {
        var template = Array("/tmp/sonde-test-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { preconditionFailure("mkdtemp: \(errno)") }
        let path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self) + "/agent.sock"
        let listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let bound = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        precondition(bound == 0 && listen(listener, 4) == 0, "cannot listen on \(path)")
        self.path = path
        self.listener = listener
        Thread.start {
            let connection = accept(listener, nil, nil)
            guard connection >= 0 else { return }
            script(Peer(descriptor: connection))
            close(connection)
        }
    }

    deinit {
        close(listener)
        unlink(path)
        rmdir(String(path.dropLast("/agent.sock".count)))
    }

    /// The accepted connection.
    struct Peer: Sendable {
        let descriptor: Int32

        /// Sends one message.
        func say(_ json: String) {
            let payload = Array(json.utf8)
            send(raw: Frame.header(of: payload.count) + payload)
        }

        /// Sends bytes as they are; false when the other side is gone.
        @discardableResult func send(raw bytes: [UInt8]) -> Bool {
            var rest = bytes[...]
            while !rest.isEmpty {
                let sent = rest.withUnsafeBytes {
                    Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
                }
                guard sent > 0 else { return false }
                rest = rest.dropFirst(sent)
            }
            return true
        }

        /// Waits for the next request's text, or nil when the other side closed.
        func hear() -> String? {
            guard let header = read(4) else { return nil }
            let length = header.reduce(0) { $0 << 8 | Int($1) }
            return read(length).map { String(decoding: $0, as: UTF8.self) }
        }

        private func read(_ count: Int) -> [UInt8]? {
            var bytes = [UInt8](repeating: 0, count: count)
            var filled = 0
            while filled < count {
                let got = bytes.withUnsafeMutableBytes { recv(descriptor, $0.baseAddress! + filled, count - filled, 0) }
                guard got > 0 else { return nil }
                filled += got
            }
            return bytes
        }
    }
}

/// A detached POSIX thread: the script blocks, which a task must not.
enum Thread {
    static func start(_ body: @escaping @Sendable () -> Void) {
        let box = Unmanaged.passRetained(Box(body))
        var thread = pthread_t()
        let status = pthread_create(
            &thread, nil,
            { raw in
                Unmanaged<Box>.fromOpaque(raw!).takeRetainedValue().body()
                return nil
            }, box.toOpaque())
        precondition(status == 0)
        pthread_detach(thread)
    }

    private final class Box: Sendable {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }
}
