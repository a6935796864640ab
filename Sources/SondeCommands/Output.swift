internal import Glibc
internal import LineEditor
internal import Synchronization

/// One of the process' output streams, written without a buffer.
final class Output: Sendable {
    /// Why nothing more can be written.
    enum End: Sendable, Equatable {
        /// The reader went away.
        case closed
        /// The system's reason, such as a full disk.
        case failed(String)
    }

    let descriptor: Int32
    let isTerminal: Bool
    private let ended = Mutex<End?>(nil)

    init(_ descriptor: Int32) {
        self.descriptor = descriptor
        isTerminal = Terminal.isTerminal(descriptor)
    }

    /// Why nothing more can be written, or nil while it can.
    var end: End? { ended.withLock { $0 } }

    /// Writes text, all of it before it returns.
    ///
    /// - Returns: False when it could not be written, now or before.
    @discardableResult
    func write(_ text: String) -> Bool {
        ended.withLock { ended in
            if ended == nil, let reason = Self.write(text, to: descriptor) {
                ended = reason == EPIPE ? .closed : .failed(String(cString: strerror(reason)))
            }
            return ended == nil
        }
    }

    /// Writes text to a descriptor.
    ///
    /// - Returns: The system's error number when it could not be written.
    @discardableResult
    static func write(_ text: String, to descriptor: Int32) -> Int32? {
        var text = text
        return text.withUTF8 { bytes in
            var start = 0
            while start < bytes.count {
                let count = Glibc.write(descriptor, bytes.baseAddress! + start, bytes.count - start)
                if count >= 0 {
                    start += count
                } else if errno == EAGAIN {
                    var ready = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                    _ = poll(&ready, 1, -1)
                } else if errno != EINTR {
                    return errno
                }
            }
            return nil
        }
    }
}
