internal import SafeExpression
internal import Sessions
internal import Synchronization

/// Takes from a stream on a task of its own, so that whoever reads can stop waiting.
///
/// At most `capacity` items wait here; then the stream waits, and its agent counts what it drops.
final class StreamPump: Sendable {
    /// What a reader gets.
    enum Item: Sendable {
        case item(StreamItem)
        case failed(SessionError)
        case ended
        /// The wait was ended from outside.
        case cancelled(Failure)
    }

    private struct State {
        var items: [StreamItem] = []
        var start = 0
        var end: Item?
        var cancelled: Failure?
        var isFinishing = false
        var reader: CheckedContinuation<Item, Never>?
        var writer: CheckedContinuation<Void, Never>?

        var count: Int { items.count - start }

        mutating func pop() -> StreamItem {
            let item = items[start]
            start += 1
            if start == items.count || start >= 1024 {
                items.removeFirst(start)
                start = 0
            }
            return item
        }
    }

    private static let capacity = 4096
    private let state = Mutex(State())
    private let stream: any ObservationStream

    /// Begins to take from a stream.
    init(_ stream: any ObservationStream) {
        self.stream = stream
        Task { [self] in await pump() }
    }

    private func pump() async {
        while true {
            let end: Item
            do {
                if let item = try await stream.next() {
                    await add(item)
                    continue
                }
                end = .ended
            } catch {
                end = .failed(error)
            }
            let reader = state.withLock { state in
                state.end = end
                return state.reader.take()
            }
            reader?.resume(returning: end)
            return
        }
    }

    private func add(_ item: StreamItem) async {
        let (reader, isFull) = state.withLock { state in
            if let reader = state.reader.take() { return (reader as CheckedContinuation<Item, Never>?, false) }
            state.items.append(item)
            return (nil, state.count >= Self.capacity && state.cancelled == nil)
        }
        reader?.resume(returning: .item(item))
        guard isFull else { return }
        await withCheckedContinuation { continuation in
            let goesOn = state.withLock { state in
                if state.count < Self.capacity || state.cancelled != nil { return true }
                state.writer = continuation
                return false
            }
            if goesOn { continuation.resume() }
        }
    }

    /// Waits for the next item; one reader at a time.
    func next() async -> Item {
        await withCheckedContinuation { continuation in
            let (item, writer) = state.withLock { state -> (Item?, CheckedContinuation<Void, Never>?) in
                if let failure = state.cancelled { return (.cancelled(failure), nil) }
                if state.count > 0 {
                    let item = state.pop()
                    let writer = state.count < Self.capacity / 2 ? state.writer.take() : nil
                    return (.item(item), writer)
                }
                if let end = state.end { return (end, nil) }
                state.reader = continuation
                return (nil, nil)
            }
            writer?.resume()
            if let item { continuation.resume(returning: item) }
        }
    }

    /// Ends the reader's wait: from now on it gets the reason, until it finishes the stream.
    func interrupt(_ failure: Failure) { interrupt(failure, whileFinishing: false) }

    private func interrupt(_ failure: Failure, whileFinishing: Bool) {
        let (reader, writer) = state.withLock { state in
            // Whoever finishes the stream waits for its end already, and not without end.
            guard state.isFinishing == whileFinishing else {
                return (nil as CheckedContinuation<Item, Never>?, nil as CheckedContinuation<Void, Never>?)
            }
            state.cancelled = failure
            return (state.reader.take(), state.writer.take())
        }
        reader?.resume(returning: .cancelled(failure))
        writer?.resume()
    }

    /// Cancels the stream and gives what comes until it has ended, or until the time is over.
    ///
    /// - Parameters:
    ///   - limit: how long to wait for the stream's own end.
    ///   - visit: gets the events; observations that were under way are dropped.
    /// - Returns: whether the stream ended in time.
    func finish(within limit: Duration, _ visit: (String, Value) -> Void) async -> Bool {
        let writer = state.withLock { state in
            state.cancelled = nil
            state.isFinishing = true
            return state.writer.take()
        }
        writer?.resume()
        let stream = self.stream
        let cancel = Task { await stream.cancel() }
        let timer = Task { [self] in
            guard (try? await Task.sleep(for: limit)) != nil else { return }
            interrupt(Failure(.timedOut, "the agent did not answer"), whileFinishing: true)
        }
        defer {
            timer.cancel()
            cancel.cancel()
        }
        while true {
            switch await next() {
            case .item(.event(let name, let value)): visit(name, value)
            case .item(.observation): continue
            case .ended, .failed: return true
            case .cancelled: return false
            }
        }
    }
}
