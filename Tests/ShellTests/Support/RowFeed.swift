import SafeExpression
import Synchronization

/// Gives rows one after the other.
final class RowFeed: Sendable {
    private let rows: Mutex<[Value]>

    init(_ rows: [Value]) { self.rows = Mutex(rows.reversed()) }

    func next() -> Value? { rows.withLock { $0.popLast() } }
}
