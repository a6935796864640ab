internal import SafeExpression
internal import Sessions

/// What commands and statements act on. One task uses it at a time.
final class ShellState {
    /// A session and its number.
    struct OpenSession {
        let number: Int
        let session: any Session
    }

    let sessions: any Sessions
    let front: any Front
    var options: Interpreter.Options
    /// The script's variables; each `run` has its own.
    var variables: [String: Value] = [:]
    /// The open sessions, oldest first.
    private(set) var open: [OpenSession] = []
    /// The number of the session in use.
    private(set) var current: Int?
    private var lastNumber = 0
    /// What ends the waits of what is running.
    var cancellation = Cancellation()
    /// The first thing that failed without ending what was running: a guard, an expectation, a command.
    private(set) var softStatus = ExitStatus.done
    /// How many scripts run within each other.
    var scriptDepth = 0
    /// Gives the rows of a pipeline that begins with a stage.
    var input: @Sendable () async -> Value? = { nil }
    /// Runs a script for the `run` command.
    var runScript: (SourceText, [String]) async throws(Failure) -> Void = { (_, _) throws(Failure) in }

    init(sessions: any Sessions, front: any Front, options: Interpreter.Options) {
        self.sessions = sessions
        self.front = front
        self.options = options
    }

    // MARK: Sessions

    /// The session in use, or nil.
    var currentSession: (any Session)? { open.first { $0.number == current }?.session }

    /// The session in use.
    func session() throws(Failure) -> any Session {
        guard let session = currentSession else { throw .noSession }
        return session
    }

    /// Makes a session the one in use.
    @discardableResult
    func add(_ session: any Session) -> Int {
        lastNumber += 1
        open.append(OpenSession(number: lastNumber, session: session))
        current = lastNumber
        return lastNumber
    }

    /// Uses another session.
    func use(_ number: Int) throws(Failure) {
        guard open.contains(where: { $0.number == number }) else {
            throw Failure(.failed, "there is no session \(number)", hint: "see sessions")
        }
        current = number
    }

    /// Forgets a session; the newest of those left is used next.
    func remove(_ number: Int) {
        open.removeAll { $0.number == number }
        if current == number { current = open.last?.number }
    }

    /// Sends a request to the session in use and waits for the reply's data.
    func request(
        _ command: String, _ params: [(String, Value)] = [], guard guardText: BoundExpression? = nil,
        timeout: Duration? = nil
    ) async throws(Failure) -> Value {
        let session = try session()
        let timeout = timeout ?? options.requestTimeout
        let data = Value.dict(params.map { (.string($0), $1) })
        return try await waiting(for: "the agent's answer to \(command)", guard: guardText) {
            () async throws(SessionError) in
            try await session.request(command, data, timeout: timeout)
        }
    }

    /// Waits for the world, and says so when it takes longer than half a second.
    func waiting<T: Sendable>(
        for what: String, guard guardText: BoundExpression? = nil,
        _ operation: @escaping @Sendable () async throws(SessionError) -> T
    ) async throws(Failure) -> T {
        let notice = ProgressNotice(what, on: front)
        defer { notice.end() }
        let result = try await cancellation.wait { () async -> Result<T, SessionError> in
            do throws(SessionError) {
                return .success(try await operation())
            } catch {
                return .failure(error)
            }
        }
        switch result {
        case .success(let value): return value
        case .failure(let error): throw Failure(error, guard: guardText)
        }
    }

    // MARK: Output

    /// Writes data.
    func write(_ text: String) throws(Failure) {
        if !front.write(text) { throw .outputClosed }
    }

    /// Says something that is no data and no error, unless quiet was asked for.
    func notice(_ text: String) {
        if !options.isQuiet { front.report(safe(text) + "\n") }
    }

    /// Shows a failure.
    func report(_ failure: Failure, label: String = "error") {
        front.report(failure.rendered(color: front.colorsReports, label: label))
    }

    /// Remembers that something failed although the script goes on.
    func fail(_ status: ExitStatus) {
        if softStatus == .done { softStatus = status }
    }

    /// Begins anew, before a line or a script.
    func begin(_ cancellation: Cancellation) {
        self.cancellation = cancellation
        softStatus = .done
    }

    /// How what goes to the front is rendered.
    var style: RenderStyle {
        var style = RenderStyle()
        if front.isPersonLooking {
            style.width = max(20, front.width)
            style.isForTerminal = true
        }
        style.color = front.colorsData
        return style
    }
}
