import SafeExpression
import Sessions
import Testing

@testable import Shell

/// The testing library has one too.
typealias ExitStatus = Shell.ExitStatus

/// A shell with a fake session and a recording front; each check is one line of a test.
struct TestShell {
    let front: RecordingFront
    let session: FakeSession
    let sessions: FakeSessions
    let interpreter: Interpreter

    init(
        _ front: RecordingFront = RecordingFront(), options: Interpreter.Options = .init(), isAttached: Bool = true
    ) async {
        self.front = front
        session = FakeSession()
        sessions = FakeSessions(session)
        interpreter = Interpreter(sessions: sessions, front: front, options: options)
        if isAttached { _ = await interpreter.attach(.pid(11)) }
        front.clear()
    }

    /// Runs a line that must succeed, and gives what it wrote.
    @discardableResult
    func mustExec(_ line: String, at location: SourceLocation = #_sourceLocation) async -> String {
        front.clear()
        let status = await interpreter.run(line: line)
        #expect(status == .done, "\(line): \(front.reports)", sourceLocation: location)
        return front.output
    }

    /// Runs a line that must succeed and write just this.
    func assertExec(_ line: String, _ expected: String, at location: SourceLocation = #_sourceLocation) async {
        let output = await mustExec(line, at: location)
        #expect(output == expected, sourceLocation: location)
    }

    /// Runs a line that must fail with a status and report just this.
    func assertExecError(
        _ line: String, _ status: ExitStatus, _ expected: String, at location: SourceLocation = #_sourceLocation
    ) async {
        front.clear()
        let found = await interpreter.run(line: line)
        #expect(found == status, sourceLocation: location)
        #expect(front.reports == expected, sourceLocation: location)
    }

    /// Runs a script, and gives its status.
    func run(_ script: String, _ arguments: [String] = []) async -> ExitStatus {
        front.clear()
        return await interpreter.run(script: script, name: "t.sonde", arguments: arguments)
    }

    /// Scripts a stream of observations with these costs for `watch`.
    func watching(
        _ costs: [Double], ending: FakeStream.Ending = .stops("limit"), dropped: Int = 0, guardErrors: Int = 0
    ) {
        session.onStream("watch") { _ in
            FakeStream(
                FakeStream.observations(costs), ending: ending, dropped: dropped, guardErrors: guardErrors)
        }
    }
}

/// Waits until a condition holds.
func eventually(
    _ what: String, within limit: Duration = .seconds(10), at location: SourceLocation = #_sourceLocation,
    _ condition: () async -> Bool
) async {
    let clock = ContinuousClock()
    let deadline = clock.now + limit
    while clock.now < deadline {
        if await condition() { return }
        try? await Task.sleep(for: .milliseconds(5))
    }
    Issue.record("never happened: \(what)", sourceLocation: location)
}
