import AgentProtocol
import SafeExpression
import Sessions
import Synchronization

/// A machine with processes that are made up.
final class FakeSessions: Sessions {
    let session: FakeSession
    let processes: [TargetInfo]
    let opened = Mutex<[TargetName]>([])
    /// How the last one was opened.
    let options = Mutex<AttachOptions?>(nil)

    init(_ session: FakeSession, processes: [TargetInfo] = FakeSessions.some) {
        self.session = session
        self.processes = processes
    }

    static let some = [
        TargetInfo(pid: 11, user: "ann", version: "3.8.20", ways: ["ptrace"], commandLine: "python shop.py"),
        TargetInfo(
            pid: 12, user: "bob", version: "3.12.1", ways: ["ptrace", "gdb"], container: "c0ffee", hasAgent: true,
            commandLine: "gunicorn shop:app"),
        TargetInfo(pid: 13, user: "ann", version: "3.14.0", ways: ["remote-exec"], commandLine: "python -m http"),
    ]

    func targets() async throws(SessionError) -> [TargetInfo] { processes }

    func open(_ name: TargetName, options: AttachOptions) async throws(SessionError) -> any Session {
        opened.withLock { $0.append(name) }
        self.options.withLock { $0 = options }
        switch name {
        case .pid(999): throw SessionError(.noTarget, "there is no process 999", hint: "see ps")
        case .pid(998):
            throw SessionError(
                .notPermitted, "process 998 belongs to root", hint: "use sudo", details: ["ptrace_scope is 1"])
        case .text("python"):
            throw SessionError(.ambiguous(processes), "2 processes fit 'python'")
        default: return session
        }
    }

    /// What is read from outside, and what was asked for.
    let stacks = Mutex<(answer: [ThreadStack], asked: [TargetName])>(([], []))

    func stacks(of name: TargetName, thread: UInt64?) async throws(SessionError) -> [ThreadStack] {
        if name == .pid(999) { throw SessionError(.noTarget, "there is no process 999", hint: "see ps") }
        return stacks.withLock { stacks in
            stacks.asked.append(name)
            return stacks.answer.filter { thread == nil || $0.id == thread }
        }
    }

    let isClosed = Mutex(false)

    func close() async { isClosed.withLock { $0 = true } }

    func diagnose(_ name: TargetName?) async throws(SessionError) -> [Check] {
        guard name != nil else { return [Check(name: "ptrace_scope", status: .ok, message: "0")] }
        return [
            Check(name: "ptrace_scope", status: .ok, message: "0"),
            Check(name: "user", status: .fail, message: "it runs as root", mend: "sudo sonde"),
        ]
    }
}

/// A session whose replies are scripted.
final class FakeSession: Session {
    typealias Reply = @Sendable (Value) throws(SessionError) -> Value
    typealias Start = @Sendable (Value) throws(SessionError) -> FakeStream

    struct State {
        var replies: [String: Reply] = [:]
        var streams: [String: Start] = [:]
        var requests: [(command: String, params: Value)] = []
        var isClosed = false
        var lastStream: FakeStream?
        var isReady: @Sendable () -> Bool = { true }
    }

    let state = Mutex(State())
    let hello = Hello(agent: "0.1.0", pid: 11, python: "3.12.1")
    let label = "11 python shop.py"
    let pid: Int32? = 11
    let entry: Entry? = nil

    /// Scripts the reply to a command.
    func on(_ command: String, _ reply: @escaping Reply) { state.withLock { $0.replies[command] = reply } }

    /// Scripts the reply to a command as JSON.
    func on(_ command: String, json: String) throws {
        let value = try Value(json: json)
        on(command) { _ in value }
    }

    /// Scripts a stream.
    func onStream(_ command: String, _ start: @escaping Start) { state.withLock { $0.streams[command] = start } }

    /// Lets every reply wait until something holds.
    func setDelay(until isReady: @escaping @Sendable () -> Bool) { state.withLock { $0.isReady = isReady } }

    var requests: [(command: String, params: Value)] { state.withLock { $0.requests } }
    var lastStream: FakeStream? { state.withLock { $0.lastStream } }
    var isClosed: Bool { state.withLock { $0.isClosed } }

    func request(_ command: String, _ params: Value, timeout: Duration) async throws(SessionError) -> Value {
        let reply = state.withLock { state in
            state.requests.append((command, params))
            return state.replies[command]
        }
        let isReady = state.withLock { $0.isReady }
        let deadline = ContinuousClock.now + .seconds(10)
        while !isReady(), ContinuousClock.now < deadline { try? await Task.sleep(for: .milliseconds(5)) }
        guard let reply else { throw SessionError(.agent("BadRequest"), "no such command: \(command)") }
        return try reply(params)
    }

    func stream(_ command: String, _ params: Value) async throws(SessionError) -> any ObservationStream {
        let start = state.withLock { state in
            state.requests.append((command, params))
            return state.streams[command]
        }
        guard let start else { throw SessionError(.agent("BadRequest"), "no such command: \(command)") }
        let stream = try start(params)
        state.withLock { $0.lastStream = stream }
        return stream
    }

    func close() async { state.withLock { $0.isClosed = true } }
}

/// A stream of scripted items; after them it waits to be cancelled, or ends.
final class FakeStream: ObservationStream {
    enum Ending: Sendable {
        /// It ends for this reason.
        case stops(String)
        /// It waits until it is cancelled, then ends.
        case waits
        /// It waits, and does not react to being cancelled.
        case hangs
        /// The connection is lost.
        case lost
    }

    private struct State {
        var index = 0
        var isCancelled = false
        var isStopped = false
        var waiter: CheckedContinuation<Void, Never>?
    }

    let started: Value
    private let items: [StreamItem]
    private let ending: Ending
    private let guardErrors: Int
    private let dropped: Int
    private let state = Mutex(State())

    init(
        _ items: [StreamItem], ending: Ending, parameters: [String] = ["cart", "user"],
        matched: [String] = ["shop.checkout"], dropped: Int = 0, guardErrors: Int = 0
    ) {
        self.items = items
        self.ending = ending
        self.dropped = dropped
        self.guardErrors = guardErrors
        started = .dict([
            (.string("watch_id"), .string("watch_001")), (.string("pattern"), .string("shop:checkout")),
            (.string("params"), .list(parameters.map(Value.string))),
            (
                .string("matched"),
                .list(matched.map { .dict([(.string("func"), .string($0)), (.string("kind"), .string("function"))]) })
            ),
        ])
    }

    /// Observations of these costs, with what belongs to them.
    static func observations(_ costs: [Double]) -> [StreamItem] {
        costs.enumerated().map { index, cost in
            .observation(observation(cost: cost, user: index % 2 == 0 ? "ann" : "bob"))
        }
    }

    static func observation(
        cost: Double, user: String, result: Value = .none, stack: Value? = nil
    ) -> Observation {
        let cart = Value.dict([(.string("items"), .int(3))])
        let extra = stack.map { [(key: Value.string("stack"), value: $0)] } ?? []
        let message = Value.dict(
            [
                (.string("type"), .string("observation")), (.string("watch_id"), .string("watch_001")),
                (.string("timestamp"), .float(1_705_586_200.123)), (.string("func_name"), .string("shop.checkout")),
                (.string("args"), .list([cart, .string(user)])), (.string("kwargs"), .dict([])),
                (.string("arg"), .dict([(.string("cart"), cart), (.string("user"), .string(user))])),
                (.string("result"), result), (.string("error"), .none), (.string("duration_ms"), .float(cost)),
                (.string("thread"), .string("MainThread")),
            ] + extra)
        var text: [UInt8] = []
        message.encodeJSON(into: &text, style: .tagged)
        guard let object = try? JSONObject(json: text[...]) else { preconditionFailure("a dict is an object") }
        return Observation(wire: object)
    }

    var isCancelled: Bool { state.withLock { $0.isCancelled } }
    /// How many observations were taken.
    var taken: Int { state.withLock { $0.index } }

    func next() async throws(SessionError) -> StreamItem? {
        let item: StreamItem? = state.withLock { state in
            guard state.index < items.count, !state.isCancelled else { return nil }
            state.index += 1
            return items[state.index - 1]
        }
        if let item { return item }
        switch ending {
        case .lost: throw SessionError(.connectionLost, "the connection to the agent was lost")
        case .stops(let reason): return stop(reason)
        case .waits, .hangs:
            await withCheckedContinuation { continuation in
                let goesOn = state.withLock { state in
                    if state.isCancelled { return true }
                    state.waiter = continuation
                    return false
                }
                if goesOn { continuation.resume() }
            }
            return stop("cancelled")
        }
    }

    private func stop(_ reason: String) -> StreamItem? {
        let (isFirst, emitted) = state.withLock { state in
            let isFirst = !state.isStopped
            state.isStopped = true
            let observations = items[..<state.index].count {
                if case .observation = $0 { true } else { false }
            }
            return (isFirst, observations)
        }
        guard isFirst else { return nil }
        return .event(
            name: "watch_stopped",
            .dict([
                (.string("reason"), .string(reason)), (.string("emitted"), .int(emitted)),
                (.string("dropped"), .int(dropped)), (.string("guard_errors"), .int(guardErrors)),
            ]))
    }

    func cancel() async {
        if case .hangs = ending { return }
        let waiter = state.withLock { state in
            state.isCancelled = true
            return state.waiter.take()
        }
        waiter?.resume()
    }

    /// Lets a stream that hangs go, so that the test leaves nothing behind.
    func release() {
        let waiter = state.withLock { state in
            state.isCancelled = true
            return state.waiter.take()
        }
        waiter?.resume()
    }
}
