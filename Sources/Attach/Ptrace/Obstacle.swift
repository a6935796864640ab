internal import Glibc
internal import ProcessInspection

/// Finds out why the kernel refused, and says it in words.
enum Obstacle {
    /// What stands in every way.
    static func before(_ pid: Int32) throws(AttachError) {
        guard let status = try? ProcessStatus(of: pid), pid > 0 else { throw .noSuchProcess(pid) }
        guard status.threadGroup == pid else {
            throw AttachError(
                .noSuchProcess, "\(pid) is a thread, not a process", hint: "its process is \(status.threadGroup)")
        }
        if pid == getpid() { throw AttachError(.unsupported, "process \(pid) is this shell itself") }
        switch status.state {
        case "Z", "X": throw AttachError(.exited, "process \(pid) has already ended (its parent has not noticed yet)")
        case "T": throw stopped(pid)
        default: break
        }
    }

    /// What stands in the way of tracing. Another Sonde that is at it is waited for.
    static func beforeTracing(_ pid: Int32, by deadline: Deadline) throws(AttachError) {
        guard var status = try? ProcessStatus(of: pid) else { throw .exited(pid) }
        while status.tracer != 0 {
            let error = traced(pid, by: status.tracer)
            guard error.isPassing, !deadline.isOver else { throw error }
            deadline.pause(microseconds: 500)
            guard let now = try? ProcessStatus(of: pid) else { throw .exited(pid) }
            status = now
        }
        if status.seccomp == 1 {
            throw AttachError(.unsupported, "process \(pid) is in strict seccomp mode, which allows no other code")
        }
        if status.processorFeatures.contains("shstk") {
            throw AttachError(
                .unsupported, "process \(pid) runs with a shadow stack, which allows no calls from outside",
                hint: "start it with GLIBC_TUNABLES=glibc.cpu.x86_shstk=off")
        }
    }

    static func stopped(_ pid: Int32) -> AttachError {
        AttachError(.busy, "process \(pid) is stopped by a signal", hint: "continue it with: kill -CONT \(pid)")
    }

    static func traced(_ pid: Int32, by tracer: Int32) -> AttachError {
        let name = (try? ProcessStatus(of: tracer))?.name ?? "?"
        var error = AttachError(
            .busy, "process \(pid) is already traced by \(name) (process \(tracer))",
            hint: "end that debugger or tracer first")
        error.isPassing = isPassing(tracer, named: name)
        if error.isPassing { error.hint = "another sonde is attaching to it; try again when it has done so" }
        return error
    }

    /// What stands in the way of looking into it; nil when nothing does.
    static func ofLooking(_ pid: Int32) -> AttachError? {
        do throws(InspectionError) {
            _ = try File.link(at: "/proc/\(pid)/exe")
            return nil
        } catch {
            return error.kind == .notPermitted ? ofSeizing(pid, errno: EPERM) : nil
        }
    }

    // A Sonde traces for a millisecond only; a tracer that is gone already was one or is none any more. The program's file may
    // not be ours to see, when another user runs it; its name is.
    private static func isPassing(_ pid: Int32, named name: String) -> Bool {
        let path = "/proc/\(pid)/exe"
        if let own = File.identity(of: "/proc/self/exe"), let other = File.identity(of: path), own == other {
            return true
        }
        do {
            let program = try File.link(at: path)
            return ["/sonde", "/sonde (deleted)"].contains { program.hasSuffix($0) }
        } catch {
            return error.kind == .missing || name == "sonde"
        }
    }

    /// What it meant that seizing a thread, or opening the memory of its process, failed.
    static func ofSeizing(_ pid: Int32, thread: Int32? = nil, errno: Int32) -> AttachError {
        guard errno != ESRCH, let status = try? ProcessStatus(of: pid) else { return .exited(pid) }
        if "ZX".contains(status.state) { return .exited(pid) }
        if let tracer = (try? ProcessStatus(of: thread ?? pid))?.tracer, tracer != 0 { return traced(pid, by: tracer) }
        guard errno == EPERM || errno == EACCES else {
            return .failed(pid, "trace it", errno: errno, at: .seized)
        }
        let user = geteuid()
        if user != 0, status.realUser != user || status.effectiveUser != user {
            return AttachError(
                .notPermitted, "process \(pid) belongs to another user (uid \(status.effectiveUser), we are \(user))",
                hint: "run sonde as that user or with sudo")
        }
        let scope = (try? File.contents(of: "/proc/sys/kernel/yama/ptrace_scope")).flatMap {
            Int(String(decoding: $0.prefix { $0 != 10 }, as: UTF8.self))
        }
        // The kernel gives the files of such a process to root.
        if user != 0, status.effectiveUser == user, File.owner(of: "/proc/\(pid)/mem") == 0 {
            return AttachError(
                .notPermitted, "process \(pid) is protected: it has changed its user, or asked not to be looked into",
                hint: "run sonde with sudo")
        }
        switch scope {
        case 3:
            return AttachError(
                .notPermitted, "this system forbids all tracing (kernel.yama.ptrace_scope is 3)",
                hint: "it can only be changed by a reboot with another setting")
        case 1 where user != 0, 2 where user != 0:
            return AttachError(
                .notPermitted,
                "the kernel allows only \(scope == 1 ? "parents" : "root") to trace (ptrace_scope is \(scope!))",
                hint: "run sonde with sudo, or: sudo sysctl kernel.yama.ptrace_scope=0")
        default:
            return AttachError(
                .notPermitted, "the kernel does not let us trace process \(pid)",
                hint: user == 0
                    ? "the container needs the capability SYS_PTRACE"
                    : "run sonde with sudo (the process may be protected)")
        }
    }
}
