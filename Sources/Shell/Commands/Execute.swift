internal import SafeExpression

/// `exec`: Python in the target.
enum Execute {
    static let command: Command = Command(
        "exec", group: .diagnosis, summary: "run Python in the target; needs --allow exec",
        discussion: """
            What it prints, and the value of its last expression, come back. Quote the code when it has ; or | in it;
            between three quotes it may have several lines. It is interrupted at the request's deadline; code that waits
            in C is, when it comes back.
            """,
        input: .text(placeholder: "PYTHON", isOptional: true),
        options: [CommandOption("f", alias: "file", .text, "run a file of this machine's")],
        examples: [
            .init("exec import gc", "run a statement"),
            .init("exec 'import gc; gc.collect()'", "two statements, and the value of the last"),
            .init("exec --file fix.py", "a file"),
        ],
        columns: columns,
        allow: .exec,
        validate: validate
    ) { (invocation) throws(Failure) in
        let code = if let path = invocation.text("f") { try FileWriter.read(path) } else { invocation.words[0] }
        return try await run("exec", [("source", .string(code))], invocation)
    }

    static let columns = [
        Column("value", .value, width: 40, "the value of the last expression"),
        Column("stdout", .text, "what it printed"), Column("stderr", .text, "what it printed as errors"),
    ]

    /// Has the agent run code of the target's, and shows what it printed and gave.
    ///
    /// - Parameters:
    ///   - command: the agent's name of the command.
    ///   - parameters: its parameters, but for what every one of this kind has.
    static func run(
        _ command: String, _ parameters: [(String, Value)], _ invocation: Invocation
    ) async throws(Failure) -> CommandResult {
        let state = invocation.state
        guard state.options.allow >= .exec else {
            throw Failure(
                .notPermitted, "running the target's code is not permitted", hint: "start sonde with --allow exec")
        }
        let milliseconds = Int(state.options.requestTimeout.seconds * 1000)
        let reply = try await state.request(
            command, parameters + [("allow", .string("exec")), ("timeout_ms", .int(milliseconds))],
            timeout: state.options.requestTimeout + .seconds(1))
        let output = reply["stdout"]?.asString ?? ""
        let errors = reply["stderr"]?.asString ?? ""
        if let error = reply["error"], !error.isNone {
            try print(output, in: state)
            if !errors.isEmpty { state.front.report(lines(errors)) }
            // The last line says what it was, the others where.
            let text = error.asString ?? error["message"]?.asString ?? error.repr
            var details = text.split(separator: "\n").map(String.init)
            let message = details.popLast() ?? "the code raised an error"
            throw Failure(.failed, message, details: details)
        }
        guard invocation.isPlain else {
            let values = ["value", "stdout", "stderr"].map { reply[$0] ?? .none }
            return .rows(RowList([TableRow(columns.map(\.name), values)], shape: Shape(columns: columns)))
        }
        try print(output, in: state)
        if !errors.isEmpty { state.front.report(lines(errors)) }
        if let value = reply["value"], !value.isNone { try state.write(safe(value.repr) + "\n") }
        return .nothing
    }

    private static func validate(_ call: CommandCall) throws(Failure) {
        guard (call.use(of: "f") != nil) == call.words.isEmpty else {
            throw Failure(.usage, "exec needs a PYTHON, or --file FILE", hint: "usage: \(call.command.usage)")
        }
    }

    /// Writes what the code printed; to a terminal nothing that one would obey.
    private static func print(_ text: String, in state: ShellState) throws(Failure) {
        guard !text.isEmpty else { return }
        try state.write(state.front.isPersonLooking ? lines(text) : text)
    }

    private static func lines(_ text: String) -> String {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { safe(String($0), tabs: "\t") }
        if lines.last == "" { lines.removeLast() }
        return lines.joined(separator: "\n") + "\n"
    }
}
