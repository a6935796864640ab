internal import Attach
internal import ProcessInspection
public import Sessions

extension LocalSessions {
    /// Looks for what stands in the way of attaching to a process, or to any: one entry for everything looked at.
    public func diagnose(_ name: TargetName?) async throws(SessionError) -> [SessionCheck] {
        let pid: Int32
        switch name {
        case .pid(let number): pid = number
        case .text(let text): pid = try process(named: text).pid
        case .unix, .network:
            throw SessionError(.unsupported, "only a process of this machine can be looked at", hint: "name its pid")
        case nil:
            let checks = try Self.checks { () throws(InspectionError) in try Observer().checks }
            return checks + [SessionCheck(await Gdb.check())]
        }
        return try Self.checks(of: pid)
    }

    /// The checks of one process.
    static func checks(of pid: Int32) throws(SessionError) -> [SessionCheck] {
        try checks { () throws(InspectionError) in try ProcessSnapshot(of: pid).checks }
    }

    private static func checks(
        _ look: () throws(InspectionError) -> [ProcessInspection.Check]
    ) throws(SessionError) -> [SessionCheck] {
        do {
            return try look().map(SessionCheck.init)
        } catch {
            throw SessionError(.failed, error.message)
        }
    }
}

extension SessionCheck {
    init(_ check: ProcessInspection.Check) {
        let status: Status =
            switch check.status {
            case .ok: .ok
            case .warn: .warn
            case .fail: .fail
            }
        self.init(name: check.name, status: status, message: check.message, mend: check.mend)
    }
}
