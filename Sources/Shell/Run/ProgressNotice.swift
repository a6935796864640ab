internal import Synchronization

/// Says what is waited for once it takes longer than half a second, and takes it back when the wait is over.
final class ProgressNotice: Sendable {
    private enum State {
        case waiting
        case shown
        case over
    }

    private static let delay = Duration.milliseconds(500)

    private let front: any Front
    private let state = Mutex(State.waiting)

    /// Begins to wait.
    ///
    /// - Parameters:
    ///   - what: what is waited for.
    ///   - front: where it is shown.
    init(_ what: String, on front: any Front) {
        self.front = front
        Task { [weak self] in
            try? await Task.sleep(for: Self.delay)
            self?.show("waiting for \(what)")
        }
    }

    private func show(_ text: String) {
        state.withLock { state in
            guard state == .waiting else { return }
            state = .shown
            front.showProgress(text)
        }
    }

    /// The wait is over: nothing is shown from now on.
    func end() {
        state.withLock { state in
            if state == .shown { front.showProgress(nil) }
            state = .over
        }
    }
}
