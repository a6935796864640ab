internal import Glibc
internal import ProcessInspection
internal import Sessions

extension LocalSessions {
    /// For how long what is in the way of attaching to a new process is taken for a part of its start.
    private static let startTime = Duration.seconds(3)

    /// Opens a session with a target that may not be there yet, and may still be starting when it is.
    ///
    /// - Parameters:
    ///   - name: A pid or a part of a command line.
    ///   - limit: By when it must have appeared; nil waits until the task is cancelled.
    func openAwaited(
        _ name: TargetName, _ limit: Duration?, _ options: AttachOptions
    ) async throws(SessionError) -> any Session {
        let text: String
        switch name {
        case .pid(let pid): return try await openStarting(pid, options)
        case .text(let part): text = part
        case .unix, .network:
            throw SessionError(
                .unsupported, "only a process of this machine can be waited for",
                hint: "name a part of its command line")
        }
        let end = limit.map { ContinuousClock.now + $0 }
        while true {
            let process = try await appearance(of: text, limit, by: end)
            do {
                return try await openStarting(process.pid, options)
            } catch {
                // One that has ended before it could be entered was not the one: a launcher, or the last run.
                guard Self.isGone(process.pid), !Task.isCancelled else { throw error }
            }
        }
    }

    private func appearance(
        of text: String, _ limit: Duration?, by end: ContinuousClock.Instant?
    ) async throws(SessionError) -> PythonProcess {
        let clock = ContinuousClock()
        let start = clock.now
        var watch = ProcessWatch(for: text)
        var pause = Duration.milliseconds(2)
        while !Task.isCancelled {
            let found = watch.look()
            if found.count > 1 { throw .ambiguous(found, named: text) }
            if let process = found.first { return process }
            let now = clock.now
            if let end, now >= end {
                throw SessionError(
                    .timedOut,
                    "no Python process with “\(text)” in its command line has appeared within \(limit ?? .zero)",
                    hint: "`sonde ps` lists those that are there")
            }
            // What is about to come is seen at once; a wait of minutes costs next to nothing.
            pause = start.duration(to: now) < .seconds(5) ? min(pause * 3 / 2, .milliseconds(20)) : .milliseconds(100)
            try? await Task.sleep(for: end.map { min(pause, now.duration(to: $0)) } ?? pause)
        }
        throw SessionError(.failed, "the wait was given up")
    }

    /// Opens a session with a process whose interpreter may still be starting.
    func openStarting(_ pid: Int32, _ options: AttachOptions) async throws(SessionError) -> any Session {
        let clock = ContinuousClock()
        let end = clock.now + Self.startTime
        var pause = Duration.milliseconds(2)
        while true {
            // What is no Python yet is looked at only.
            let isPython = (try? PythonProcess.find(pid)) ?? nil != nil
            guard isPython || Self.isGone(pid) || clock.now >= end else {
                if Task.isCancelled { throw SessionError(.failed, "the wait was given up") }
                try? await Task.sleep(for: .milliseconds(1))
                continue
            }
            do {
                return try await open(pid, options)
            } catch {
                // The interpreter is not mapped yet, or a launcher has yet to become it.
                guard [.unsupported, .noTarget].contains(error.kind), !Self.isGone(pid), clock.now < end,
                    !Task.isCancelled
                else { throw error }
            }
            try? await Task.sleep(for: pause)
            pause = min(pause * 3 / 2, .milliseconds(100))
        }
    }

    /// Whether a process has ended, whether or not its parent has noticed.
    static func isGone(_ pid: Int32) -> Bool {
        guard let status = try? ProcessStatus(of: pid) else { return true }
        return status.state == "Z" || status.state == "X"
    }
}
