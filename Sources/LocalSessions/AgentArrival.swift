internal import AgentBundle
internal import AgentClient
internal import Attach
internal import Glibc
internal import ProcessInspection
internal import Sessions

/// Brings an agent into a process and waits until it listens.
struct AgentArrival {
    let pid: Int32
    /// The minor version of its CPython, where it can be seen.
    let minor: Int?
    let socket: AgentSocket
    let label: String
    let options: AttachOptions
    /// Where it is counted while it does something in the target.
    let injections: UnderWay

    /// How often it is looked whether the agent listens: that takes it some milliseconds.
    private static let interval = Duration.microseconds(200)
    /// What is left of the deadline, at most, for taking back an injection that came to nothing.
    private static let margin = Duration.milliseconds(500)

    /// Attaches, then connects.
    ///
    /// - Parameter connect: connects to the agent's socket, given how long that may take.
    /// - Throws: `SessionError` with what stands in the way, as `sonde doctor` would say it.
    func attach(
        connect: (Duration) async throws(ClientError) -> AgentSession
    ) async throws(SessionError) -> AgentSession {
        let clock = ContinuousClock()
        let deadline = clock.now + options.deadline
        guard socket.canBeMade || LocalSessions.isGone(pid) else {
            let places = AgentSocket.directories.joined(separator: ", ")
            throw SessionError(
                .unsupported, "process \(pid) can write none of \(places), where the agent's socket is made",
                hint: "give it a tmpfs on /tmp")
        }
        let report = errorPath()
        defer { unlink(report.fromHere) }
        let source = AgentBundle.source(
            .init(
                socketPath: socket.inTarget, errorPath: report.inTarget,
                userID: UserMap.number(of: geteuid(), seenBy: pid)),
            minor: minor)
        var entry: Entry
        do {
            injections.begin()
            defer { injections.end() }
            entry = Entry(try await Injector.run(source, in: pid, options: injectorOptions))
        } catch {
            throw SessionError(error, of: pid, checks: (try? LocalSessions.checks(of: pid)) ?? [])
        }
        while true {
            do {
                var session = try await connect(max(.milliseconds(10), clock.now.duration(to: deadline)))
                entry.isCompiled = session.wasCompiled
                session.entry = entry
                return session
            } catch .unreachable {
                // Not yet.
            } catch {
                throw SessionError(error, label: label)
            }
            if let text = failure(at: report.fromHere) { throw text }
            guard !LocalSessions.isGone(pid) else {
                throw SessionError(.noTarget, "process \(pid) ended while the agent was starting")
            }
            guard !Task.isCancelled else { throw SessionError(.failed, "the attach was given up") }
            guard clock.now < deadline else {
                throw SessionError(
                    .timedOut, "the agent did not answer within \(options.deadline)",
                    hint: "the target may hold the interpreter lock in a long call; --timeout waits longer; "
                        + LocalSessions.readingHint(pid))
            }
            try? await Task.sleep(for: Self.interval)
        }
    }

    private var injectorOptions: Injector.Options {
        // The same deadline may end this program: what was begun in the target is taken back before.
        let margin = min(options.deadline / 4, Self.margin)
        var injection = Injector.Options(way: options.way.map(Way.init), deadline: options.deadline - margin)
        injection.remoteExecutor = Injector.embeddedPython
        injection.isStarting = options.arrival != .isThere
        return injection
    }

    /// Where the agent says why it could not start: beside the socket, under a name nobody can foresee.
    private func errorPath() -> AgentSocket {
        let suffix = ".\(String(UInt64.random(in: .min ... .max), radix: 36)).error"
        var path = socket
        path.inTarget += suffix
        path.fromHere += suffix
        return path
    }

    private func failure(at path: String) -> SessionError? {
        guard let bytes = try? File.contents(of: path), !bytes.isEmpty else { return nil }
        return SessionError(.startFailed(String(decoding: bytes, as: UTF8.self)), label: label)
    }
}

extension Way {
    init(_ way: AttachOptions.Way) {
        self =
            switch way {
            case .remoteExec: .remoteExec
            case .ptrace: .ptrace
            case .gdb: .gdb
            }
    }
}

extension Entry {
    init(_ injection: Injection) {
        self.init(
            way: .init(injection.way), standing: .nanoseconds(injection.use.standingNanoseconds),
            away: .nanoseconds(injection.use.awayNanoseconds))
    }
}

extension AttachOptions.Way {
    init(_ way: Way) {
        self =
            switch way {
            case .remoteExec: .remoteExec
            case .ptrace: .ptrace
            case .gdb: .gdb
            }
    }
}

extension SessionError {
    /// The same error in the shell's words, with the failing lines of what `sonde doctor` would say.
    init(_ error: AttachError, of pid: Int32, checks: [SessionCheck]) {
        let kind: Kind =
            switch error.kind {
            case .noSuchProcess, .exited: .noTarget
            case .notPython, .unsupported: .unsupported
            case .notPermitted: .notPermitted
            case .timedOut: .timedOut
            case .busy, .failed: .failed
            }
        // Where the message is the whole obstacle already, the checks would only say it again.
        let isComplete = [.noSuchProcess, .exited, .notPython, .busy].contains(error.kind)
        let failing = isComplete ? [] : checks.filter { $0.status == .fail && !error.message.contains($0.message) }
        // A process that cannot let anybody in now can be looked at all the same.
        let isStuck = error.kind == .timedOut || error.kind == .busy
        let hints = [error.hint, isStuck ? LocalSessions.readingHint(pid) : nil].compactMap { $0 }
        self.init(
            kind, error.message, hint: hints.isEmpty ? nil : hints.joined(separator: "; "),
            details: failing.map { "\($0.name): \($0.message)" + ($0.mend.map { " (try: \($0))" } ?? "") })
    }
}
