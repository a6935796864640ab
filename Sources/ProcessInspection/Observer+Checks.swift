extension Observer {
    /// What stands in the way of attaching to any process of one's own: what the system and this shell allow.
    public var checks: [Check] {
        var ordinary = ProcessSnapshot(pid: pid, observer: self)
        ordinary.users = [user, user, user]
        ordinary.groups = [group, group, group]
        ordinary.namespaces = namespaces
        ordinary.isDumpable = true
        let shell: Set = ["capabilities", "ptrace_scope", "seccomp", "no_new_privs"]
        return ordinary.permissionChecks.filter { shell.contains($0.name) }
    }
}
