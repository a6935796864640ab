internal import Glibc
internal import ProcessInspection

/// What every way in looks at first: the process, its memory map, and the interpreter in it.
struct TargetProcess {
    let status: ProcessStatus
    let map: MemoryMap
    let image: PythonImage

    /// Looks at a process, which runs on.
    ///
    /// - Throws: ``AttachError`` when it is gone, may not be looked at, or holds no Python.
    init(_ pid: Int32) throws(AttachError) {
        do {
            status = try ProcessStatus(of: pid)
            map = try MemoryMap(of: pid)
        } catch {
            throw error.kind == .notPermitted ? Obstacle.ofSeizing(pid, errno: EPERM) : .exited(pid)
        }
        guard let image = PythonImage.find(in: pid, map: map) else { throw Injector.notPython(pid) }
        self.image = image
    }

    /// What an interpreter that is too old is told by every way but the remote debugging interface.
    static func tooOld(_ pid: Int32, _ version: PythonVersion) -> AttachError {
        AttachError(
            .unsupported, "process \(pid) runs Python \(version)", hint: "CPython 3.8 and later can be attached to")
    }
}
