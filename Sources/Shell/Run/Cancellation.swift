internal import Synchronization

/// Says to all that waits that it shall wait no more, and why.
///
/// Every wait of the shell goes through one, so that Ctrl-C and deadlines end it whatever the other side does.
final class Cancellation: Sendable {
    private struct State {
        var reason: Failure?
        var handlers: [Int: @Sendable (Failure) -> Void] = [:]
        var next = 0
    }

    private let state = Mutex(State())
    private let parent: Cancellation?

    /// Makes one that also ends when another does.
    init(parent: Cancellation? = nil) { self.parent = parent }

    /// Why it ended, or nil.
    var reason: Failure? { state.withLock { $0.reason } ?? parent?.reason }

    /// Ends all waits; the first reason stays.
    func cancel(_ reason: Failure) {
        let handlers = state.withLock { state in
            if state.reason == nil { state.reason = reason }
            let handlers = state.handlers
            state.handlers = [:]
            return handlers
        }
        for handler in handlers.values { handler(reason) }
    }

    /// Throws the reason if it has ended.
    func check() throws(Failure) {
        if let reason { throw reason }
    }

    /// What `onCancel` gives, to take the handler out again.
    struct Registration: Sendable {
        fileprivate let ids: [(Cancellation, Int)]

        /// Takes the handler out.
        func remove() {
            for (cancellation, id) in ids {
                cancellation.state.withLock { _ = $0.handlers.removeValue(forKey: id) }
            }
        }
    }

    /// Calls a handler when it ends; at once if it has ended. It may be called more than once.
    func onCancel(_ handler: @escaping @Sendable (Failure) -> Void) -> Registration {
        let (id, reason) = state.withLock { state in
            state.next += 1
            if state.reason == nil { state.handlers[state.next] = handler }
            return (state.next, state.reason)
        }
        if let reason { handler(reason) }
        return Registration(ids: [(self, id)] + (parent?.onCancel(handler).ids ?? []))
    }

    /// Waits for something, unless this ends first; then the thing goes on alone and its result is dropped.
    func wait<T: Sendable>(_ operation: @escaping @Sendable () async -> T) async throws(Failure) -> T {
        try check()
        let box = Once<Result<T, Failure>>()
        let registration = onCancel { box.set(.failure($0)) }
        let task = Task { box.set(.success(await operation())) }
        let result = await box.value()
        registration.remove()
        if case .failure = result { task.cancel() }
        return try result.get()
    }

    /// Waits some time.
    func sleep(_ duration: Duration) async throws(Failure) {
        _ = try await wait { try? await Task.sleep(for: duration) }
    }
}

/// A value that is set once and waited for once.
final class Once<Value: Sendable>: Sendable {
    private enum State {
        case empty
        case waiting(CheckedContinuation<Value, Never>)
        case set(Value)
        case taken
    }

    private let state = Mutex(State.empty)

    /// Sets the value; a second one is dropped.
    func set(_ value: Value) {
        let continuation: CheckedContinuation<Value, Never>? = state.withLock { state in
            switch state {
            case .empty:
                state = .set(value)
                return nil
            case .waiting(let continuation):
                state = .taken
                return continuation
            case .set, .taken: return nil
            }
        }
        continuation?.resume(returning: value)
    }

    /// Waits for the value.
    func value() async -> Value {
        await withCheckedContinuation { continuation in
            let value: Value? = state.withLock { state in
                switch state {
                case .set(let value):
                    state = .taken
                    return value
                case .empty:
                    state = .waiting(continuation)
                    return nil
                case .waiting, .taken: preconditionFailure("the value is waited for once")
                }
            }
            if let value { continuation.resume(returning: value) }
        }
    }
}
