extension ProcessSnapshot {
    /// What stands in the way of attaching, and what does not: one entry for everything that was looked at.
    ///
    /// They end early where nothing further can matter: there is no such process, or it is no Python.
    public var checks: [Check] {
        if let obstacle = processObstacle { return [obstacle] }
        let process = Check("process", .ok, "\(pid) is \(commandName), in state \(stateName)")
        let interpreter = interpreterCheck
        if interpreter.status == .fail { return [process, interpreter] }
        var checks = [process, stateCheck, interpreter]
        if let interpreter = self.interpreter {
            checks += [symbolsCheck(interpreter), remoteDebuggingCheck(interpreter)]
        }
        checks += permissionChecks
        checks += [tracerCheck, mainThreadCheck] + agentChecks + [containerCheck]
        // Whoever is inside already needs no way in.
        guard agent == .listening else { return checks }
        return checks.map { check in
            var check = check
            if check.status == .fail { check.status = .warn }
            return check
        }
    }

    /// The ways in that the process itself leaves open, best first, whatever the kernel permits.
    var openWays: [PythonProcess.Way] {
        guard let interpreter else { return [] }
        let isDisabled = remoteDebuggingSwitch != nil || !interpreter.hasDebugOffsets
        return PythonProcess.ways(version: interpreter.version, isRemoteDebuggingDisabled: isDisabled)
            .filter { $0 == .remoteExec || interpreter.missingSymbols.isEmpty }
    }

    private var processObstacle: Check? {
        func fail(_ message: String, mend: String? = "sonde ps") -> Check {
            Check("process", .fail, message, mend: mend)
        }
        switch existence {
        case .missing: return fail("there is no process \(pid)")
        case .hidden:
            return fail("process \(pid) is hidden from you (/proc is mounted with hidepid)", mend: elevated)
        case .present: break
        }
        if pid == observer.pid { return fail("process \(pid) is this sonde itself") }
        if threadGroup != pid {
            return fail("\(pid) is a thread of process \(threadGroup)", mend: "sonde \(threadGroup)")
        }
        if isKernelThread { return fail("\(pid) (\(name)) is a thread of the kernel") }
        if state == "Z" || state == "X" {
            return fail("process \(pid) (\(name)) has ended; its parent has not taken notice yet", mend: nil)
        }
        return nil
    }

    private var stateCheck: Check {
        switch state {
        case "T":
            Check("state", .fail, "the process is stopped by a signal", mend: "kill -CONT \(pid)")
        case "D":
            Check("state", .warn, "the process waits in the kernel and reacts to nothing until that ends")
        default:
            Check("state", .ok, "the process is \(stateName)")
        }
    }

    private var interpreterCheck: Check {
        let name = "interpreter"
        switch python {
        case .none:
            return Check(name, .fail, "process \(pid) (\(commandName)) is not a Python process", mend: "sonde ps")
        case .unknown:
            return Check(name, .warn, "cannot be looked at: the kernel refuses, for one of the reasons below")
        case .interpreter(let interpreter):
            guard let version = interpreter.version else {
                return Check(name, .warn, "\(interpreter.path) is Python, but nothing tells its version")
            }
            guard version >= PythonVersion(3, 8) else {
                return Check(
                    name, .fail, "process \(pid) runs Python \(version); CPython 3.8 is the oldest that can be entered")
            }
            var text = "CPython \(version), \(interpreter.isShared ? "shared library" : "static build")"
            if interpreter.isFreeThreaded == true { text += ", free-threaded" }
            if !interpreter.path.isEmpty { text += ", \(interpreter.path)" }
            guard !interpreter.isDeleted else {
                return Check(name, .warn, "\(text): the file was replaced after the process started")
            }
            return Check(name, .ok, text)
        }
    }

    private func symbolsCheck(_ interpreter: Interpreter) -> Check {
        let offsets = interpreter.hasDebugOffsets ? "debug offsets are published" : "there are no debug offsets"
        guard !interpreter.missingSymbols.isEmpty else {
            return Check("symbols", .ok, "every function needed is named; \(offsets)")
        }
        let missing = interpreter.missingSymbols.joined(separator: ", ")
        guard openWays.isEmpty else {
            return Check("symbols", .warn, "\(missing) cannot be found; only remote debugging is left")
        }
        return Check("symbols", .fail, "\(missing) cannot be found: the file is stripped; \(offsets)")
    }

    private func remoteDebuggingCheck(_ interpreter: Interpreter) -> Check {
        let name = "remote debugging"
        guard let version = interpreter.version, version >= PythonVersion(3, 14) else {
            return Check(name, .ok, "comes with 3.14; ptrace is used")
        }
        guard let remoteDebuggingSwitch else {
            return Check(name, .ok, interpreter.hasDebugOffsets ? "available" : "not built in; ptrace is used")
        }
        return Check(name, .warn, "switched off by \(remoteDebuggingSwitch); ptrace is used")
    }

    private var tracerCheck: Check {
        guard let tracer else { return Check("tracer", .ok, "nobody traces the process") }
        let who = tracer.pid == 0 ? "a process outside our view" : "\(tracer.name) (process \(tracer.pid))"
        // Remote debugging writes to the memory and needs no tracing.
        let isNeeded = !openWays.contains(.remoteExec) || state == "t"
        return Check(
            "tracer", isNeeded ? .fail : .warn, "the process is being traced by \(who); only one can",
            mend: tracer.pid == 0 ? nil : "kill \(tracer.pid)")
    }

    private var mainThreadCheck: Check {
        let name = "main thread"
        guard let systemCall else {
            return Check(name, .ok, state == "R" ? "running" : "not in a system call that can be seen")
        }
        guard openWays.contains(.ptrace) || interpreter == nil else {
            return Check(name, .warn, "blocked in \(systemCall); without ptrace the agent waits until that returns")
        }
        return Check(name, .ok, "blocked in \(systemCall); the agent gets in at the call's border")
    }

    private var agentChecks: [Check] {
        let path = socket.fromHere
        switch agent {
        case .absent:
            let agent = Check("agent", .ok, "none yet")
            guard socket.canBeMade else {
                let places = AgentSocket.directories.joined(separator: ", ")
                return [
                    agent,
                    Check(
                        "socket", .fail, "the process can write none of \(places), where the agent's socket is made",
                        mend: "docker run --tmpfs /tmp ..."),
                ]
            }
            return [agent, Check("socket", .ok, "its place will be \(path)")]
        case .listening:
            return [Check("agent", .ok, "there already"), Check("socket", .ok, "reachable at \(path)")]
        case .stale:
            return [
                Check("agent", .ok, "none any more"),
                Check("socket", .warn, "\(path) is left of an agent that is gone; the next one replaces it"),
            ]
        case .foreign(let other):
            let who = other == 0 ? "a process outside our view" : "process \(other)"
            return [
                Check("agent", .warn, "unknown: its place is taken"),
                Check("socket", .fail, "\(who) listens at \(path)", mend: "rm \(path)"),
            ]
        case .unreachable(let why):
            return [
                Check("agent", .warn, "unknown: its socket cannot be reached"),
                Check("socket", .fail, "cannot connect to \(path): \(why)", mend: elevated),
            ]
        }
    }

    private var containerCheck: Check {
        guard let container else { return Check("container", .ok, "same namespaces as this shell") }
        return Check(
            "container", .ok, "in container \(container), as process \(namespacePid); its files are reached from here")
    }

    private var commandName: String { name.isEmpty ? "?" : name }

    private var stateName: String {
        switch state {
        case "R": "running"
        case "S", "I": "sleeping"
        case "D": "waiting in the kernel"
        case "T": "stopped"
        case "t": "held by a tracer"
        default: "'\(state)'"
        }
    }
}
