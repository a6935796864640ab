import ProcessInspection
import Testing

@Suite struct RemoteDebuggingTests {
    @Test(arguments: [
        ["python", "-X", "disable-remote-debug", "app.py"], ["python", "-Xdisable-remote-debug", "app.py"],
        ["python", "-bX", "disable-remote-debug", "-c", "1"], ["python", "-W", "error", "-Xdisable-remote-debug"],
        [
            "/x/ld-linux-x86-64.so.2", "--inhibit-cache", "--argv0", "x", "/bin/python3", "-Xdisable-remote-debug",
            "a.py",
        ],
        ["python", "--check-hash-based-pycs", "never", "-X", "disable-remote-debug=1"],
    ])
    func disabledByOption(arguments: [String]) {
        #expect(RemoteDebugging.isDisabled(arguments: arguments, environment: []))
    }

    @Test(arguments: [
        ["python", "app.py", "-X", "disable-remote-debug"], ["python", "-c", "-Xdisable-remote-debug"],
        ["python", "-m", "x", "-Xdisable-remote-debug"], ["python", "-W", "-Xdisable-remote-debug"],
        ["python", "-X", "dev"], ["python"], [], ["python", "-"], ["python", "--", "-Xdisable-remote-debug"],
        // 3.14 takes no notice of this spelling.
        ["python", "-X", "disable_remote_debug"],
    ])
    func notDisabled(arguments: [String]) {
        #expect(!RemoteDebugging.isDisabled(arguments: arguments, environment: ["PATH=/bin"]))
    }

    @Test func byVariable() {
        let set = ["PYTHON_DISABLE_REMOTE_DEBUG=1"]
        #expect(RemoteDebugging.isDisabled(arguments: ["python", "x"], environment: set))
        #expect(!RemoteDebugging.isDisabled(arguments: ["python", "x"], environment: ["PYTHON_DISABLE_REMOTE_DEBUG="]))
        #expect(!RemoteDebugging.isDisabled(arguments: ["python", "-I", "x"], environment: set))
        #expect(!RemoteDebugging.isDisabled(arguments: ["python", "-bE", "x"], environment: set))
    }
}
