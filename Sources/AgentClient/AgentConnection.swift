public import AgentProtocol
internal import NIOCore
internal import NIOPosix
public import SafeExpression
internal import Synchronization

/// A connection to one agent: requests with deadlines, and streams.
public final class AgentConnection: Sendable {
    /// One thing that came from a probe.
    public enum StreamItem: Sendable {
        /// A record.
        case observation(Observation)
        /// Something that happened to the probe, with the event's members.
        case event(name: String, Value)
    }

    /// How much longer than the agent's own deadline the shell waits for the agent to say so.
    static let grace = Duration.seconds(1)

    private struct Guarded: ~Copyable {
        var state = ConnectionState()
        var greeting: CheckedContinuation<Result<Hello, ClientError>, Never>?
        var greeted: Result<Hello, ClientError>?
        var fullStreams = 0
    }

    private let channel: any Channel
    private let sources: @Sendable (UInt32?) -> [UInt8]
    private let guarded = Mutex(Guarded())

    init(channel: any Channel, sources: @escaping @Sendable (UInt32?) -> [UInt8]) {
        self.channel = channel
        self.sources = sources
    }

    /// Waits for the agent's greeting.
    func hello(timeout: Duration) async throws(ClientError) -> Hello {
        let expiry = channel.eventLoop.scheduleTask(in: .init(timeout)) { self.perform(.greet(.failure(.timedOut))) }
        let result: Result<Hello, ClientError> = await withCheckedContinuation { continuation in
            let early: Result<Hello, ClientError>? = guarded.withLock { guarded in
                if guarded.greeted == nil { guarded.greeting = continuation }
                return guarded.greeted
            }
            if let early { continuation.resume(returning: early) }
        }
        expiry.cancel()
        return try result.get()
    }

    /// Sends one request and waits for its reply's data.
    ///
    /// - Parameters:
    ///   - command: a command of the agent's table.
    ///   - params: its parameters, a dict.
    ///   - timeout: by when the agent must have answered.
    public func request(_ command: String, _ params: Value, timeout: Duration) async throws(ClientError) -> Value {
        try await send(command, params, timeout: timeout) { .reply($0) }.data
    }

    /// Sends a request that installs a probe.
    ///
    /// - Parameters:
    ///   - command: a command of the agent's table that streams.
    ///   - params: its parameters, a dict.
    ///   - timeout: by when the agent must have answered that the probe is installed.
    public func stream(_ command: String, _ params: Value, timeout: Duration) async throws(ClientError) -> AgentStream {
        let buffer = StreamBuffer { isFull in self.setReading(isPaused: isFull) }
        let (id, data) = try await send(command, params, timeout: timeout) { .stream($0, buffer) }
        return AgentStream(id: id, started: data, buffer: buffer, connection: self)
    }

    /// Ends the connection; the agent removes what the session installed.
    public func close() async {
        try? await channel.close().get()
    }

    private func send(
        _ command: String, _ params: Value, timeout: Duration,
        waiter: @escaping @Sendable (CheckedContinuation<Result<Value, ClientError>, Never>) -> ConnectionState.Waiter
    ) async throws(ClientError) -> (id: Int, data: Value) {
        let id = guarded.withLock { $0.state.makeID() }
        let request = Request(
            id: id, command: command, params: params, timeoutMilliseconds: Int(timeout / .milliseconds(1)))
        let expiry = channel.eventLoop.scheduleTask(in: .init(timeout + Self.grace)) { self.expire(id) }
        let result: Result<Value, ClientError> = await withCheckedContinuation { continuation in
            if let error = guarded.withLock({ $0.state.register(waiter(continuation), for: id) }) {
                continuation.resume(returning: .failure(error))
            } else {
                write(request.payload)
            }
        }
        expiry.cancel()
        return (id, try result.get())
    }

    private func write(_ payload: [UInt8]) {
        let header = Frame.header(of: payload.count)
        var buffer = channel.allocator.buffer(capacity: header.count + payload.count)
        buffer.writeBytes(header)
        buffer.writeBytes(payload)
        channel.writeAndFlush(buffer, promise: nil)
    }

    private func expire(_ id: Int) {
        if let action = guarded.withLock({ $0.state.expire(id) }) { perform(action) }
    }

    /// Takes a message; called on the channel's event loop, in order.
    func receive(_ message: Message) {
        if let action = guarded.withLock({ $0.state.receive(message) }) { perform(action) }
    }

    /// The connection is gone.
    func finish(_ error: ClientError) {
        for action in guarded.withLock({ $0.state.finish(error) }) { perform(action) }
    }

    private func perform(_ action: ConnectionState.Action) {
        switch action {
        case .greet(let result):
            let waiter = guarded.withLock { guarded in
                guarded.greeted = guarded.greeted ?? result
                defer { guarded.greeting = nil }
                return guarded.greeting
            }
            waiter?.resume(returning: result)
        case .sendSources(let magic):
            write(sources(magic))
        case .answer(.reply(let waiter), let result), .answer(.stream(let waiter, _), let result):
            waiter.resume(returning: result)
        case .deliver(let buffer, let input):
            buffer.put(input)
        }
    }

    /// Stops reading the socket while any stream is full.
    ///
    /// A stream that nobody takes from would hold up the others' replies: its owner takes, or cancels, which
    /// discards.
    private func setReading(isPaused: Bool) {
        let change: Bool? = guarded.withLock { guarded in
            guarded.fullStreams += isPaused ? 1 : -1
            return isPaused ? (guarded.fullStreams == 1 ? false : nil) : (guarded.fullStreams == 0 ? true : nil)
        }
        if let change { channel.setOption(.autoRead, value: change).whenFailure { _ in } }
    }
}
