import Synchronization

@testable import Shell

/// A front that records what it is given.
final class RecordingFront: Front {
    struct State {
        var output = ""
        var reports = ""
        var progress: [String?] = []
        /// The reader goes away after so many writes.
        var writesLeft = Int.max
    }

    let state = Mutex(State())
    let width: Int
    let isPersonLooking: Bool
    let lines: [String]

    init(width: Int = 80, isPersonLooking: Bool = false, lines: [String] = []) {
        self.width = width
        self.isPersonLooking = isPersonLooking
        self.lines = lines
    }

    var output: String { state.withLock { $0.output } }
    var progress: [String?] { state.withLock { $0.progress } }
    var reports: String { state.withLock { $0.reports } }

    func clear() {
        state.withLock {
            $0.output = ""
            $0.reports = ""
        }
    }

    func write(_ text: String) -> Bool {
        state.withLock { state in
            guard state.writesLeft > 0 else { return false }
            state.writesLeft -= 1
            state.output += text
            return true
        }
    }

    func report(_ text: String) { state.withLock { $0.reports += text } }

    func showProgress(_ text: String?) { state.withLock { $0.progress.append(text) } }

    func history() async -> [String] { lines }
}
