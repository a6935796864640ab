extension ProcessSnapshot {
    /// The command that gives more rights; nil when there is none from here.
    var elevated: String? {
        if observer.user == 0 { return "docker run --cap-add SYS_PTRACE ..." }
        return observer.gainsNoRights ? nil : "sudo sonde \(pid)"
    }

    /// What the kernel asks before one process may trace another or write to its memory, in its own order
    /// (ptrace(2), "Ptrace access mode checking"): users and groups, dumpable flag, capabilities, then Yama.
    var permissionChecks: [Check] {
        [
            userCheck, capabilitiesCheck, userNamespaceCheck, dumpableCheck, scopeCheck, seccompCheck,
            newPrivilegesCheck,
        ]
    }

    /// Whether our right to trace anyone reaches this process.
    private var hasPower: Bool {
        guard observer.mayTraceAnyone else { return false }
        if observer.isInInitialUserNamespace { return true }
        // Where it reaches, the kernel lets the namespace be seen.
        return namespaces.user != nil && namespaces.user == observer.namespaces.user
    }

    private var isSameUser: Bool { !users.isEmpty && users.allSatisfy { $0 == observer.user } }
    private var isSameGroup: Bool { !groups.isEmpty && groups.allSatisfy { $0 == observer.group } }

    private var userCheck: Check {
        let name = "user"
        let owner = users.dropFirst().first.map { "\(UserName.name(of: $0)) (\($0))" } ?? "?"
        if hasPower { return Check(name, .ok, "belongs to \(owner); you may trace any process") }
        if isSameUser && isSameGroup { return Check(name, .ok, "belongs to you") }
        let you = "\(UserName.name(of: observer.user)) (\(observer.user))"
        guard isSameUser else {
            let other = users.allSatisfy { $0 == users.first } ? "" : " and has changed its user"
            return Check(name, .fail, "belongs to \(owner)\(other); you are \(you)", mend: elevated)
        }
        return Check(name, .fail, "belongs to you but runs under other groups than you", mend: elevated)
    }

    private var capabilitiesCheck: Check {
        let name = "capabilities"
        if hasPower { return Check(name, .ok, "CAP_SYS_PTRACE is in force") }
        let lacking = permittedCapabilities & ~observer.permittedCapabilities
        guard lacking == 0 else {
            return Check(name, .fail, "the process has rights that you lack (CapPrm)", mend: elevated)
        }
        return Check(name, .ok, "CAP_SYS_PTRACE is not in force, and one's own processes need it not")
    }

    private var userNamespaceCheck: Check {
        let name = "user namespace"
        guard let theirs = namespaces.user, let ours = observer.namespaces.user else {
            guard observer.mayTraceAnyone, !hasPower else {
                return Check(name, hasPower ? .ok : .warn, "cannot be seen")
            }
            return Check(
                name, .fail, "not yours: your rights end at your own user namespace; start sonde outside of it")
        }
        if theirs == ours { return Check(name, .ok, "the same as yours") }
        if hasPower { return Check(name, .ok, "another one; your rights reach into it") }
        return Check(
            name, .warn, "another one: only who made it, and root outside, may trace in it",
            mend: observer.isInInitialUserNamespace ? elevated : nil)
    }

    private var dumpableCheck: Check {
        let name = "dumpable"
        guard let isDumpable else { return Check(name, .ok, "root's own; the flag cannot be seen") }
        if isDumpable { return Check(name, .ok, "yes") }
        if hasPower { return Check(name, .ok, "no; your rights suffice") }
        return Check(
            name, .fail, "no: the process changed its user or asked not to be looked into (PR_SET_DUMPABLE)",
            mend: elevated)
    }

    private var scopeCheck: Check {
        let name = "ptrace_scope"
        // The file belongs to the machine, so only who is root outside any container can write it.
        let lower = observer.gainsNoRights || observer.user == 0 ? elevated : "sudo sysctl kernel.yama.ptrace_scope=0"
        switch observer.ptraceScope {
        case nil: return Check(name, .ok, "not restricted: Yama is not there")
        case 0: return Check(name, .ok, "0: one's own processes")
        case 1 where hasPower, 2 where hasPower:
            return Check(name, .ok, "\(observer.ptraceScope!): your rights suffice")
        case 1 where isDescendant: return Check(name, .ok, "1: one's own descendants, as this one is")
        case 1: return Check(name, .fail, "1: only a process's ancestors may trace it", mend: lower)
        case 2: return Check(name, .fail, "2: only administrators may trace", mend: elevated)
        default:
            return Check(
                name, .fail, "\(observer.ptraceScope!): nobody may trace, until the machine is started again")
        }
    }

    private var seccompCheck: Check {
        let name = "seccomp"
        guard observer.filteredCalls.isEmpty else {
            let calls = observer.filteredCalls.joined(separator: " and ")
            return Check(
                name, .fail, "a filter on this shell refuses \(calls)",
                mend: "docker run --cap-add SYS_PTRACE --security-opt seccomp=unconfined ...")
        }
        switch seccomp {
        case 0: return Check(name, .ok, "no filter")
        case 1: return Check(name, .fail, "the process may only read, write and exit (strict mode)")
        default:
            return Check(
                name, .warn, "the process runs under a filter; the agent in it needs clone, mmap, socket and accept")
        }
    }

    private var newPrivilegesCheck: Check {
        let name = "no_new_privs"
        guard observer.gainsNoRights else { return Check(name, .ok, "not set on this shell") }
        if hasPower { return Check(name, .ok, "set on this shell, which has the rights it needs") }
        return Check(name, .warn, "set on this shell: sudo gives no rights here; start sonde elsewhere if they lack")
    }
}
