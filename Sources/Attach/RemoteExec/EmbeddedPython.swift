internal import PythonRuntime

extension Injector {
    /// `sys.remote_exec` of the embedded CPython, which is loaded by the first call; it throws when no library of the
    /// target's series is found, and when CPython refuses.
    public static let embeddedPython: RemoteExecutor = { pid, script, minor in
        let series = PythonRuntime.Series(3, minor)
        try PythonRuntime.load(series: series).remoteExec(pid: pid, scriptPath: script, target: series)
    }
}
