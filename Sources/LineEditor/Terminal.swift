internal import Glibc

/// What can be learned about a terminal without drawing on it.
public enum Terminal {
    /// Whether a descriptor is a terminal.
    public static func isTerminal(_ descriptor: Int32) -> Bool {
        isatty(descriptor) == 1
    }

    /// Whether `TERM` names a terminal whose cursor can be moved: it is set, and not `dumb`.
    public static var canMoveCursor: Bool {
        guard let name = getenv("TERM") else { return false }
        let term = String(cString: name)
        return !term.isEmpty && term != "dumb"
    }

    /// The size of a terminal in characters (`TIOCGWINSZ`).
    ///
    /// - Parameter descriptor: The terminal.
    /// - Returns: Columns and rows, or nil when it is no terminal or does not know its size.
    public static func size(of descriptor: Int32) -> (columns: Int, rows: Int)? {
        var size = winsize()
        guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
        return (Int(size.ws_col), max(1, Int(size.ws_row)))
    }

    /// Writes all bytes, waiting when the other side is slow.
    ///
    /// - Returns: False when the other side is gone.
    @discardableResult
    static func write(_ bytes: some Collection<UInt8>, to descriptor: Int32) -> Bool {
        let array = Array(bytes)
        var start = 0
        while start < array.count {
            let written = array.withUnsafeBytes {
                Glibc.write(descriptor, $0.baseAddress! + start, array.count - start)
            }
            if written >= 0 {
                start += written
            } else if errno == EAGAIN {
                var ready = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                _ = poll(&ready, 1, -1)
            } else if errno != EINTR {
                return false
            }
        }
        return true
    }
}
