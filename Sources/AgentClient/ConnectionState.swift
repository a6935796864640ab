internal import AgentProtocol
internal import SafeExpression

/// What one connection waits for, as a state machine without a socket: messages go in, actions come out.
struct ConnectionState: ~Copyable {
    /// What the caller is to do after a message, in order.
    enum Action {
        /// Resume the greeting's waiter.
        case greet(Result<Hello, ClientError>)
        /// Send the agent's files, for an interpreter's bytecode.
        case sendSources(magic: UInt32?)
        /// Answer a request.
        case answer(Waiter, Result<Value, ClientError>)
        /// Hand an item to a stream.
        case deliver(StreamBuffer, StreamBuffer.Input)
    }

    /// Who waits for a reply.
    enum Waiter: Sendable {
        /// A request with one answer.
        case reply(CheckedContinuation<Result<Value, ClientError>, Never>)
        /// A request that starts a stream, whose items go into the buffer.
        case stream(CheckedContinuation<Result<Value, ClientError>, Never>, StreamBuffer)
    }

    private var waiters: [Int: Waiter] = [:]
    private var streams: [String: StreamBuffer] = [:]
    private var lastID = 0
    private var isGreeted = false
    private var end: ClientError?

    /// Gives a request its id.
    mutating func makeID() -> Int {
        lastID += 1
        return lastID
    }

    /// Registers who waits for a request's reply.
    ///
    /// - Returns: why there can be no reply any more, or nil.
    mutating func register(_ waiter: Waiter, for id: Int) -> ClientError? {
        if let end { return end }
        waiters[id] = waiter
        return nil
    }

    /// Forgets a request whose deadline passed.
    mutating func expire(_ id: Int) -> Action? {
        waiters.removeValue(forKey: id).map { .answer($0, .failure(.timedOut)) }
    }

    /// Takes one message.
    mutating func receive(_ message: Message) -> Action? {
        switch message {
        case .hello(let hello):
            guard !isGreeted else { return nil }
            isGreeted = true
            guard hello.protocolVersion == Hello.protocolVersion else {
                return .greet(.failure(.incompatible(hello)))
            }
            return .greet(.success(hello))
        case .sourcesWanted(let version, let magic):
            // The agent is another sonde's that did not live to send them.
            guard version == Hello.protocolVersion else {
                return greetWithFailure(.connectionLost("an agent of protocol \(version) is just coming"))
            }
            return isGreeted ? nil : .sendSources(magic: magic)
        case .startFailed(let reason):
            return greetWithFailure(.startFailed(reason))
        case .reply(let id, let result):
            // A reply whose deadline passed has no waiter any more.
            guard let waiter = waiters.removeValue(forKey: id) else { return nil }
            if case .stream(_, let buffer) = waiter, case .success(let data) = result,
                let name = data["watch_id"]?.asString
            {
                streams[name] = buffer
            }
            return .answer(waiter, result.mapError(ClientError.refused))
        case .observation(let stream, let observation):
            return streams[stream].map { .deliver($0, .item(.observation(observation))) }
        case .event(let stream, let name, let value):
            guard let stream, let buffer = streams[stream] else { return nil }
            if name == "watch_stopped" {
                streams[stream] = nil
                return .deliver(buffer, .last(.event(name: name, value)))
            }
            return .deliver(buffer, .item(.event(name: name, value)))
        }
    }

    private mutating func greetWithFailure(_ error: ClientError) -> Action? {
        guard !isGreeted else { return nil }
        isGreeted = true
        return .greet(.failure(error))
    }

    /// Ends everything that waits: the connection is gone.
    mutating func finish(_ error: ClientError) -> [Action] {
        guard end == nil else { return [] }
        end = error
        var actions: [Action] = waiters.values.map { .answer($0, .failure(error)) }
        actions += streams.values.map { .deliver($0, .failure(error)) }
        if !isGreeted { actions.append(.greet(.failure(error))) }
        isGreeted = true
        waiters = [:]
        streams = [:]
        return actions
    }
}
