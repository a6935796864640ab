internal import AgentClient
internal import AgentProtocol
internal import SafeExpression
internal import Sessions

/// A session over a connection to an agent.
struct AgentSession: Session {
    let hello: Hello
    let label: String
    let pid: Int32?
    let connection: AgentConnection
    /// Whether the agent asked this session for its files and got them compiled.
    let wasCompiled: Bool
    var entry: Entry?

    /// By when a probe must be installed.
    private static let installTimeout = Duration.seconds(30)

    func request(_ command: String, _ params: Value, timeout: Duration) async throws(SessionError) -> Value {
        do {
            return try await connection.request(command, params, timeout: timeout)
        } catch {
            throw SessionError(error, label: label)
        }
    }

    func stream(_ command: String, _ params: Value) async throws(SessionError) -> any ObservationStream {
        do {
            return ClientStream(
                stream: try await connection.stream(command, params, timeout: Self.installTimeout), label: label)
        } catch {
            throw SessionError(error, label: label)
        }
    }

    func close() async {
        await connection.close()
    }
}

/// A probe's stream over a connection to an agent.
private struct ClientStream: ObservationStream {
    let stream: AgentStream
    let label: String

    var started: Value { stream.started }

    func next() async throws(SessionError) -> StreamItem? {
        do {
            switch try await stream.next() {
            case .observation(let observation): return .observation(observation)
            case .event(let name, let value): return .event(name: name, value)
            case nil: return nil
            }
        } catch {
            throw SessionError(error, label: label)
        }
    }

    func cancel() async {
        await stream.cancel()
    }
}

extension SessionError {
    /// The same error in the shell's words.
    ///
    /// - Parameters:
    ///   - error: what the client met.
    ///   - label: the target's name for people.
    init(_ error: ClientError, label: String) {
        switch error {
        case .unreachable(let reason):
            self.init(.connectionLost, "cannot reach the agent of \(label): \(reason)")
        case .impostor(let expected, let found):
            self.init(
                .notPermitted, "the socket of process \(expected) belongs to process \(found): not trusted",
                hint: "remove it, if it is not another tool's")
        case .incompatible(let hello):
            let older = hello.protocolVersion < Hello.protocolVersion ? "the agent" : "this sonde"
            self.init(
                .unsupported,
                "the agent in \(label) is version \(hello.agent) and speaks protocol \(hello.protocolVersion), "
                    + "this sonde speaks \(Hello.protocolVersion): \(older) is older",
                hint: "detach it with the sonde that put it there")
        case .startFailed(let reason):
            let lines = reason.split(separator: "\n").map(String.init)
            self.init(
                .failed, "the agent could not start in \(label): \(lines.first ?? "?")",
                details: Array(lines.dropFirst()))
        case .connectionLost(let reason):
            self.init(.connectionLost, "lost the connection to \(label): \(reason)")
        case .timedOut:
            self.init(.timedOut, "no answer from \(label) in time")
        case .refused(let error):
            self.init(
                Self.kind(of: error), error.message, hint: error.hint,
                details: error.traceback.map { $0.split(separator: "\n").map(String.init) } ?? [],
                range: error.range)
        }
    }

    private static func kind(of error: AgentError) -> Kind {
        switch error.kind {
        case "NotPermitted": .notPermitted
        case "Timeout": .timedOut
        default: .agent(error.kind)
        }
    }
}
