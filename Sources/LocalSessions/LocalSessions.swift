internal import AgentBundle
internal import AgentClient
internal import AgentProtocol
internal import ProcessInspection
public import Sessions
internal import Synchronization

/// The sessions of this machine's processes.
public struct LocalSessions: Sessions {
    /// How long an agent that is there already may take to greet.
    private static let greetingTimeout = Duration.seconds(5)

    private let injections = UnderWay()

    /// Makes the sessions; nothing is opened or looked up yet.
    public init() {}

    /// Waits until every injection has ended, also where its `open` was cancelled; it is taken back then.
    public func close() async { await injections.isOver() }

    /// The Python processes of this machine but this one, by ascending pid.
    public func targets() async throws(SessionError) -> [TargetInfo] {
        PythonProcess.all().map(TargetInfo.init)
    }

    /// Opens a session, attaching when no agent is there.
    public func open(_ name: TargetName, options: AttachOptions) async throws(SessionError) -> any Session {
        if case .isAwaited(let limit) = options.arrival { return try await openAwaited(name, limit, options) }
        switch name {
        case .pid(let pid):
            return try await open(pid, options)
        case .text(let text):
            return try await open(try process(named: text).pid, options)
        case .unix(let path):
            do {
                return try await connect(path, pid: nil, label: "unix:\(path)", timeout: options.deadline)
            } catch {
                throw SessionError(error, label: "unix:\(path)")
            }
        case .network(let host, let port):
            throw SessionError(
                .unsupported, "cannot connect to \(host):\(port): this version reaches this machine's processes only",
                hint: "run sonde on that machine")
        }
    }

    func process(named text: String) throws(SessionError) -> PythonProcess {
        switch TargetQuery.text(text).resolve() {
        case .found(let process): return process
        case .ambiguous(let processes): throw .ambiguous(processes, named: text)
        case .missing, .notPython, .ourselves:
            throw SessionError(
                .noTarget, "no Python process has “\(text)” in its command line",
                hint: "`sonde ps` lists the Python processes")
        }
    }

    func open(_ pid: Int32, _ options: AttachOptions) async throws(SessionError) -> any Session {
        let socket: AgentSocket
        do {
            socket = try AgentSocket.path(for: pid)
        } catch {
            throw error.kind == .missing
                ? SessionError(
                    .noTarget, "there is no process \(pid)", hint: "`sonde ps` lists the Python processes")
                : SessionError(.notPermitted, error.message)
        }
        let process = try? PythonProcess.find(pid)
        let label = Self.label(of: process, pid)
        do {
            let patience = min(Self.greetingTimeout, options.deadline)
            return try await connect(socket, pid: pid, label: label, timeout: patience)
        } catch .unreachable {
            // Nobody listens: the usual case.
        } catch {
            throw SessionError(error, label: label)
        }
        let arrival = AgentArrival(
            pid: pid, minor: process?.version?.minor, socket: socket, label: label, options: options,
            injections: injections)
        return try await arrival.attach { timeout throws(ClientError) in
            try await connect(socket, pid: pid, label: label, timeout: timeout)
        }
    }

    private func connect(
        _ socket: AgentSocket, pid: Int32, label: String, timeout: Duration
    ) async throws(ClientError) -> AgentSession {
        guard socket.exists else { throw .unreachable("nothing is at \(socket.fromHere)") }
        return try await connect(socket.fromHere, pid: pid, label: label, timeout: timeout)
    }

    private func connect(
        _ path: String, pid: Int32?, label: String, timeout: Duration
    ) async throws(ClientError) -> AgentSession {
        let sent = Mutex<AgentBundle.Rest?>(nil)
        let (connection, hello) = try await AgentConnection.connect(
            toUnixSocket: path, pid: pid, timeout: timeout,
            sources: { magic in
                let rest = AgentBundle.rest(magic: magic)
                sent.withLock { $0 = rest }
                return rest.bytes
            })
        let wasCompiled = sent.withLock { $0?.isCompiled } ?? false
        return AgentSession(hello: hello, label: label, pid: pid, connection: connection, wasCompiled: wasCompiled)
    }

    /// The pid and what runs there: the script's or the module's name rather than the interpreter's.
    private static func label(of process: PythonProcess?, _ pid: Int32) -> String {
        guard let process else { return "\(pid)" }
        let words = process.words.dropFirst()
        let name =
            switch words.first {
            case "-m": words.dropFirst().first
            case "-c": "-c"
            default: words.first { !$0.hasPrefix("-") }
            }
        guard let name, !name.isEmpty else { return "\(pid)" }
        return "\(pid) \(name.split(separator: "/").last ?? Substring(name))"
    }
}

extension SessionError {
    static func ambiguous(_ processes: [PythonProcess], named text: String) -> SessionError {
        SessionError(
            .ambiguous(processes.map(TargetInfo.init)),
            "\(processes.count) Python processes have “\(text)” in their command line", hint: "name one by its pid")
    }
}

extension TargetInfo {
    init(_ process: PythonProcess) {
        self.init(
            pid: process.pid, user: process.userName, version: process.version?.description ?? "?",
            ways: process.ways.map(\.rawValue), container: process.container, hasAgent: process.hasAgent,
            commandLine: process.commandLine)
    }
}
