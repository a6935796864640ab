public import AgentProtocol
public import SafeExpression

/// A live connection to one agent.
public protocol Session: Sendable {
    /// What the agent said of itself and of its process.
    var hello: Hello { get }

    /// The target, as a person would name it: its pid and the start of its command line.
    var label: String { get }

    /// The target's number as this machine's processes count, by which it can be read from outside; nil when only its
    /// agent is known.
    var pid: Int32? { get }

    /// How this session's opening brought the agent in; nil when it was there already.
    var entry: Entry? { get }

    /// Sends one request and waits for its reply's data.
    ///
    /// - Parameters:
    ///   - command: a command of the agent's table.
    ///   - params: its parameters, a dict.
    ///   - timeout: by when the agent must have answered.
    /// - Throws: `SessionError` of kind `.agent` when the agent refuses, `.timedOut`, or `.connectionLost`.
    func request(_ command: String, _ params: Value, timeout: Duration) async throws(SessionError) -> Value

    /// Sends a request that installs a probe, and gives what the probe emits.
    ///
    /// - Parameters:
    ///   - command: a command of the agent's table that streams.
    ///   - params: its parameters, a dict.
    /// - Throws: as `request` does.
    func stream(_ command: String, _ params: Value) async throws(SessionError) -> any ObservationStream

    /// Ends the session; the agent removes the session's probes.
    func close() async
}

/// What one probe emits, in order.
public protocol ObservationStream: Sendable {
    /// The data of the reply that started it: the probe's id, what it matched.
    var started: Value { get }

    /// The next item, or nil after the event `watch_stopped` was given.
    ///
    /// - Throws: `SessionError` of kind `.connectionLost` when the connection ended first.
    func next() async throws(SessionError) -> StreamItem?

    /// Asks the agent to remove the probe; `next` still gives what was under way, then the stop event.
    func cancel() async
}

/// One thing that came from a probe.
public enum StreamItem: Sendable {
    /// A record.
    case observation(Observation)
    /// Something that happened to the probe, such as `guard_error` or `watch_stopped`, with the event's members.
    case event(name: String, Value)
}
