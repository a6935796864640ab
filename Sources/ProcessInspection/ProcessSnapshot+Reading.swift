internal import Glibc

extension ProcessSnapshot {
    /// Reads everything about a process. What the kernel does not let us see is left as unknown.
    ///
    /// It connects to the agent's socket, if there is one, and hangs up at once.
    ///
    /// - Parameters:
    ///   - pid: The process.
    ///   - processes: Where it is looked up.
    /// - Throws: ``InspectionError`` when not even this process can be read there: no `/proc` is mounted.
    public init(of pid: Int32, in processes: ProcFileSystem = .live) throws(InspectionError) {
        self.init(pid: pid, observer: try Observer(in: processes))
        guard processes.exists(pid), let text = try? File.contents(of: processes.path("status", of: pid)) else {
            // A signal 0 is never delivered; being refused tells that there is somebody to refuse for.
            let isHidden = processes == .live && pid > 0 && kill(pid, 0) != 0 && errno == EPERM
            existence = isHidden ? .hidden : .missing
            return
        }
        read(ProcessStatus(parsing: text), in: processes)
        readPython(in: processes)
        readAgent(in: processes)
    }

    private mutating func read(_ status: ProcessStatus, in processes: ProcFileSystem) {
        threadGroup = status.threadGroup
        name = status.name
        state = status.state
        users = Array(status.users.prefix(3))
        groups = Array(status.groups.prefix(3))
        permittedCapabilities = status.mask("CapPrm")
        seccomp = status.seccomp
        namespacePid = status.namespacePids.last ?? pid
        namespaces = Namespaces(ofDirectory: "\(processes.root)/\(pid)", in: processes)
        if status.tracer != 0 {
            let other = try? File.contents(of: processes.path("status", of: status.tracer))
            tracer = Tracer(pid: status.tracer, name: other.map { ProcessStatus(parsing: $0).name } ?? "")
        } else if state == "t" {
            tracer = Tracer(pid: 0, name: "")
        }
        if namespaces.isContained(seenFrom: observer.namespaces) {
            let groups = (try? File.contents(of: processes.path("cgroup", of: pid))) ?? []
            container = namespaces.containerName(
                controlGroups: String(decoding: groups, as: UTF8.self), seenFrom: observer.namespaces)
        }
        // The files of a process that is not dumpable belong to root; its directory does not tell.
        var information = stat()
        if users.count == 3, users[1] != 0, stat(processes.path("maps", of: pid), &information) == 0 {
            isDumpable = information.st_uid == users[1]
        }
        isDescendant = descends(from: observer.pid, in: processes)
    }

    private mutating func readPython(in processes: ProcFileSystem) {
        arguments = processes.strings("cmdline", of: pid) ?? []
        let path = processes.path("exe", of: pid)
        switch FileScratch().link(path) {
        case .success(let executable):
            // Reading the map takes more rights than reading the link where a policy says so.
            let scanner = ProcessScanner(processes, observer: observer, readsSymbols: true)
            if let found = scanner.interpreter(of: pid, executable: executable) {
                python = .interpreter(found)
            } else {
                python = access(processes.path("maps", of: pid), R_OK) == 0 ? .none : .unknown
            }
        case .failure(.notPermitted):
            python = .unknown
        case .failure:
            isKernelThread = arguments.isEmpty && state != "Z" && state != "X"
        }
        if RemoteDebugging.isDisabledByOption(arguments) {
            remoteDebuggingSwitch = "-X disable-remote-debug"
        } else if let environment = processes.strings("environ", of: pid),
            RemoteDebugging.isDisabledByVariable(arguments, environment)
        {
            remoteDebuggingSwitch = RemoteDebugging.variable
        }
        if let text = try? File.contents(of: processes.path("task/\(pid)/syscall", of: pid)) {
            systemCall = ThreadState.systemCall(parsing: text).map { SystemCallName.name(of: $0.number) }
        }
    }

    private mutating func readAgent(in processes: ProcFileSystem) {
        let sharesFiles = AgentSocket.sharesFiles(pid, namespacePid: namespacePid, in: processes)
        socket = AgentSocket.path(
            for: pid, namespacePid: namespacePid, user: users.dropFirst().first ?? 0, sharesFiles: sharesFiles,
            in: processes)
        agent = AgentPresence(at: socket.fromHere, of: pid)
    }

    private func descends(from ancestor: Int32, in processes: ProcFileSystem) -> Bool {
        var current = pid
        // Deeper than any real tree; a process that goes meanwhile could make a circle.
        for _ in 0..<1000 {
            guard let text = try? File.contents(of: processes.path("status", of: current)),
                let parent = ProcessStatus(parsing: text)["PPid"].flatMap({ Int32($0) }), parent > 0
            else { return false }
            if parent == ancestor { return true }
            current = parent
        }
        return false
    }
}
