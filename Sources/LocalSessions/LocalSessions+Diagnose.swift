internal import ProcessInspection
public import Sessions

extension LocalSessions {
    /// Looks for what stands in the way of attaching to a process.
    public func diagnose(_ name: TargetName?) async throws(SessionError) -> [SessionCheck] {
        guard case .pid(let pid)? = name else { return [] }
        do {
            guard let process = try PythonProcess.find(pid) else {
                return [.init(name: "python", status: .fail, message: "process \(pid) holds no Python interpreter")]
            }
            let version = process.version?.description ?? "unknown"
            return [.init(name: "python", status: .ok, message: "CPython \(version)")]
        } catch {
            return [.init(name: "process", status: .fail, message: error.message)]
        }
    }
}
