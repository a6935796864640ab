/// `exit`: leaves the script or the shell.
enum Exit {
    static let command: Command = Command(
        "exit", aliases: ["quit"], group: .shell, summary: "leave, with an exit status",
        input: .words([.init("STATUS", isOptional: true)]),
        examples: [.init("exit", "leave"), .init("exit 3", "leave a script with a status")]
    ) { (invocation) throws(Failure) in
        var failure = Failure(.failed, "exit")
        failure.exitStatus = invocation.state.softStatus
        if let text = invocation.words.first {
            guard let status = Int32(text), (0...255).contains(status) else {
                throw Failure(.usage, "exit needs a number from 0 to 255, not '\(text)'")
            }
            failure.exitStatus = ExitStatus(rawValue: status)
        }
        throw failure
    }
}
