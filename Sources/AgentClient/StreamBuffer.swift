internal import Synchronization

/// What a probe emitted and nobody has taken yet: one producer, the connection; one consumer, the pipeline.
///
/// It drops nothing. It tells the connection when it is full, which then stops reading the socket, so that the
/// agent's own bounded queue drops and counts.
final class StreamBuffer: Sendable {
    /// One thing that came from the probe.
    typealias Item = AgentConnection.StreamItem

    /// What the connection puts in.
    enum Input: Sendable {
        /// Something more.
        case item(Item)
        /// The stop event; nothing follows.
        case last(Item)
        /// The connection ended first.
        case failure(ClientError)
    }

    /// The items that wait when the buffer is full, and when it no longer is.
    private static let highWater = 8192
    private static let lowWater = 2048

    private struct State {
        var items: [Item] = []
        var head = 0
        var end: Result<Void, ClientError>?
        var waiter: CheckedContinuation<Result<Item?, ClientError>, Never>?
        var isDiscarding = false
        var isFull = false

        /// Notes whether the buffer is full now.
        ///
        /// - Returns: the new answer when it changed.
        mutating func updateFullness() -> Bool? {
            let count = items.count - head
            guard isFull ? count <= StreamBuffer.lowWater : count >= StreamBuffer.highWater else { return nil }
            isFull.toggle()
            return isFull
        }

        mutating func pop() -> Result<Item?, ClientError>? {
            if head < items.count {
                let item = items[head]
                head += 1
                if head == items.count || head >= 1024 {
                    items.removeSubrange(..<head)
                    head = 0
                }
                return .success(item)
            }
            return end.map { $0.map { nil } }
        }
    }

    private let state = Mutex(State())
    private let fullnessChanged: @Sendable (Bool) -> Void

    /// Makes a buffer.
    ///
    /// - Parameter fullnessChanged: called with true when the buffer gets full, with false when it no longer is.
    init(fullnessChanged: @escaping @Sendable (Bool) -> Void) {
        self.fullnessChanged = fullnessChanged
    }

    /// Puts something in.
    func put(_ input: Input) {
        let (ready, fullness) = state.withLock { state -> (ready: (() -> Void)?, fullness: Bool?) in
            guard state.end == nil else { return (nil, nil) }
            switch input {
            case .item(.observation) where state.isDiscarding: return (nil, nil)
            case .item(let item): state.items.append(item)
            case .last(let item):
                state.items.append(item)
                state.end = .success(())
            case .failure(let error): state.end = .failure(error)
            }
            guard let waiter = state.waiter, let result = state.pop() else { return (nil, state.updateFullness()) }
            state.waiter = nil
            return ({ waiter.resume(returning: result) }, nil)
        }
        ready?()
        if let fullness { fullnessChanged(fullness) }
    }

    /// Drops the observations that wait and that still come; events are kept.
    func discard() {
        let fullness = state.withLock { state in
            state.isDiscarding = true
            state.items = state.items[state.head...].filter { if case .event = $0 { true } else { false } }
            state.head = 0
            return state.updateFullness()
        }
        if let fullness { fullnessChanged(fullness) }
    }

    /// Takes the next item; nil after the last.
    func next() async throws(ClientError) -> Item? {
        let result: Result<Item?, ClientError> = await withCheckedContinuation { continuation in
            let (ready, fullness) = state.withLock { state -> (Result<Item?, ClientError>?, Bool?) in
                if let result = state.pop() { return (result, state.updateFullness()) }
                precondition(state.waiter == nil, "a stream has one consumer")
                state.waiter = continuation
                return (nil, nil)
            }
            if let fullness { fullnessChanged(fullness) }
            if let ready { continuation.resume(returning: ready) }
        }
        return try result.get()
    }
}
